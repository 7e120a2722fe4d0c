"""What `deploy/` holds that can be run here: settings reach a command as systemd hands them to the services."""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"

SETTINGS = """\
# PORTAL_COMMENT=no
; PORTAL_OTHER=no
PORTAL_MODE=production

PORTAL_SITE_NAME=清河区 联合会 $(touch was-run) `touch was-run` $HOME
PORTAL_DATABASE_URL="postgresql:///portal?host=/var/run&user=x;y"\x20
PORTAL_MAIL_URL='smtps://a:p"$w@mail.example.org'
PORTAL_SECRET_KEY=
PORTAL_LANGUAGE=en"""

EXPECTED = {
    "PORTAL_MODE": "production",
    "PORTAL_SITE_NAME": "清河区 联合会 $(touch was-run) `touch was-run` $HOME",
    "PORTAL_DATABASE_URL": "postgresql:///portal?host=/var/run&user=x;y",
    "PORTAL_MAIL_URL": 'smtps://a:p"$w@mail.example.org',
    "PORTAL_SECRET_KEY": "",
    "PORTAL_LANGUAGE": "en",
}


def test_settings_are_read_as_systemd_reads_them(tmp_path):
    """Read as a shell's, an address with & would end in the background, and the portal would make a SQLite."""
    file = tmp_path / "portal.env"
    file.write_text(SETTINGS, encoding="utf-8")
    outside = {"PATH": os.environ["PATH"], "PORTAL_ENV_FILE": str(file), "PORTAL_USER": getpass.getuser()}
    shown = subprocess.run(
        ["sh", str(DEPLOY / "as-portal"), "env", "-0"], env=outside, capture_output=True, text=True, check=True
    )
    given = dict(line.split("=", 1) for line in shown.stdout.split("\0") if line.startswith("PORTAL_"))
    assert {name: value for name, value in given.items() if name not in outside} == EXPECTED
    assert not (DEPLOY.parent / "was-run").exists()


@pytest.mark.parametrize("nights", [3, 20])
def test_fourteen_nights_are_kept_and_what_was_put_there_by_hand(tmp_path, nights):
    """The unit's own words, on another folder."""
    (rule,) = [
        line.removeprefix("ExecStartPost=/bin/sh -c '").removesuffix("'")
        for line in (DEPLOY / "portal-backup.service").read_text(encoding="utf-8").splitlines()
        if line.startswith("ExecStartPost=")
    ]
    names = [f"2026-11-{night:02}.tar.gz" for night in range(1, nights + 1)]
    by_hand = "before-upgrade-2025-01-01-0900.tar.gz"
    for age, name in enumerate([*reversed(names), by_hand]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age * 86_400,) * 2)
    for _ in range(2):
        subprocess.run(["/bin/sh", "-c", rule.replace("/var/lib/portal/backups", str(tmp_path))], check=True)
        assert {path.name for path in tmp_path.iterdir()} == {by_hand, *names[-14:]}
