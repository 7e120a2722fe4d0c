"""The activity log: what was done, who took part, what was handed out, with photos."""
