"""What must be published by whom and when, and what a resident can ask for."""
