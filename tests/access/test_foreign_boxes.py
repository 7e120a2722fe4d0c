"""No box takes the id of another association's row, where the page itself is one's own: nothing is written."""

from __future__ import annotations

import pytest

from portal.core.database import db
from tests.access.content import digest
from tests.access.foreign import foreign_to, give_every_right, own_of
from tests.access.furnished import tried

# Each is one look-up by id and association, the same statement on both databases.
pytestmark = pytest.mark.engines("sqlite")

# Boxes that take an id, sent to what is one's own.
SENT = (
    ("attendance/{own[session]}/tap", {"tap": "in:{ids[sign_up]}"}),
    ("attendance/{own[session]}/add", {"person": "{ids[helper]}"}),
    ("sessions/{own[session]}/sign-ups/add", {"person": "{ids[helper]}", "need": "{own[need]}"}),
    ("sessions/{own[session]}/sign-ups/add", {"person": "{own[helper]}", "need": "{ids[need]}"}),
    ("sessions/{own[session]}/sign-ups/told", {"told": "{ids[sign_up]}"}),
    ("volunteers/{own[volunteer]}/group", {"group": "{ids[group]}"}),
    ("volunteers/move?chosen={ids[volunteer]}&to={own[group]}", {}),
    ("volunteers/move?chosen={own[volunteer]}&to={ids[group]}", {}),
    ("plan/festivals/remove", {"day": "{ids[day]}"}),
)


def writing(client, code, ids, own) -> set[str]:
    """Which of the boxes brought about anything."""
    found = set()
    for address, boxes in SENT:
        data = {name: value.format(ids=ids, own=own) for name, value in boxes.items()}
        with tried(client):
            before = digest(db.session)
            client.force(f"/office/{code}/{address.format(ids=ids, own=own)}", data)
            found |= {f"{address} {boxes}"} if digest(db.session) != before else set()
    return found


def test_no_box_takes_what_is_of_another_association(app, cast, sign_in):
    foreign = foreign_to(cast)
    give_every_right(cast.sibling, cast.sibling_community)
    give_every_right(cast.secretary, cast.community)
    client, own = sign_in(cast.sibling), own_of(cast)
    at_home = sign_in(cast.secretary)
    db.session.commit()
    assert not writing(client, "tingyu", foreign, own)
    assert len(writing(at_home, "wangjiang", foreign, foreign)) == len(SENT)
