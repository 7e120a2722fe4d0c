"""Compiled templates are kept in the data folder: the next process needs no compiler, and nothing depends on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from jinja2 import Environment
from jinja2.bccache import bc_magic

from portal import create_app

pytestmark = pytest.mark.engines("sqlite")  # no database is asked
NAME = "macros/heat.html"


@pytest.fixture
def started(app, tmp_path, monkeypatch):
    """started() is the portal as after a start, with what it compiled so far."""
    compiled: list[str] = []
    known = Environment.compile

    def noted(self, source, name=None, *given, **more):
        compiled.append(name)
        return known(self, source, name, *given, **more)

    monkeypatch.setattr(Environment, "compile", noted)

    def started() -> tuple[Flask, list[str]]:
        compiled.clear()
        return create_app(replace(app.extensions["portal.settings"], data_dir=tmp_path / "data")), compiled

    return started


def test_the_second_start_compiles_nothing(started, tmp_path):
    for expected in ([NAME], []):
        portal, compiled = started()
        assert portal.jinja_env.get_template(NAME).module
        assert compiled == expected
    (kept,) = (tmp_path / "data/compiled").iterdir()
    assert kept.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"something else altogether"])
def test_what_cannot_be_read_is_compiled_anew(started, tmp_path, content):
    started()[0].jinja_env.get_template(NAME)
    (kept,) = (tmp_path / "data/compiled").iterdir()
    whole = kept.read_bytes()
    for damaged in (content, whole[: len(bc_magic)], whole[: len(bc_magic) + 3], whole[:-20]):
        kept.write_bytes(damaged)
        portal, compiled = started()
        assert portal.jinja_env.get_template(NAME).module
        assert compiled == [NAME]


def test_where_nothing_can_be_written_it_is_compiled_each_time(started, tmp_path):
    (tmp_path / "data").write_text("in the way")
    for _ in range(2):
        portal, compiled = started()
        assert portal.jinja_env.get_template(NAME).module
        assert compiled == [NAME]
