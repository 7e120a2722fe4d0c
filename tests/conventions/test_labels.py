"""A closed list of words that people read is `Labelled`: each word stands with its label, in no table beside it."""

from __future__ import annotations

import ast

import pytest

from tests.harness.findings import none_of
from tests.harness.source import Module, modules, read_module


def tables_beside(module: Module) -> list[str]:
    """Lists whose labels stand beside them, in a property or a table, and words of a labelled list that have none."""
    classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
    plain = {node.name for node in classes if _is_a("StrEnum", node)} - {"Labelled"}
    found = [node.name for node in classes if node.name in plain and _has_label(node)]
    for node in classes:
        words = [one for one in node.body if isinstance(one, ast.Assign)] if _is_a("Labelled", node) else []
        found += [f"{node.name}, line {one.lineno}" for one in words if not isinstance(one.value, ast.Tuple)]
    tables = [node for node in module.tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)]
    found += [f"line {node.lineno}" for node in tables if _labels(node.value) & plain]
    return [f"{module.name}: {fault}" for fault in found]


def _is_a(base: str, node: ast.ClassDef) -> bool:
    return base in [ast.unparse(one) for one in node.bases]


def _has_label(node: ast.ClassDef) -> bool:
    return any(isinstance(one, ast.FunctionDef) and one.name == "label" for one in node.body)


def _labels(table: ast.expr) -> set[str]:
    """The lists of whose words the table holds messages."""
    assert isinstance(table, ast.Dict)
    called = {ast.unparse(one.func) for one in table.values if isinstance(one, ast.Call)}
    keys = {ast.unparse(key.value) for key in table.keys if isinstance(key, ast.Attribute)}
    return keys if called & {"lazy", "lazy_pgettext"} else set()


def test_words_carry_their_labels():
    none_of(breach for module in modules() for breach in tables_beside(module))


@pytest.mark.parametrize(
    "source",
    [
        "class A(StrEnum):\n    X = 'x'\n    @property\n    def label(self): return TABLE[self]",
        "class A(StrEnum):\n    X = 'x'\nTABLE = {A.X: lazy('X')}",
        "class A(Labelled):\n    X = 'x'",
    ],
)
def test_control_labels_beside_are_found(source):
    assert len(tables_beside(read_module("portal.people.models", source))) == 1
