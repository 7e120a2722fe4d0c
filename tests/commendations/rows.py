"""Words that somebody said, and nominations, for tests of nominating."""

from __future__ import annotations

from typing import Any

from portal.associations.models import Association
from portal.commendations import queries, suggesting
from portal.commendations.models import CallCategory, CommendationCall, Source, Suggestion
from portal.commendations.suggesting import Said

REASON = "带头清理河道十二次，照看独居老人，从不缺席。"
NOT_NOW = "材料还不齐，明年再推荐。"


def make_words(call: CommendationCall, association: Association, **values: Any) -> Suggestion:
    """Somebody from the public speaks for a volunteer, in a call that lets anybody speak."""
    by, category = values.pop("by", None), values.pop("category", None) or category_of(call)
    known = {"nominee": "陈师傅", "reason": REASON, "source": Source.PUBLIC, "name": "路人甲", "phone": "13912340001"}
    return suggesting.suggest(by, category, association, Said(**{**known, **values}))


def category_of(call: CommendationCall, which: int = 0) -> CallCategory:
    """One of a call's categories, read anew after a request."""
    queries.load_rows(call)
    return call.categories[which]
