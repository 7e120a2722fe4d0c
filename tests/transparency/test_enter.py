"""What is published enters the chain: once, one after the other, with the content that was published."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.transparency import chain, queries
from portal.transparency.models import ChainKind
from portal.transparency.services import enter

MOMENT = datetime(2026, 3, 1, 8, 5, tzinfo=UTC)


def published(cast, document="doc000000001", version=1, **content):
    return enter(ChainKind.NOTICE, cast.community.id, document, version, {"title": "春节放假", **content}, at=MOMENT)


def test_entries_follow_one_another(cast, db_session):
    first, second = published(cast), published(cast, version=2)
    assert (first.number, first.previous) == (1, chain.BEGIN)
    assert (second.number, second.previous) == (2, first.hash)
    head = queries.get_head()
    assert (head.number, head.hash, head.published_at) == (2, second.hash, MOMENT)


def test_entered_again_it_is_the_same(cast, db_session):
    first = published(cast)
    assert published(cast) is first
    assert queries.get_head().number == 1
    with pytest.raises(ValueError, match="another content"):
        published(cast, title="另一个")
    assert queries.get_head().number == 1
