"""The year's plan: activities with their sessions and needs, festival days, the calendar."""
