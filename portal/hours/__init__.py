"""Hours: minutes served and studied, by origin, approved by somebody else, corrected by revision."""
