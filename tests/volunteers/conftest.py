"""Every test of volunteers has a privacy notice in force."""

from __future__ import annotations

from tests.applications.conftest import notice

__all__ = ["notice"]
