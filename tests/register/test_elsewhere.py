"""What somebody is at an association that the reader's right does not reach, is that association's to know."""

from __future__ import annotations

import pytest

from portal.core import access
from portal.core.database import db
from tests.harness.factory import affiliate, make_group, make_membership, make_person

LIST = "members/everybody"


@pytest.fixture
def both(cast):
    """A member here, a volunteer of a group over there."""
    person = make_person("祝双溪")
    make_membership(person, cast.community, group_id=cast.group.id)
    there = make_group(cast.sibling_community, "灯谜小组")
    affiliate(person, cast.sibling_community, "volunteer", group_id=there.id)
    db.session.commit()
    return person


def pages(client, code: str, person) -> list[str]:
    """Every place of the office that says as what a record is held: the list, its file, the person's page."""
    office, asked = f"/office/{code}", {"q": "祝双溪"}
    got = [
        client.get(f"{office}/{LIST}", query_string=asked),
        client.get(f"{office}/{LIST}.csv", query_string=asked),
        client.get(f"{office}/people/{person.public_id}"),
    ]
    assert [one.status_code for one in got] == [200] * 3
    return [one.get_data(as_text=True) for one in got]


def test_each_side_sees_its_own(cast, sign_in, both):
    for role, code, own, other in (("secretary", "wangjiang", cast.group.name, "灯谜小组"),
                                   ("sibling", "tingyu", "灯谜小组", cast.group.name)):  # fmt: skip
        for text in pages(sign_in(getattr(cast, role)), code, both):
            assert own in text
            assert other not in text
            assert "祝双溪" in text


def test_whose_right_reaches_both_sees_both(cast, sign_in, both):
    for text in pages(sign_in(cast.chair), cast.street.code, both):
        assert cast.group.name in text
        assert "灯谜小组" in text


def test_control_unasked_the_page_tells_of_the_other(cast, sign_in, both, monkeypatch):
    monkeypatch.setattr(access, "sight", lambda: lambda _held: True)
    assert all("灯谜小组" in text for text in pages(sign_in(cast.secretary), "wangjiang", both))
