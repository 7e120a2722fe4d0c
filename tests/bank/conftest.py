"""The banks' files are of the first days of January."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _clock(january_over: None) -> None:
    pass
