"""Libraries: each that pyproject.toml names is used by the portal, and nothing is used that none of them brings."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from itertools import chain

from tests.harness.source import ROOT, Module, modules, read_module

# Named, but imported by another library when it is needed.
FOUND = {
    "psycopg": "SQLAlchemy asks for it by the address of a database",
    "email-validator": "WTForms' rule for an e-mail address asks for it",
}


def named() -> set[str]:
    """What the portal says that it needs, always or where a setting asks for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [project["dependencies"], *project["optional-dependencies"].values()]
    return {_name(line) for line in chain(*wanted)}


def imported(read: tuple[Module, ...]) -> set[str]:
    """The top packages that it imports, lazily or not, but for Python's and its own."""
    tops = {name.partition(".")[0] for module in read for name in module.imports()}
    return tops - sys.stdlib_module_names - {"portal", "migrations"}


def unused(read: tuple[Module, ...]) -> set[str]:
    where = packages_distributions()
    used = {_name(library) for package in imported(read) for library in where.get(package, ())}
    return named() - used - set(FOUND)


def unnamed(read: tuple[Module, ...]) -> set[str]:
    """Packages of a library that is neither named nor what a named one stands on."""
    where, known = packages_distributions(), named()
    known |= {_name(line) for library in known for line in requires(library) or () if "extra ==" not in line}
    return {package for package in imported(read) if not known & {_name(one) for one in where.get(package, ())}}


def _name(line: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", line, maxsplit=1)[0]).lower()


def test_each_library_is_used_and_each_used_is_named():
    read = tuple(modules())
    assert unused(read) == set()
    assert unnamed(read) == set()
    assert named() >= set(FOUND)


def test_control_one_that_nobody_uses_and_one_that_nobody_named_are_found():
    read = tuple(module for module in modules() if module.name != "portal.reports.figures")
    assert unused(read) == {"pandas"}
    assert unnamed((*read, read_module("portal.reports.planted", "def f():\n    import bs4"))) == {"bs4"}
