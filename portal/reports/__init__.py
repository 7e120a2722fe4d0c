"""The year in one view, and what is due by when."""
