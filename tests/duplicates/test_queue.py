"""The queue: who is asked about, who is not, and who may see it."""

from __future__ import annotations

from datetime import date

import pytest

from portal.associations.models import Association
from portal.core.database import db
from portal.duplicates import queries, services
from portal.offices.access import reached
from portal.people.models import AffiliationKind
from portal.people.queries import look_alikes
from tests.duplicates.rows import BORN, URL, make_pair
from tests.harness.cases import either_engine
from tests.harness.factory import affiliate, make_person


def pairs(client, url: str = URL) -> list[list[str]]:
    """The pairs of the page, by the words of what they share."""
    rows = client.page(url).select("tbody tr")
    return [[tag.get_text() for tag in row.select(".tag")] for row in rows]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ({"phone": "13912345678"}, {"phone": "13912345678"}, 2),
        ({"birth_on": BORN}, {"birth_on": BORN}, 2),
        ({"phone": "13912345678", "birth_on": BORN}, {"phone": "13912345678", "birth_on": BORN}, 3),
    ],
)
def test_same_name_and_phone_or_birthday(cast, sign_in, one, other, shared):
    for values in (one, other):
        affiliate(make_person("钟若兰", **values), cast.community)
    found = pairs(sign_in(cast.secretary))
    assert len(found) == 1
    assert len(found[0]) == shared


def test_same_phone_and_birthday_under_another_name(cast, sign_in):
    for name in ("钟若兰", "钟若岚"):
        affiliate(make_person(name, phone="13912345678", birth_on=BORN), cast.community)
    assert len(pairs(sign_in(cast.secretary))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "钟若兰"}, {"name": "钟若兰"}),
        ({"name": "钟若兰", "phone": "13912345678"}, {"name": "李春生", "phone": "13912345678"}),
        ({"name": "钟若兰", "birth_on": BORN}, {"name": "李春生", "birth_on": BORN}),
        ({"name": "钟若兰", "birth_on": BORN}, {"name": "钟若兰", "birth_on": date(1971, 5, 1)}),
    ],
)
def test_one_thing_alone_is_no_sign(cast, sign_in, one, other):
    for values in (one, other):
        affiliate(make_person(**values), cast.community)
    assert sign_in(cast.secretary).page(URL).select_one(".empty")


def test_told_apart_and_removed_are_left_out(cast, sign_in):
    one, other = make_pair(cast.community)
    client = sign_in(cast.secretary)
    assert len(pairs(client)) == 1
    row = services.tell_apart(cast.secretary, cast.community, one, other)
    assert pairs(client) == []
    services.take_back(cast.secretary, row)
    assert len(pairs(client)) == 1
    services.merge(None, cast.community, one, other, services.Choice())
    assert pairs(client) == []


def test_across_associations_only_who_reaches_both(cast, sign_in):
    make_pair(cast.community, cast.sibling_community)
    assert pairs(sign_in(cast.secretary)) == []
    assert pairs(sign_in(cast.sibling), "/office/tingyu/duplicates") == []
    assert len(pairs(sign_in(cast.chair), "/office/liuan/duplicates")) == 1
    assert len(pairs(sign_in(cast.chair))) == 1
    assert pairs(sign_in(cast.chair), "/office/tingyu/duplicates") != []


def test_a_sibling_sees_nothing_of_it(cast, sign_in):
    make_pair(cast.community)
    assert sign_in(cast.sibling).get(URL).status_code == 404
    assert pairs(sign_in(cast.sibling), "/office/tingyu/duplicates") == []


@pytest.mark.parametrize("role", ["treasurer", "leader", "publisher"])
def test_not_without_the_right(cast, sign_in, role):
    assert sign_in(getattr(cast, role)).get(URL).status_code == 403


@pytest.mark.parametrize("role", ["ended", "member", "volunteer", "stranger"])
def test_not_for_others(cast, sign_in, role):
    assert sign_in(getattr(cast, role)).get(URL).status_code == 404


@either_engine
def test_paged_with_one_number_of_questions(cast, sign_in, query_count):
    client, counts = sign_in(cast.secretary), []
    for number in (2, 28):
        for n in range(number):
            for _ in range(2):
                affiliate(
                    make_person(f"钟若{chr(0x4E00 + n)}", birth_on=BORN), cast.community, AffiliationKind.VOLUNTEER
                )
        with query_count() as queries_sent:
            client.page(URL)
        counts.append(len(queries_sent))
    assert counts[0] == counts[1] <= 14
    page = client.page(f"{URL}?page=2")
    assert page.select("tbody tr")
    assert "2" in page.title.get_text()


def test_what_look_alikes_asks_about_the_queue_finds(cast):
    """Somebody who was entered although the question came up stands in the queue."""
    one, other = make_pair(cast.community)
    assert {person.id for person in look_alikes(one.name, None, one.birth_on)} == {one.id, other.id}
    place = db.session.get(Association, cast.community.id)
    assert db.session.scalar(queries.counting_pairs(reached(cast.secretary, "members.write"), place)) == 1
