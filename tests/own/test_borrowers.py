"""Who sees me where I am lent: whom the page names is whom the lists of the borrower let see me, while I am lent."""

from __future__ import annotations

import pytest

from portal.core.database import db
from portal.lending import queries, services
from portal.lending.models import LendingRequest, LendingState
from portal.own.borrowers import list_borrowing
from tests.lending.rows import agree, ask, helpers, lent_of


@pytest.fixture
def known(cast):
    return helpers(cast)


def named(known) -> set[int]:
    return {held.person_id for place in list_borrowing(known.account.person_id) for held in place.officers}


def allowed(cast, request) -> set[int]:
    """Whoever finds the request among what their association asked for."""
    statements = ((one.person_id, queries.asked_by(one, cast.community)) for one in cast.accounts().values())
    return {
        who
        for who, asked in statements
        if request.id in db.session.scalars(asked.with_only_columns(LendingRequest.id)).all()
    }


def test_named_from_the_yes_until_it_ends(cast, sign_in, known):
    request = ask(cast, known.skill)
    (lent,) = agree(cast, request, known.first)
    assert named(known) == set(), "no name is shown before the yes"
    services.answer(known.account, lent, LendingState.AGREED)
    db.session.commit()
    assert named(known) == allowed(cast, request) >= {cast.secretary.person_id, cast.chair.person_id}
    page = sign_in(known.account).page("/me/who-sees")
    assert "望江社区协会（支援期间）" in page.text
    assert "黄淑兰" in page.text
    assert "周明德" not in page.text, "the treasurer keeps no roster"
    services.take_back(cast.sibling, lent_of(request)[0])
    db.session.commit()
    assert named(known) == set()
    assert "支援期间" not in sign_in(known.account).page("/me/who-sees").text
