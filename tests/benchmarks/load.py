"""Sending requests for some seconds: by wrk where it is installed, else by threads of a Python process."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8
KEY = "@KEY@"  # in a body or an address: a different word in each request
HOW = "wrk is not installed (apt-get install wrk): a slower Python client sends the requests, and rates are lower"
# What a visitor's browser sends. The pages come back compressed, as they do to people.
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "zh-CN,zh;q=0.9", "Accept": "text/html,*/*"}
SCRIPT = """
local body, path, prefix, sent = %(body)s, %(path)s, "%(prefix)s", 0
wrk.method = "%(method)s"
request = function()
  if not body and not path then return wrk.format() end
  sent = sent + 1
  local word = prefix .. string.format("%%09d", sent)
  return wrk.format(nil, path and (path:gsub("%(key)s", word)), nil, body and (body:gsub("%(key)s", word)))
end
"""


@dataclass
class Request:
    """What is sent again and again."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


@dataclass(frozen=True)
class Answers:
    """What came back: answers, seconds, milliseconds of the middle one and of the slowest hundredth."""

    count: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


class FailedError(Exception):
    """Something else than the page came back; the figures would mean nothing."""


def fetch(request: Request, coding: str = BROWSER["Accept-Encoding"]) -> bytes:
    """One answer's body as it travels."""
    connection = HTTPConnection(urlsplit(request.url).netloc, timeout=30)
    try:
        return _ask(connection, request, BROWSER | request.headers | {"Accept-Encoding": coding})
    finally:
        connection.close()


def _ask(connection: HTTPConnection, request: Request, headers: dict[str, str]) -> bytes:
    word = secrets.token_hex(8)
    body = request.body.replace(KEY, word).encode() if request.body else None
    connection.request(request.method, _target(request).replace(KEY, word), body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 400:
        raise FailedError(f"{request.url} answered {answer.status}")
    return content


def send(request: Request, seconds: float) -> Answers:
    return _by_wrk(request, seconds) if shutil.which("wrk") else _by_python(request, seconds)


def _by_wrk(request: Request, seconds: float) -> Answers:
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(_script(request))
        script.flush()
        headers = [part for pair in (BROWSER | request.headers).items() for part in ("-H", f"{pair[0]}: {pair[1]}")]
        command = [
            "wrk",
            "--latency",
            "--timeout",
            "20s",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "-s",
            script.name,
            *headers,
        ]
        done = subprocess.run([*command, request.url.replace(KEY, "")], capture_output=True, text=True, check=True)
    return _read(done.stdout, request.url)


def _script(request: Request) -> str:
    """In Lua a long bracket takes the body as it is; its line ends are written out."""
    body = json.dumps(request.body, ensure_ascii=False).replace("\\/", "/") if request.body else "nil"
    path = json.dumps(_target(request)) if KEY in request.url else "nil"
    return SCRIPT % {
        "body": body, "path": path, "prefix": secrets.token_hex(4), "method": request.method, "key": KEY,
    }  # fmt: skip


def _target(request: Request) -> str:
    """The address as it stands in the request's first line."""
    parts = urlsplit(request.url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _read(report: str, url: str) -> Answers:
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", report)
    if bad:
        raise FailedError(f"{url}: {bad.group(0)}")
    total = re.search(r"(\d+) requests in ([\d.]+)s", report)
    shares = dict(re.findall(r"^\s+(50|99)%\s+(\S+)\s*$", report, re.MULTILINE))
    if total is None or len(shares) < 2:
        raise FailedError(f"wrk said nothing that can be read:\n{report}")
    return Answers(int(total[1]), float(total[2]), _milliseconds(shares["50"]), _milliseconds(shares["99"]))


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def _by_python(request: Request, seconds: float) -> Answers:
    command = [sys.executable, "-m", "tests.benchmarks.load", str(seconds)]
    done = subprocess.run(command, input=json.dumps(asdict(request)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(done.stderr.strip().splitlines()[-1])
    return Answers(**json.loads(done.stdout))


def _threads(request: Request, seconds: float) -> Answers:
    """What the Python process does: each thread sends on a connection of its own until the time is over."""
    times: list[float] = []
    faults: list[str] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_one, args=(request, begun + seconds, times, faults)) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults or len(times) < 2:
        raise FailedError(faults[0] if faults else f"{request.url}: no answer in time")
    shares = statistics.quantiles(times, n=100)
    return Answers(len(times), time.perf_counter() - begun, shares[49] * 1000, shares[98] * 1000)


def _one(request: Request, until: float, times: list[float], faults: list[str]) -> None:
    connection, headers = HTTPConnection(urlsplit(request.url).netloc, timeout=30), BROWSER | request.headers
    while (begun := time.perf_counter()) < until and not faults:
        try:
            _ask(connection, request, headers)
        except (OSError, HTTPException, FailedError) as error:
            faults.append(str(error))
        times.append(time.perf_counter() - begun)
    connection.close()


if __name__ == "__main__":
    given = Path("/dev/stdin").read_text(encoding="utf-8")
    print(json.dumps(asdict(_threads(Request(**json.loads(given)), float(sys.argv[1])))))
