"""500 certificates of honours as one PDF, in each layout: `python -m tests.benchmarks.honours [--count 500]`.

Seconds, and the most memory that the process held, each layout in a process of its own. The aim is 10 seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

COUNT, AIM = 500, 10
LAYOUTS = ("classic", "plain", "upright")
SNAPSHOT = {
    "kind": "优秀志愿者", "english": "Outstanding Volunteer", "scope": "individual", "call": "2026年度评比表彰",
    "basis": "《清河区协会联合会表彰办法》第三条", "start": "2026-01-01", "end": "2026-12-31",
    "decided_on": "2026-11-22", "unit": "望湖街道协会", "federation": "清河区协会联合会", "of": "望江社区协会",
    "in_charge": "周建国",
}  # fmt: skip


def measure(layout: str, count: int) -> dict[str, Any]:
    from flask_babel import force_locale

    from portal import create_app
    from portal.core.database import db
    from portal.honours import printing
    from portal.honours.models import HonourCertificate
    from portal.verification.codes import new_code
    from portal.verification.models import VerifiableCode

    with create_app().test_request_context(), force_locale("zh_Hans_CN"):
        db.create_all()
        certificates = [
            HonourCertificate(
                number=f"QINGHE荣证字〔2026〕第{one:06}号", honour_id=one, layout=layout,
                code=VerifiableCode(code=new_code(), kind="honour"), snapshot={**SNAPSHOT, "name": f"陈晓明{one}"},
                issued_at=datetime(2026, 11, 22, tzinfo=UTC),
            )
            for one in range(1, count + 1)
        ]  # fmt: skip
        wall, processor = time.perf_counter(), time.process_time()
        pdf = printing.print_certificates(certificates)
        spent = time.perf_counter() - wall, time.process_time() - processor
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": spent[0], "cpu": spent[1], "MB": len(pdf) / 1e6, "MiB": held}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=COUNT)
    asked.add_argument("--layout", choices=LAYOUTS)
    options = asked.parse_args()
    if options.layout:
        print(json.dumps(measure(options.layout, options.count)))
        return 0
    late = 0
    for layout in LAYOUTS:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.benchmarks.honours", "--layout", layout]
            command += ["--count", str(options.count)]
            environment = {**os.environ, "PORTAL_DATA_DIR": folder}
            said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        found = json.loads(said.splitlines()[-1])
        late += found["seconds"] > AIM
        print(f"{layout:8} {options.count} pages in {found['seconds']:.1f} s ({found['cpu']:.1f} s of a processor), "
              f"{found['MB']:.1f} MB, {found['MiB']:.0f} MiB held")  # fmt: skip
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
