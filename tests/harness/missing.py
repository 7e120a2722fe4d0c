"""What a test needs from the machine and does not find: one line that says what and how to get it."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(what: str, how: str) -> NoReturn:
    """Skip the test; with PORTAL_TEST_STRICT=1 fail it, so that a gap on the build machine is seen."""
    line = f"{what} is missing: {how}"
    if os.environ.get("PORTAL_TEST_STRICT") == "1":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)


def program(name: str, package: str) -> str:
    """The path of a program that a test calls, from the Debian package that has it."""
    return shutil.which(name) or missing(name, f"apt-get install {package}")
