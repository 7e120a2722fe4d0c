"""The demonstration federation: invented people and places, made the same way every time."""
