"""Templates compile, have titles, import only what they use, and obey the content security policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from tests.harness.apps import Apps
from tests.harness.findings import none_of
from tests.harness.source import ROOT

FOLDER = ROOT / "portal/templates"
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=|<style\b"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "a script address": re.compile(r"javascript:"),
    "something from outside": re.compile(r"(?:src|action)\s*=\s*[\"']\s*(?:https?:)?//"),
}
TAG = re.compile(r"<(a|button|form)\b((?:[^<>]|\{\{.*?\}\}|<[^<>]*>)*?)>", re.DOTALL)
WITHOUT_SCRIPT = {"a": "href", "form": "action", "button": "formaction"}


@pytest.fixture(scope="module")
def portal(apps: Apps) -> Flask:
    return apps.create(apps.settings("sqlite://"))


@pytest.fixture
def environment(portal: Flask) -> Environment:
    return portal.jinja_env


@cache
def templates() -> dict[str, str]:
    """Every template by its name."""
    paths = sorted(FOLDER.rglob("*.html"))
    return {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in paths}


# Those that others extend are frames; a title is the business of the page in the end.
FRAMES = {frame for source in templates().values() for frame in re.findall(r'{%-? extends "([^"]+)"', source)}


FOLDERS = sorted({name.rpartition("/")[0] for name in templates()})


def of_folder(folder: str) -> list[tuple[str, str]]:
    return [(name, source) for name, source in templates().items() if name.rpartition("/")[0] == folder]


@cache
def parsed(environment: Environment, source: str) -> nodes.Template:
    return environment.parse(source)


def breaches(environment: Environment, name: str, source: str) -> list[str]:
    tree = parsed(environment, source)
    found = [f"{name} imports {macro} and does not use it" for macro in _unused(tree)]
    plain = COMMENT.sub("", source)
    found += [f"{name} has {what}" for what, pattern in FORBIDDEN.items() if pattern.search(plain)]
    if CHINESE.search(plain):
        found.append(f"{name} has Chinese text: messages are English, their Chinese stands in the catalogue")
    found += [f"{name}: hx- on a <{tag}> without {attribute}" for tag, attribute in _needs_script(plain)]
    if _is_page(name, tree) and not _has_title(environment, tree):
        found.append(f"{name} has no title")
    return found


def _unused(tree: nodes.Template) -> Iterator[str]:
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    for node in tree.find_all((nodes.FromImport, nodes.Import)):
        names = [node.target] if isinstance(node, nodes.Import) else node.names
        for item in names:
            alias = item[1] if isinstance(item, tuple) else item
            if alias not in used:
                yield alias


def _needs_script(plain: str) -> Iterator[tuple[str, str]]:
    """Tags that do something with htmx and nothing without it; a button in a form submits the form."""
    for tag, attributes in TAG.findall(plain):
        wanted = WITHOUT_SCRIPT[tag]
        if re.search(r"\shx-(get|post|put|delete)=", attributes) and not re.search(rf"\s{wanted}=", attributes):
            yield tag, wanted


def _is_page(name: str, tree: nodes.Template) -> bool:
    """Whole pages extend a frame; frames and partials are no pages."""
    return name not in FRAMES and any(tree.find_all(nodes.Extends))


def _has_title(environment: Environment, tree: nodes.Template) -> bool:
    """A title of its own, or one from the page that it extends."""
    for block in tree.find_all(nodes.Block):
        if block.name == "title":
            return any(block.find_all((nodes.TemplateData, nodes.Name, nodes.Const)))
    parent = next(tree.find_all(nodes.Extends), None)
    if parent is None or not isinstance(parent.template, nodes.Const) or environment.loader is None:
        return False
    source = environment.loader.get_source(environment, parent.template.value)[0]
    return _has_title(environment, parsed(environment, source))


def unknown_macros(environment: Environment, tree: nodes.Template) -> list[str]:
    """Macros that a template imports and the other file does not have."""
    found = []
    for node in tree.find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        module = environment.get_template(node.template.value).module
        names = [item[0] if isinstance(item, tuple) else item for item in node.names]
        found += [f"{node.template.value}: {name}" for name in names if not hasattr(module, name)]
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_templates(environment, folder):
    none_of(line for name, source in of_folder(folder) for line in breaches(environment, name, source))


@pytest.mark.parametrize("folder", FOLDERS)
def test_templates_compile_and_find_their_macros(portal, environment, folder):
    with portal.test_request_context("/"):
        for name, source in of_folder(folder):
            environment.get_template(name)
            assert unknown_macros(environment, parsed(environment, source)) == [], name


@pytest.mark.parametrize(
    "source",
    [
        '{% from "macros/forms.html" import field %}',
        '<p style="color: red">',
        "<script>alert(1)</script>",
        '<a href="#" onclick="go()">',
        '<a href="javascript:go()">',
        '<img src="//example.com/a.png">',
        "<p>登录</p>",
        '<a hx-get="/x">More</a>',
        '<form hx-post="{{ url }}"></form>',
        '{% extends "base.html" %}{% block main %}{% endblock %}',
        '{% extends "base.html" %}{% block title %}{% endblock %}',
    ],
)
def test_control_a_planted_fault_is_found(environment, source):
    assert len(breaches(environment, "planted/page.html", source)) == 1


def test_control_a_missing_macro_is_found(portal, environment):
    with portal.test_request_context("/"):
        tree = environment.parse('{% from "macros/forms.html" import nobody %}')
        assert unknown_macros(environment, tree) == ["macros/forms.html: nobody"]
