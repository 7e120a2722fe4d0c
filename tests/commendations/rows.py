"""Words that somebody said, and nominations, for tests of nominating."""

from __future__ import annotations

from typing import Any

from portal.associations.models import Association
from portal.commendations import nominating, queries, suggesting
from portal.commendations.models import CallCategory, CommendationCall, Nomination, Source, Suggestion
from portal.commendations.suggesting import Said
from portal.core.database import db
from tests.harness.cast import Cast
from tests.notices.rows import acting

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


def make_nomination(cast: Cast, call: CommendationCall) -> Nomination:
    """The secretary of the community puts its volunteer forward."""
    who, place = acting(cast.volunteer).person, db.session.get_one(Association, cast.community.id)
    terms = nominating.Terms(name=who.name, reason=REASON, person=who)
    return nominating.nominate(acting(cast.secretary), category_of(call), place, terms)
