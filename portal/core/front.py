"""In front of the application: a page that everybody gets is answered from memory for a second.

A flood of readers then costs a worker one question a second, and each answer a look into a dictionary. It is a cache
by the rules of HTTP (RFC 9111) that keeps only what `core.shared` allows a proxy to keep, for visitors without a
cookie: whoever is signed in, has a preference or a form at hand, or asks for the page anew, is passed on.

What messengers hang onto a link that is passed on, another value for each reader, is taken off before anybody reads
the address: a notice that goes round in WeChat is one page, not as many as it has readers.

What an office or a person withdraws is out of sight at once, on every worker of the machine: each of their forms
makes a file grow, and nothing that was kept before it grew is handed out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

SECONDS = 1.0
MOST, LONGEST = 300, 200_000  # answers of a worker, bytes of each
# What an answer may hang on beside the address.
TOLD_APART = (
    "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING",
    "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PORT",
)  # fmt: skip
# Whoever sends one of these is passed on.
OWN = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_HX_REQUEST", "HTTP_RANGE", "HTTP_CACHE_CONTROL", "HTTP_PRAGMA")
CHANGING = ("/office/", "/me/")  # whose forms change what everybody sees
REOPENING = ("/letters/", "/reopen")  # and this one of a writer: the published answer is taken back
# Of WeChat, QQ, Weibo and Toutiao, and of campaigns. No page of ours has a parameter of such a name.
TRACES = frozenset((
    "from", "isappinstalled", "scene", "subscene", "ascene", "clicktime", "enterid", "sessionid", "devicetype",
    "nettype", "exportkey", "pass_ticket", "wx_header", "mpshare", "srcid", "sharer_shareinfo", "chksm", "wfr", "spm",
    "sharer_shareinfo_first", "share_token", "tdsourcetag", "tt_from", "utm_source", "utm_medium", "utm_campaign",
    "utm_term", "utm_content", "fbclid", "gclid",
))  # fmt: skip
OF_CONTENT = ("content-type", "content-length", "content-encoding")
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Key = tuple[Any, ...]


def _is_changing(path: str) -> bool:
    begin, end = REOPENING
    return path.startswith(CHANGING) or (path.startswith(begin) and path.endswith(end))


class Kept:
    """An answer as it was given; of a 304 only that it holds: for whoever has it already."""

    def __init__(self, status: str, headers: Headers, content: bytes | None, sign: int = 0) -> None:
        self.status, self.headers, self.content, self.sign = status, headers, content, sign
        self.until = monotonic() + SECONDS
        self.mark = next(value for name, value in headers if name.lower() == "etag").removeprefix("W/")
        self.unchanged = [(name, value) for name, value in headers if name.lower() not in OF_CONTENT]

    def is_known(self, environ: Environ) -> bool:
        """Whether the visitor has it already."""
        known: str = environ.get("HTTP_IF_NONE_MATCH", "")
        return bool(known) and (self.mark in known or known.strip() == "*")

    def serves(self, environ: Environ) -> bool:
        return self.until > monotonic() and (self.content is not None or self.is_known(environ))

    def answer(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if self.content is None or self.is_known(environ):
            start("304 NOT MODIFIED", list(self.unchanged))
            return []
        start(self.status, list(self.headers))
        return [self.content]


class Front:
    """The application behind a memory of some answers."""

    def __init__(self, app: Callable[[Environ, Start], Iterable[bytes]], sign: Path | None = None) -> None:
        self.app, self.sign = app, sign
        self.kept: OrderedDict[Key, Kept] = OrderedDict()
        self.lock = Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if query := environ.get("QUERY_STRING"):
            environ["QUERY_STRING"] = without_traces(query)
        if environ["REQUEST_METHOD"] == "POST" and _is_changing(environ["PATH_INFO"]):
            answer = self.app(environ, start)
            self._grow()
            return answer
        if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in OWN):
            return self.app(environ, start)
        key = tuple(environ.get(name) for name in TOLD_APART)
        kept = self.kept.get(key)
        if kept is not None and kept.serves(environ) and kept.sign == self._size():
            return kept.answer(environ, start)
        return self._ask(key, environ, start)

    def _ask(self, key: Key, environ: Environ, start: Start) -> Iterable[bytes]:
        """The application's answer; it is kept if everybody may have it, as of what had changed before."""
        told: list[Any] = []
        sign = self._size()

        def note(status: str, headers: Headers, *more: Any) -> Any:
            told[:] = status, headers
            return start(status, headers, *more)

        parts = self.app(environ, note)
        if not told or not _may_be_kept(*told):
            return parts
        try:
            content = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        self._keep(key, Kept(told[0], list(told[1]), content if told[0].startswith("200") else None, sign))
        return [content] if content else []

    def _keep(self, key: Key, kept: Kept) -> None:
        before = self.kept.get(key)
        if kept.content is None and before is not None and before.mark == kept.mark:
            before.until, before.sign = kept.until, kept.sign  # it still holds
            return
        with self.lock:
            self.kept[key] = kept
            self.kept.move_to_end(key)
            if len(self.kept) > MOST:
                self.kept.popitem(last=False)

    def _size(self) -> int:
        """How much was changed so far, as every worker sees it."""
        try:
            return self.sign.stat().st_size if self.sign else 0
        except OSError:
            return 0

    def _grow(self) -> None:
        """By one byte. Where the disk is full nothing was changed either."""
        if self.sign:
            with suppress(OSError), self.sign.open("ab") as file:
                file.write(b".")


def without_traces(query: str) -> str:
    """What an address asks for, without what was hung onto it on its way."""
    return "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in TRACES)


def _may_be_kept(status: str, headers: Headers) -> bool:
    """Whether a proxy may keep it, and it is whole and not too long; or that it still holds."""
    said = {name.lower(): value for name, value in headers}
    length = said.get("content-length", "")
    is_shared = "s-maxage" in said.get("cache-control", "") and "etag" in said and "set-cookie" not in said
    is_whole = status.startswith("200") and length.isdecimal() and int(length) <= LONGEST
    return is_shared and (is_whole or status.startswith("304"))
