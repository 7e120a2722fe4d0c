"""What is written for people is true: settings exist, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.harness.findings import none_of
from tests.harness.source import ROOT, text_of, tracked_files

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
GOAL = re.compile(r"(?:^|`)make ([a-z-]+)(?=[ `\n]|$)", re.MULTILINE)


def settings() -> set[str]:
    """The variables that the portal reads."""
    return {f"PORTAL_{name}" for name in re.findall(r'read\.\w+\("([A-Z_]+)"', text_of("portal/settings.py"))}


def documents() -> list[str]:
    return [name for name in tracked_files() if name.endswith(".md") and not name.startswith("portal/")]


def dead_links(name: str, text: str) -> list[str]:
    folder = (ROOT / name).parent
    return [f"{name}: {target}" for target in LINK.findall(text) if not (folder / target).exists()]


def unknown_goals(name: str, text: str) -> list[str]:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^  make (\S+)", shown, re.MULTILINE))
    return [f"{name}: make {goal}" for goal in GOAL.findall(text) if goal not in known]


def test_the_deployed_settings_exist():
    named = set(re.findall(r"^#?(PORTAL_\w+)=", text_of("deploy/portal.env.example"), re.MULTILINE))
    assert named
    assert named - settings() == set()


@pytest.mark.parametrize("name", documents())
def test_links_and_commands(name):
    none_of([*dead_links(name, text_of(name)), *unknown_goals(name, text_of(name))])


def test_control_a_dead_link_and_an_unknown_command_are_found():
    assert dead_links("README.md", "[a](docs/nowhere.md), [b](https://example.org), [c](#here)") == [
        "README.md: docs/nowhere.md"
    ]
    assert unknown_goals("README.md", "`make run`, `make coffee`\nmake tea") == [
        "README.md: make coffee",
        "README.md: make tea",
    ]
