"""What a first visit weighs and asks: everybody pays for it, many of them on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from portal import server
from tests.activities.rows import make_log
from tests.harness.cast import Cast
from tests.harness.client import PortalClient
from tests.notices.rows import published

WEIGHT = 14_000  # bytes of HTML and CSS as they travel
MOST_QUERIES = 12
PAGES = ("/", "/notices", "/policies", "/activities", "/associations", "/associations/wangjiang", "/sign-in")
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "zh-CN,zh;q=0.9"}


def fill(cast: Cast, entries: int) -> None:
    for number in range(entries):
        published(cast.secretary, cast.community, title=f"关于第{number}次楼道整治和防火检查安排的通知")
        make_log(cast.community, title=f"第{number}次江边步道清洁和垃圾分类宣传")


@pytest.mark.engines("sqlite")  # no database has a part in it
@pytest.mark.parametrize("path", PAGES)
def test_html_and_css_are_light(app: Flask, cast: Cast, client: PortalClient, path: str) -> None:
    fill(cast, 30)
    page = client.page(path)
    styles = [link["href"] for link in page.select('link[rel="stylesheet"]')]
    static = Client(server.with_static(app))
    sent = [client.get(path, headers=BROWSER)] + [static.get(style, headers=BROWSER) for style in styles]
    assert styles
    assert [response.headers.get("Content-Encoding") for response in sent] == ["br"] * len(sent)
    assert sum(len(response.data) for response in sent) <= WEIGHT


@pytest.mark.engines("sqlite")
def test_nothing_else_is_asked_for_before_the_page_stands(app: Flask, cast: Cast, client: PortalClient) -> None:
    """Scripts wait (defer), and there is no picture or font that a first visit must have."""
    page = client.page("/")
    assert all(script.has_attr("defer") for script in page.select("script"))
    assert not page.select("img, iframe, link[rel=preload]")


@pytest.mark.parametrize("path", PAGES)
def test_queries_do_not_grow_with_rows(cast: Cast, client: PortalClient, query_count: Any, path: str) -> None:
    counts = []
    for more in (2, 48):
        fill(cast, more)
        client.get(path)
        with query_count() as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES, queries
