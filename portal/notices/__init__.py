"""Notices and disclosed documents: written, published, corrected as a new version, withdrawn."""
