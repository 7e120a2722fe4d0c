"""What a first visit weighs and asks: everybody pays for it, many of them on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from portal import server
from tests.activities.rows import make_log
from tests.harness.cases import either_engine
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
def test_html_and_css_are_light(app: Flask, cast: Cast, client: PortalClient) -> None:
    fill(cast, 30)
    static = Client(server.with_static(app))
    for path in PAGES:
        page = client.page(path)
        styles = [link["href"] for link in page.select('link[rel="stylesheet"]')]
        sent = [client.get(path, headers=BROWSER)] + [static.get(style, headers=BROWSER) for style in styles]
        assert styles
        assert [response.headers.get("Content-Encoding") for response in sent] == ["br"] * len(sent), path
        assert sum(len(response.data) for response in sent) <= WEIGHT, path


@pytest.mark.engines("sqlite")
def test_nothing_else_is_asked_for_before_the_page_stands(app: Flask, cast: Cast, client: PortalClient) -> None:
    """Scripts wait (defer), and there is no picture or font that a first visit must have."""
    page = client.page("/")
    assert all(script.has_attr("defer") for script in page.select("script"))
    assert not page.select("img, iframe, link[rel=preload]")


@either_engine
def test_queries_do_not_grow_with_rows(cast: Cast, client: PortalClient, query_count: Any) -> None:
    few, many = (asked_with_more(cast, client, query_count, more) for more in (2, 24))
    assert few == many
    assert max(few.values()) <= MOST_QUERIES, few


def asked_with_more(cast: Cast, client: PortalClient, query_count: Any, more: int) -> dict[str, int]:
    """How many queries each page needs when it is opened a second time, with so many rows more."""
    fill(cast, more)
    asked = {}
    for path in PAGES:
        client.get(path)
        with query_count() as queries:
            assert client.get(path).status_code == 200
        asked[path] = len(queries)
    return asked
