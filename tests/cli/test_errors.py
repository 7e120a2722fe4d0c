"""Whatever goes wrong with a command is one clear line and a status that is not zero."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from portal.core.errors import RuleError
from portal.upkeep.setup import check_name
from tests.harness.installation import Installation

AWAY = "postgresql://portal@/portal?host=/nonexistent"


def test_a_setting_that_cannot_be_read(bare, fails):
    assert "PORTAL_MODE is 'prod'; it must be one of" in fails(bare.run("demo", PORTAL_MODE="prod"))
    assert "PORTAL_WORKERS" in fails(bare.run("serve", PORTAL_WORKERS="0"))
    assert not bare.data.exists(), "nothing was made"


def test_production_without_its_settings(bare, fails):
    line = fails(bare.run("backup", "file", PORTAL_MODE="production", PORTAL_SECRET_KEY=""))
    assert "portal check" in line


@pytest.mark.parametrize("words", [("check",), ("backup", "file"), ("db", "upgrade"), ("serve",)])
def test_a_database_that_is_away(bare, tmp_path, words):
    if words[0] == "backup":
        words = ("backup", str(tmp_path / "file"))
    run = bare.execute if words[0] == "db" else bare.run
    result = run(*words, PORTAL_DATABASE_URL=AWAY)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "nonexistent" in result.stderr
    assert not (tmp_path / "file").exists()


def test_a_command_that_is_none(bare, fails):
    assert "No such command 'sevre'" in fails(bare.run("sevre"))
    assert "--prot" in fails(bare.run("serve", "--prot", "9"))


def test_no_command_shows_what_there_is(bare):
    result = bare.execute()
    assert result.returncode == 2
    for name in ("serve", "worker", "init", "demo", "check", "backup", "restore", "key", "rotate-keys", "db"):
        assert f"\n  {name} " in result.stderr


def test_a_key_is_printed_and_never_the_same(bare):
    first, second = bare.run("key").stdout.strip(), bare.execute("key").stdout.strip()
    assert len(first) == 64
    assert first != second


def test_a_data_folder_that_cannot_be_made(tmp_path, fails):
    (tmp_path / "file").write_text("in the way")
    there = Installation(tmp_path / "file/data", f"sqlite:///{tmp_path}/file/data/portal.sqlite3")
    assert "file" in fails(there.run("demo"))


def test_a_data_folder_that_cannot_be_written(fails):
    """The kernel's own folder, in which not even root makes a file."""
    there = Installation(Path("/sys/kernel"), "sqlite:////sys/kernel/portal.sqlite3")
    assert "unable to open database file" in fails(there.run("demo"))
    assert "PORTAL_DATA_DIR is /sys/kernel" in fails(there.run("demo", PORTAL_SECRET_KEY=""))


def test_a_port_in_use(bare, fails):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = bare.execute("serve", "--port", port)
        assert f"127.0.0.1:{port} cannot be used (Address already in use)" in fails(refused)
    assert not (bare.data / "portal.sqlite3").exists(), "nothing was made before the port was sure"
    assert "cannot be used" in fails(bare.run("serve", "--host", "no.such.host.invalid"))


def test_init_asks_for_what_was_not_said_and_happens_once(bare, fails):
    """It makes the database on the way; demo and a second init leave a filled one alone."""
    answers = ["清河区协会联合会", "管文静", "13800000001", *["four words are better"] * 2]
    made = bare.execute("init", typed="\n".join([*answers, ""]))
    assert made.returncode == 0, made.stderr
    assert "管文静 signs in with 13800000001" in made.stdout
    words = ("--association", "x", "--name", "x", "--phone", "13800000002", "--password", "four words ok")
    for command in (("demo",), ("init", *words)):
        assert "already holds an association" in fails(bare.run(*command))


def test_init_takes_the_names_that_forms_take():
    for typed in ("", "  ", "协" * 61, "清河\x01区", "清河\n区", "\udcff"):
        with pytest.raises(RuleError):
            check_name("name", typed)
    check_name("name", "Anna-Lena O'Hara 清河")


@pytest.mark.engines("sqlite")
def test_init_refuses_what_the_rules_refuse_and_writes_nothing(installation, fails):
    good = {
        "--association": "清河区协会联合会",
        "--name": "管文静",
        "--phone": "13800000001",
        "--password": "four words ok",
    }
    refused = {"--phone": "12", "--password": "123456", "--association": "协" * 61}
    for option, value in refused.items():
        words = [word for pair in {**good, option: value}.items() for word in pair]
        fails(installation.run("init", *words))
    with sqlite3.connect(installation.url.removeprefix("sqlite:///")) as database:
        for table in ("association", "person", "account", "audit_entry"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
