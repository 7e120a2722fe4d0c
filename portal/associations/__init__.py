"""The tree of associations and their groups."""
