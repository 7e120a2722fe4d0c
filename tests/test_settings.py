"""Settings: read, typed, defaults, and everything that production refuses, named at once."""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from portal.settings import STATIC, SettingsError, examine, from_environment


@pytest.fixture
def local(tmp_path) -> dict[str, str]:
    return {"PORTAL_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def production(tmp_path) -> dict[str, str]:
    return {
        "PORTAL_MODE": "production",
        "PORTAL_DATA_DIR": str(tmp_path),
        "PORTAL_BASE_URL": "https://portal.example.org",
        "PORTAL_TRUSTED_HOSTS": "portal.example.org",
        "PORTAL_SECRET_KEY": secrets.token_urlsafe(48),
        "PORTAL_ENCRYPTION_KEYS": f"{secrets.token_urlsafe(48)},{secrets.token_urlsafe(48)}",
    }


def test_defaults_suit_one_machine(local, tmp_path):
    settings = from_environment(local)
    assert settings.database_url == f"sqlite:///{tmp_path}/data/portal.sqlite3"
    assert (settings.mode, settings.language, settings.time_zone) == ("local", "zh-Hans", "Asia/Shanghai")
    assert settings.trusted_hosts == ("127.0.0.1", "localhost", "[::1]")
    assert settings.base_url == "http://127.0.0.1:8000"


def test_production_as_the_documentation_has_it(production):
    settings = from_environment(production)
    assert settings.is_https
    assert len(settings.encryption_keys) == 2


def test_the_example_file_is_complete_but_for_its_keys(production):
    """deploy/portal.env.example needs nothing else than what it asks for."""
    lines = (Path(__file__).parents[1] / "deploy/portal.env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    keys = {name: production[name] for name in ("PORTAL_SECRET_KEY", "PORTAL_ENCRYPTION_KEYS")}
    assert examine({**example, **keys})[1] == []
    assert len(examine(example)[1]) == 2


def documented() -> dict[str, str]:
    """The variables of the README's table with their defaults."""
    table = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").partition("## Settings")[2]
    rows = (row.split("|")[1:3] for row in table.splitlines() if row.startswith("| `PORTAL_"))
    pairs = ((re.findall(r"`(\w+)`", names), defaults.split(",")) for names, defaults in rows)
    return {
        name: given.strip(" `")
        for names, defaults in pairs
        for name, given in zip(names, defaults * len(names), strict=False)
    }


def test_the_readme_has_every_setting_with_its_default(tmp_path):
    settings, table = from_environment({"PORTAL_DATA_DIR": str(tmp_path)}), documented()
    assert set(table) == {f"PORTAL_{field.name.upper()}" for field in fields(settings)} | {"PORTAL_TRACEBACK"}
    for name in ("mode", "time_zone", "language", "upload_mb", "import_rows", "proxies", "workers", "threads"):
        assert table[f"PORTAL_{name.upper()}"] == str(getattr(settings, name))
    for name in ("mail_url", "mail_from", "redis_url"):
        assert (table[f"PORTAL_{name.upper()}"], getattr(settings, name)) == ("none", "")
    assert (table["PORTAL_REQUIRE_SECOND_FACTOR"], settings.require_second_factor) == ("no", False)


def test_keys_are_made_once_and_kept_private(local, tmp_path):
    first, second = from_environment(local), from_environment(local)
    assert first.secret_key == second.secret_key != first.encryption_keys[0] == second.encryption_keys[0]
    assert len(first.secret_key) >= 32
    assert [(tmp_path / "data" / name).stat().st_mode & 0o777 for name in ("secret.key", "encryption.key")] == [
        0o600
    ] * 2


def test_processes_that_start_together_agree_on_the_keys(local):
    """A process that read a key while another still wrote it would encrypt with half of it."""
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: from_environment(local).encryption_keys, range(64)))
    assert len(found) == 1
    assert all(len(key) == 64 for key in found.pop())


def test_an_emptied_key_file_is_a_fault(local, tmp_path):
    from_environment(local)
    (tmp_path / "data/encryption.key").write_text("")
    with pytest.raises(SettingsError, match="is empty"):
        from_environment(local)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("postgresql://portal@db/portal", "postgresql+psycopg://portal@db/portal"),
        ("postgres://portal:pass%40word@db/portal", "postgresql+psycopg://portal:pass%40word@db/portal"),
        ("postgresql:///portal?host=/var/run/postgresql", "postgresql+psycopg:///portal?host=/var/run/postgresql"),
        ("sqlite:////srv/portal.sqlite3", "sqlite:////srv/portal.sqlite3"),
    ],
)
def test_database_addresses(local, url, read):
    settings = from_environment({**local, "PORTAL_DATABASE_URL": url})
    assert settings.database_url.replace("%2F", "/") == read


