"""The public front page, the officer's work list, the member's own page."""
