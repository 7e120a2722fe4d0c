"""`portal verify-chain`: a chain that was handed out is checked with nothing else, and by anybody's own lines."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from portal.transparency import chain
from portal.upkeep.proof_commands import verify_chain
from tests.harness.source import ROOT

MOMENT = "2026-03-01T08:05:00.000000Z"
SCRIPT = ROOT / "portal/templates/transparency/_script.txt"


def made(count=5, title="文"):
    """A chain as a list of its entries."""
    entries, last = [], chain.BEGIN
    for number in range(1, count + 1):
        entry = {
            "number": number, "kind": "notice", "association": "wangjiang", "document": f"doc{number:09d}",
            "version": 1, "digest": chain.digest_of({"title": f"{title}{number}"}), "published_at": MOMENT,
            "previous": last,
        }  # fmt: skip
        entries.append(entry | {"hash": (last := chain.hash_of(entry))})
    return entries


@pytest.fixture
def check(tmp_path):
    """check(entries, "--head", HASH): the status of the command and its one line."""

    def check(entries, *options):
        file = tmp_path / "chain.jsonl"
        content = entries if isinstance(entries, bytes) else b"".join(map(chain.line_of, entries))
        file.write_bytes(content)
        run = CliRunner().invoke(verify_chain, [str(file), *options])
        return run.exit_code, (run.output or str(run.exception)).strip()

    return check


def test_a_sound_chain(check, tmp_path):
    entries = made()
    status, said = check(entries)
    assert (status, said) == (
        0, f"5 entries, 2026-03-01: each follows from the one before. The head is {entries[-1]['hash']}."
    )  # fmt: skip
    assert check(made(1))[1].startswith("1 entry, ")


def test_a_kept_head_lies_in_it(check, tmp_path):
    """By its hash, typed in groups or in capitals; or as the file that was kept, and the chain has grown since."""
    entries, kept = made(), tmp_path / "head.json"
    third = entries[2]["hash"]
    kept.write_bytes(chain.canonical({"format": 1, "number": 3, "hash": third, "published_at": MOMENT}))
    typed = " ".join(third.upper()[n : n + 4] for n in range(0, 64, 4))
    for options in (("--head", third), ("--head", typed), ("--kept", str(kept))):
        status, said = check(entries, *options)
        assert (status, said.endswith("The kept head lies in it.")) == (0, True), said


def test_whatever_is_done_to_the_file_is_found(check, tmp_path):
    entries = made()
    third = entries[2]
    cases = {
        "is missing": [entries[:2] + entries[3:], entries[1:]],
        "does not follow": [[*entries[:2], third | {"previous": chain.BEGIN}, *entries[3:]]],
        "is not what its hash was made of": [
            [*entries[:2], third | change, *entries[3:]]
            for change in (
                {"digest": "0" * 64}, {"kind": "charter"}, {"association": "anbei"}, {"document": "other0000000"},
                {"version": 2}, {"published_at": "2020-01-01T00:00:00.000000Z"}, {"hash": "f" * 64},
            )
        ],
        "is no entry": [b"{}\n", b"\xff\xfe\n", b"[1]\n", b'{"number": [1]}\n', b"17\n", b'"x"\n'],
        "another format": [chain.line_of(third).replace(b'"format":1', b'"format":2')],
        "holds no entry": [b""],
    }  # fmt: skip
    for expected, files in cases.items():
        for file in files:
            status, said = check(file)
            assert (status, expected in said, "\n" in said) == (1, True, False), said


def test_a_chain_made_anew_is_found_by_the_head_that_was_kept(check, tmp_path):
    """Whoever rewrites everything has a sound chain, and not the head that somebody kept."""
    before, after = made(), made(title="改")
    assert check(after)[0] == 0
    assert check(after, "--head", before[2]["hash"]) == (
        1, "the kept head does not lie in this chain: what was published before it has been changed."
    )  # fmt: skip
    kept = tmp_path / "head.json"
    kept.write_text(json.dumps({"number": 5, "hash": before[4]["hash"]}))
    assert "its end was cut off" in check(before[:4], "--kept", str(kept))[1]
    kept.write_text(json.dumps({"number": 4, "hash": before[4]["hash"]}))
    assert check(before, "--kept", str(kept))[0] == 1
    for told in ("abc", "{}", "{", "[]", ""):
        kept.write_text(told)
        assert "is no head of a chain" in check(before, "--kept", str(kept))[1]


def test_the_lines_that_the_page_prints_find_the_same(tmp_path):
    """They are told in the documentation too, and need nothing of the portal."""
    script, entries, file = SCRIPT.read_text(encoding="utf-8"), made(), tmp_path / "chain.jsonl"
    assert script in (ROOT / "docs/transparency.md").read_text(encoding="utf-8")
    file.write_bytes(b"".join(map(chain.line_of, entries)))

    def run():
        return subprocess.run(
            [sys.executable, "-IS", "-c", script, str(file)], capture_output=True, text=True, cwd=tmp_path
        )

    assert run().stdout.split() == [word for entry in entries for word in (str(entry["number"]), entry["hash"])]
    file.write_bytes(file.read_bytes().replace(b'"version":1', b'"version":3', 1))
    assert run().returncode == 1


def test_it_needs_no_portal(tmp_path):
    """Neither settings nor a database: the modules that would ask for them are not loaded."""
    file = tmp_path / "chain.jsonl"
    file.write_bytes(b"".join(map(chain.line_of, made())))
    ask = (
        "import sys; from portal.upkeep.proof_commands import verify_chain as verify; "
        "verify([sys.argv[1]], standalone_mode=False); print('sqlalchemy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", ask, str(file)], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.splitlines()[-1] == "False"