def test_a_file_is_found_from_wherever_the_command_runs(local, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert from_environment({**local, "PORTAL_DATABASE_URL": "sqlite:///here.db"}).database_url == (
        f"sqlite:///{tmp_path}/here.db"
    )


def test_served_on_every_address_it_answers_to_this_machines_names(local):
    settings = from_environment({**local, "HOST": "0.0.0.0", "PORT": "9000"})
    assert settings.base_url == "http://localhost:9000"
    assert len(settings.trusted_hosts) > 3


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MODE", "prod", "must be one of local, test, production"),
        ("LANGUAGE", "zh-CN", "must be one of"),
        ("TIME_ZONE", "Beijing", "Asia/Shanghai"),
        ("TIME_ZONE", "../../etc/passwd", "Asia/Shanghai"),
        ("BASE_URL", "portal.example.org", "full address"),
        ("BASE_URL", "https://[oops", "full address"),
        ("DATABASE_URL", "mysql://db/portal", "must begin with sqlite:/// (and a file) or postgresql://"),
        ("DATABASE_URL", "nonsense", "must begin with"),
        ("DATABASE_URL", "sqlite://", "names no file"),
        ("DATABASE_URL", "sqlite:///:memory:", "names no file"),
        ("MAIL_URL", "mail.example.org", "smtp://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("WORKERS", "two", "whole number from 1 to 64"),
        ("WORKERS", "²", "whole number"),
        ("THREADS", "0", "whole number from 1 to 64"),
        ("UPLOAD_MB", "9999999999999", "whole number from 1 to 100"),
        ("REQUIRE_SECOND_FACTOR", "true", "must be one of yes, no"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_that_names_it(local, name, value, words):
    _, faults = examine({**local, "PORTAL_MAIL_FROM": "portal@example.org", f"PORTAL_{name}": value})
    assert len(faults) == 1
    assert faults[0].startswith("PORTAL_")
    assert words in faults[0]
    assert "\n" not in faults[0]


def test_mail_needs_a_sender(local):
    _, faults = examine({**local, "PORTAL_MAIL_URL": "smtp://mail.example.org"})
    assert ["PORTAL_MAIL_FROM is not set" in fault for fault in faults] == [True]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"PORTAL_BASE_URL": "http://portal.example.org"}, "must begin with https://"),
        ({"PORTAL_TRUSTED_HOSTS": ""}, "PORTAL_TRUSTED_HOSTS is not set"),
        ({"PORTAL_TRUSTED_HOSTS": "*,portal.example.org"}, "without *"),
        ({"PORTAL_TRUSTED_HOSTS": "other.example.org"}, "does not hold portal.example.org"),
        ({"PORTAL_SECRET_KEY": ""}, "PORTAL_SECRET_KEY is not set"),
        ({"PORTAL_ENCRYPTION_KEYS": ""}, "PORTAL_ENCRYPTION_KEYS is not set"),
        ({"PORTAL_SECRET_KEY": "short but Random 7"}, "need 32 random characters"),
        ({"PORTAL_SECRET_KEY": "change-me" + secrets.token_urlsafe(48)}, "need 32 random characters"),
        ({"PORTAL_SECRET_KEY": "abcabcab" * 8}, "need 32 random characters"),
        ({"PORTAL_ENCRYPTION_KEYS": f"{secrets.token_urlsafe(48)},short"}, "need 32 random characters"),
        ({"PORTAL_PASSWORD_COST": "cheap"}, "PORTAL_PASSWORD_COST is for tests"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is set"),
        ({"PORTAL_DATA_DIR": str(STATIC / "uploads")}, "inside the static folder"),
    ],
)
def test_production_refuses(production, changes, words):
    _, faults = examine({**production, **changes})
    assert [words in fault for fault in faults] == [True], faults


def test_one_key_for_both_is_refused(production):
    _, faults = examine({**production, "PORTAL_SECRET_KEY": production["PORTAL_ENCRYPTION_KEYS"].split(",")[0]})
    assert ["must differ" in fault for fault in faults] == [True]


def test_every_fault_is_found_in_one_run(production):
    wrong = {
        "PORTAL_BASE_URL": "http://portal.example.org",
        "PORTAL_TRUSTED_HOSTS": "",
        "PORTAL_SECRET_KEY": "secret",
        "PORTAL_ENCRYPTION_KEYS": "",
        "PORTAL_WORKERS": "many",
        "PORTAL_DATA_DIR": str(STATIC),
        "FLASK_DEBUG": "true",
    }
    _, faults = examine({**production, **wrong})
    assert len(faults) == len(wrong)
    with pytest.raises(SettingsError, match=r"\(6 more: `portal check` lists them all.\)$"):
        from_environment({**production, **wrong})
    assert not list(STATIC.glob("*.key")), "no key was written where everybody could read it"


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    _, faults = examine({"PORTAL_DATA_DIR": str(tmp_path / "file/data")})
    assert len(faults) == 2
    assert all("PORTAL_DATA_DIR" in fault for fault in faults)
