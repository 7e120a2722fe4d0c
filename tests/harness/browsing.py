"""A real browser against a real server: pages with or without JavaScript, in any language and width."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.server import YEAR
from tests.harness.installation import wait_until
from tests.harness.missing import missing

# The shell is the same engine without the windows that nobody sees here: half the work for the machine.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--log-level=3",
    "--force-color-profile=srgb",
    "--renderer-process-limit=1",  # the pages of a test share one: it has the fonts and the scripts already
    "--num-raster-threads=1",
    "--disable-site-isolation-trials",
    "--disable-features=PaintHolding,Translate,BackForwardCache,IsolateOrigins,site-per-process",
]
PATIENCE = 8_000  # milliseconds for whatever is waited for
expect.set_options(timeout=PATIENCE)
OVERTAKEN = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


class _Quiet(WSGIRequestHandler):
    def log(self, *_arguments: Any) -> None:
        """Requests are not printed between the tests' dots."""

    def run_wsgi(self) -> None:
        _answering.add(self)
        try:
            super().run_wsgi()
        finally:
            _answering.discard(self)


_answering: set[_Quiet] = set()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app on a free port of this machine, answered by threads; gives the address. At the end nothing is under
    way any more: the app's next test begins alone.
    """
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR  # as the portal serves its files: each is fetched once
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        assert wait_until(lambda: not _answering), "the server still answers"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium; Playwright brings no browser of its own."""
    path = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if path is None:
        missing("Chromium", "apt-get install chromium-headless-shell fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Browsing:
    """Opens pages for one test, and remembers what the browser complained of."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.problems: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(
        self,
        *,
        javascript: bool = True,
        language: str = "zh-Hans",
        size: dict[str, int] = PHONE,
        scheme: str = "light",
    ) -> Page:
        """A page of a new visitor: nothing is shared with the other pages of the test."""
        options: dict[str, Any] = {"viewport": size, "color_scheme": scheme, "is_mobile": size["width"] < 600}
        context = self.browser.new_context(
            base_url=self.address,
            java_script_enabled=javascript,
            locale=language,
            extra_http_headers={"Accept-Language": language},
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("request", lambda request: self._look(request.url))
        return page

    def _hear(self, kind: str, text: str) -> None:
        """A status such as 404 or 422 is the test's own affair, and so is a search that the next letter or another
        page has overtaken: of it htmx says `sendAbort`, and `afterRequest` before that as before `sendError` and
        `timeout`. Anything else is a fault of the page.
        """
        if kind == "error" and not any(word in text for word in OVERTAKEN):
            self.problems.append(f"console: {text}")

    def _look(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.problems.append(f"reaches outside: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()
