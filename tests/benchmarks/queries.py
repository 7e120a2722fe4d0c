"""Statements that one request sends to the database, counted in this process."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask

from portal import create_app
from portal.core.database import db
from portal.settings import from_environment
from tests.benchmarks.federation import Federation
from tests.benchmarks.load import BROWSER, KEY, FailedError, Request
from tests.harness.counting import query_count


def count_queries(federation: Federation, requests: Iterable[Request]) -> list[tuple[int, int]]:
    """Of each request, when nothing is kept from earlier ones, and when it is asked again at once."""
    counted = []
    for request in requests:
        app = create_app(from_environment(federation.environment))
        counted.append((_count(app, request), _count(app, request)))
        with app.app_context():
            db.engine.dispose()
    return counted


def _count(app: Flask, request: Request) -> int:
    parts = urlsplit(request.url)
    body = request.body.replace(KEY, secrets.token_hex(8)).encode() or None
    client = app.test_client(use_cookies=False)
    with query_count() as statements:
        answer = client.open(
            parts.path,
            base_url=f"http://{parts.netloc}",
            method=request.method,
            data=body,
            headers=BROWSER | request.headers,
        )
    if answer.status_code >= 400:
        raise FailedError(f"{request.url} answered {answer.status_code}")
    return len(statements)
