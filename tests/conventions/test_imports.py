"""The order of floors: imports lead downward only, rooms hold what they may, and services never commit.

When a rule has to change, this test and the order in the documentation change with it.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest

from portal.core.database import Base
from tests.harness.findings import none_of
from tests.harness.source import ROOT, Module, modules, read_module

FLOORS = (
    ("core",),
    ("associations",),
    ("people",),
    ("accounts",),
    ("offices",),
    ("verification", "transparency"),
    ("members",),
    ("applications", "cards", "imports", "duplicates"),
    ("register",),
    ("volunteers",),
    ("lending", "plans"),
    ("signups",),
    ("hours",),
    ("attendance", "certificates"),
    ("activities", "notices", "letters", "surveys", "ledger"),
    ("dues", "disclosure", "objections"),
    ("payments", "levy", "charters"),
    ("receipts", "handovers", "bank", "arrears"),
    ("statements",),
    ("dossiers",),
    ("commendations",),
    ("reviews",),
    ("honours",),
    ("reports",),
    ("own",),
    ("home",),
    ("demo", "upkeep"),  # the roof, with the modules that lie in no folder: they put features together
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
GROUND = ("settings", "translations")  # read by all, reads nobody
ROOF = len(FLOORS) - 1
FOLDERS = {path.name for path in (ROOT / "portal").iterdir() if path.is_dir() and any(path.glob("*.py"))}
# The rooms that each room may open in its own feature, and in features below.
OWN = {
    "models": (),
    "queries": ("models",),
    "services": ("models", "queries"),
    "forms": (),
    "exports": ("models", "queries"),
}
ROOMS = (*OWN, "views")
BELOW = {"models": ("models", "kinds"), "forms": ("kinds",)}
WITHOUT_REQUEST = ("models", "queries", "services")
# What costs start-up time or memory is imported by the function that needs it.
HEAVY = ("pandas", "numpy", "pypinyin", "typst", "PIL", "feedgen", "lxml", "xlsxwriter", "openpyxl", "docx")


def floor_breaches(module: Module) -> list[str]:
    """Imports of this module that lead upward, sideways, or into a room that it may not open."""
    parts = module.name.split(".")
    feature = parts[1] if len(parts) > 1 else ""
    if feature in GROUND or FLOOR.get(feature, ROOF) == ROOF:
        return []
    found = []
    for name in module.imports():
        target = name.split(".")
        if target[0] != "portal" or len(target) < 2 or target[1] in GROUND:
            continue
        if target[1] != feature and FLOOR.get(target[1], ROOF) >= FLOOR[feature]:
            found.append(f"{module.name} imports {name}: not below it")
        elif feature != "core" and target[1] != "core" and not _may_open(parts, target):
            found.append(f"{module.name} imports {name}: not a room for {parts[-1]}")
    return found


def _may_open(parts: list[str], target: list[str]) -> bool:
    room, opened = parts[-1], target[2] if len(target) > 2 else ""
    if target[1] == parts[1]:
        if room == "forms" and opened == "models":
            return not _is_table(target)
        return room not in OWN or opened in OWN[room] or opened == room or opened not in ROOMS
    if opened in ("views", "forms"):
        return False
    return room not in BELOW or opened in BELOW[room]


def _is_table(target: list[str]) -> bool:
    """A form may offer the words of its own models (kinds, positions); rows are passed in as choices."""
    value = getattr(importlib.import_module(".".join(target[:3])), target[3], None)
    return isinstance(value, type) and issubclass(value, Base)


def room_breaches(module: Module) -> list[str]:
    """Rooms that see a request, or that end a transaction which is the view's to end."""
    room = module.name.rpartition(".")[2]
    found = []
    if room in WITHOUT_REQUEST and not module.name.startswith("portal.core"):
        found += [f"{module.name} imports {name}" for name in module.imports() if name.startswith("flask")]
        found += [f"{module.name}:{line} commits" for line in _commits(module.tree)]
    if room == "views":
        for function in module.functions():
            if len(_commits(function)) > 1:
                found.append(f"{module.name}.{function.name} commits more than once")
    return found


def _commits(tree: ast.AST) -> list[int]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"]


def test_every_folder_has_a_floor():
    assert FOLDERS - set(FLOOR) - set(GROUND) == set()


def test_imports_lead_downward():
    none_of(breach for module in modules() for breach in floor_breaches(module))


def test_rooms_hold_what_they_may():
    none_of(breach for module in modules() for breach in room_breaches(module))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("portal.core.web", "from portal.people.models import Person"),
        ("portal.people.queries", "def f():\n    import portal.offices.access"),
        ("portal.notices.services", "from portal.activities.queries import list_logs"),
        ("portal.people.models", "from portal.associations.queries import get_association"),
        ("portal.people.services", "from portal.associations.views import blueprint"),
        ("portal.people.forms", "from portal.people.models import Person"),
        ("portal.notices.queries", "from portal.notices.services import publish"),
    ],
)
def test_control_a_planted_import_is_found(name, source):
    assert len(floor_breaches(read_module(name, source))) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("portal.people.services", "from flask import request"),
        ("portal.people.queries", "import flask_login"),
        ("portal.people.services", "def f(session):\n    session.commit()"),
        ("portal.people.views", "def f():\n    db.session.commit()\n    db.session.commit()"),
    ],
)
def test_control_a_planted_request_or_commit_is_found(name, source):
    assert len(room_breaches(read_module(name, source))) == 1


def loaded_by(statement: str) -> list[str]:
    """The heavy packages in memory after the statement, in a fresh interpreter."""
    script = f"import sys; {statement}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_starting_loads_nothing_heavy():
    assert loaded_by("import portal; portal.features(); import portal.core.application") == []


def test_control_something_heavy_is_found():
    assert loaded_by("import lxml") == ["lxml"]
