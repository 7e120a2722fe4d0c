"""Hand-overs: cash that collectors hold, counted when the treasurer takes it; cash to the bank."""
