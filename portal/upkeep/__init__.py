"""Upkeep: what the `portal` command does to an installation, while it runs or before it starts."""


class Failure(Exception):
    """A command cannot do what was asked; the message says why and what to do."""
