"""Lending: an association asks a sister for volunteers with a rare skill."""
