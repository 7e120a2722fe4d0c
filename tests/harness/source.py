"""The repository as the convention tests read it: its tracked files, its modules and what they import."""

from __future__ import annotations

import ast
import importlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.harness.missing import missing

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files() -> tuple[str, ...]:
    """The files that a clone gets, as paths from the root."""
    git = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if git.returncode:
        missing("the git checkout", "these tests read the tracked files; run them in a clone")
    return tuple(name for name in git.stdout.split("\0") if name and (ROOT / name).is_file())


def text_of(name: str) -> str:
    """A file's text; what is not text is empty."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@dataclass(frozen=True)
class Module:
    """A Python file, its dotted name and its tree."""

    name: str
    tree: ast.Module
    lines: int

    def imports(self) -> Iterator[str]:
        """Dotted names of what it imports, lazily or not; `from a import b` counts as a.b."""
        yield from _imports(self.tree)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def _imports(tree: ast.Module) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


def read_module(name: str, source: str) -> Module:
    return Module(name, ast.parse(source), source.count("\n"))


@cache
def modules(package: str = "portal") -> tuple[Module, ...]:
    """Every module of a package, as it lies in the working tree."""
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(read_module(name, path.read_text(encoding="utf-8")))
    return tuple(found)


def import_models() -> None:
    """Put every table into the metadata, whichever features the application imports."""
    for module in modules():
        if module.name.endswith(".models") or module.name.startswith("portal.core."):
            importlib.import_module(module.name)
