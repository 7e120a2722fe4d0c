"""What a clone holds and what it must not: registry addresses, machine paths, lock files that record them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.harness.findings import none_of
from tests.harness.source import ROOT, text_of, tracked_files

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = re.compile("|".join(re.escape(".".join(host)) for host in (
    ("pythonhosted", "org"), ("pypi", "org"), ("registry", "npmjs"), ("npmjs", "org"), ("npmjs", "com"),
    ("deb", "debian", "org"), ("security", "debian", "org"),
)))  # fmt: skip
HOMES = re.compile(r"(?<![\w./-])/(root|work|home/\w+|Users/\w+)/")
LOCKS = re.compile(r"(^|/)(uv\.lock|pylock[^/]*\.toml|poetry\.lock|Pipfile\.lock|package-lock\.json|yarn\.lock)$")
BUILT = re.compile(r"\.(mo|pyc|br|gz|sqlite3|egg-info)(/|$)|(^|/)(node_modules|instance)/")
REQUIRED = (
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile", ".ci/run", "pyproject.toml",
    "requirements.lock", "requirements-dev.lock", "deploy/README.md",
)  # fmt: skip
GOALS = ("run", "test", "lint", "check", "soak", "lock", "translations", "screenshots", "clean", "help")


def breaches(files: dict[str, str]) -> list[str]:
    """The files that hold an address or a path of somebody's machine, or may not be there at all."""
    found = [f"{name}: a lock file with addresses" for name in files if LOCKS.search(name)]
    found += [f"{name}: made on each machine, not kept" for name in files if BUILT.search(name)]
    for name, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if REGISTRIES.search(line):
                found.append(f"{name}:{number}: a registry's address")
            if HOMES.search(line) and not name.startswith("deploy/"):
                found.append(f"{name}:{number}: a path of one machine")
    return found


def test_nothing_of_one_machine_or_registry():
    none_of(breaches({name: text_of(name) for name in tracked_files()}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "index = 'https://" + "py" + "pi.org/simple'"),
        ("b.md", "see /" + "home/somebody/portal"),
        ("sub/uv" + ".lock", ""),
        ("portal/static/portal.css.br", ""),
    ],
)
def test_control_what_may_not_be_there_is_found(name, text):
    assert len(breaches({name: text})) == 1


@pytest.mark.parametrize("name", REQUIRED)
def test_required_file(name):
    assert (ROOT / name).is_file()


def unhashed(lock: str) -> list[str]:
    """Requirements of a lock file without an exact version or a hash."""
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE).strip())
    return [entry.split()[0] for entry in entries if "==" not in entry.split()[0] or "--hash=sha256:" not in entry]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-redis.lock", "requirements-dev.lock"])
def test_lock_is_hashed(name):
    none_of(unhashed(text_of(name)))


def test_control_unhashed_is_found():
    assert unhashed("flask==3.1.3 \\\n    --hash=sha256:00\nnaked==1.0\n") == ["naked==1.0"]


def test_dev_lock_holds_the_versions_that_run():
    """Tests run on what is installed for use."""
    pinned = re.compile(r"^\S+==\S+(?: ; .*)?(?= \\)", re.MULTILINE)
    runtime, redis, dev = (
        set(pinned.findall(text_of(f"requirements{kind}.lock"))) for kind in ("", "-redis", "-dev")
    )
    assert all((runtime, redis))
    assert (runtime | redis) - dev == set()


def test_make_help_names_every_goal():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    none_of([goal for goal in GOALS if not re.search(rf"^  make {goal} +\S", shown, re.MULTILINE)])


def test_ci_runs_the_tests_strictly():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o100
    assert "PORTAL_TEST_STRICT=1" in script.read_text()


def test_no_large_file():
    """Pictures and fonts come from packages or are made; a clone stays small."""
    none_of([name for name in tracked_files() if Path(ROOT / name).stat().st_size > 1_000_000])
