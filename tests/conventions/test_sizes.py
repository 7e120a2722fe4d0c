"""Rooms stay small: a view 15 lines, a function 25, a module 300, a template 80. At the limit, look for the seam."""

from __future__ import annotations

import ast
import re

from tests.harness.findings import none_of
from tests.harness.source import ROOT, Module, modules, read_module

VIEW, FUNCTION, MODULE, TEMPLATE = 15, 25, 300, 80
# Longer for a reason, which stands beside it.
ALLOWED = {"portal.settings._read"}  # one line for each setting
Function = ast.FunctionDef | ast.AsyncFunctionDef


def breaches(module: Module) -> list[str]:
    """What is longer than its limit."""
    found = [f"{module.name} has {module.lines} lines"] if module.lines > MODULE else []
    for function in module.functions():
        limit = VIEW if module.name.endswith(".views") or is_view(function) else FUNCTION
        length = body_length(function)
        if length > limit and f"{module.name}.{function.name}" not in ALLOWED:
            found.append(f"{module.name}.{function.name} has {length} lines, {limit} are enough")
    return found


def is_view(function: Function) -> bool:
    """Whether it answers an address, in whichever module."""
    called = [ast.unparse(one.func) for one in function.decorator_list if isinstance(one, ast.Call)]
    return any(re.fullmatch(r"(\w+\.)?blueprint\.(get|post|route)", name) for name in called)


def body_length(function: Function) -> int:
    """Lines of what the function does: its docstring, signature and decorators are not counted."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_and_modules():
    none_of(breach for module in modules() for breach in breaches(module))


def test_templates():
    folder = ROOT / "portal/templates"
    sizes = {path: path.read_text(encoding="utf-8").count("\n") for path in folder.rglob("*.html")}
    none_of([f"{path.relative_to(folder)} has {n} lines" for path, n in sizes.items() if n > TEMPLATE])


def test_control_something_long_is_found():
    body = "    x = 1\n"
    assert breaches(read_module("portal.notices.views", "def f():\n" + body * 16)) != []
    none_of(breaches(read_module("portal.notices.services", "def f():\n" + body * 16)))
    assert breaches(read_module("portal.notices.services", "def f():\n" + body * 26)) != []
    assert breaches(read_module("portal.notices.pin_views", '@blueprint.post("/x")\ndef f():\n' + body * 16)) != []
    assert breaches(read_module("portal.notices.models", "x = 1\n" * 301)) != []
