"""Notices: written, published, corrected, withdrawn, read."""
