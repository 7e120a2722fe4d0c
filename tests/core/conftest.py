"""What several tests of the core stand on."""

from __future__ import annotations

import pytest

from portal.core import drawn


@pytest.fixture
def kept(app):
    """The portal as it runs: pages are kept for a while."""
    app.config["FIGURES_SECONDS"] = 60
    app.extensions.pop("portal.recent", None)
    shelf = app.extensions["portal.drawn"] = drawn.Shelf()
    yield shelf
    app.config["FIGURES_SECONDS"] = 0
    app.extensions.pop("portal.recent", None)
    app.extensions.pop("portal.drawn", None)
