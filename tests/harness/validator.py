"""The W3C's checker of HTML (vnu), asked about many pages at once: starting it is most of its work."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.harness.missing import missing, program
from tests.harness.source import ROOT

# htmx's own attributes are the one thing that is ours beside HTML.
ALLOWED = re.compile(r"Attribute “hx-[a-z-]+” not allowed on element “\w+” at this point\.")
QUICKLY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")
TYPES = {"error", "non-document-error"}


def invalid(pages: Mapping[str, str]) -> list[str]:
    """What is no HTML in these sources by their addresses: each error with the address and the place."""
    with tempfile.TemporaryDirectory() as folder:
        addresses = {}
        for number, (address, source) in enumerate(pages.items()):
            path = Path(folder, f"{number:04d}.html")
            path.write_text(source, encoding="utf-8")
            addresses[path.name] = address
        messages = _ask(folder)
    found = [one for one in messages if one["type"] in TYPES and not ALLOWED.fullmatch(one["message"])]
    return [
        f"{addresses.get(Path(one.get('url', '')).name, '')}, line {one.get('lastLine')}: {one['message']}"
        f" {one.get('extract', '').strip()[:160]!r}"
        for one in found
    ]


def _ask(folder: str) -> list[dict[str, str]]:
    java = program("java", "default-jre-headless")
    jar = next(iter(sorted(ROOT.glob(".venv/vnu-*/vnu.jar"))), None) or missing("vnu", "tools/validator fetches it")
    command = [java, *QUICKLY, "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", folder]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    messages: list[dict[str, str]] = json.loads(told)["messages"]
    return messages
