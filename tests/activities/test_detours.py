"""Without JavaScript: searching, another row and photos bring the same page back with everything kept."""

from __future__ import annotations

from bs4 import BeautifulSoup

from portal.people.models import AffiliationKind
from tests.activities.rows import NEW, entry, logs, picture, upload, who
from tests.harness.cases import either_engine
from tests.harness.client import form_to, form_values
from tests.harness.factory import affiliate, make_person

PEOPLE = "/office/wangjiang/activities/people"
HTMX = {"HX-Request": "true"}


def parsed(answer):
    return BeautifulSoup(answer.text, "html.parser")


def carried(answer):
    """What the page would send if it were submitted as it came."""
    return form_values(form_to(parsed(answer), NEW, NEW))


def test_a_search_keeps_everything(cast, sign_in):
    member = who(cast.member).public_id
    filled = entry(person=[member], material_name=["横幅"], material_count=["3"], q="cxm", search="yes")
    answer = sign_in(cast.secretary).submit(NEW, filled)
    assert answer.status_code == 200
    page = parsed(answer)
    assert "陈晓明" in page.select_one("#found").text
    assert page.select_one(f"#chosen input[name=person][value='{member}']").has_attr("checked")
    kept = carried(answer)
    for name in ("kind", "title", "held_on", "place", "length", "others_count", "summary"):
        assert kept[name].strip() == filled[name]
    assert (kept["person"], kept["material_name"][0], kept["material_count"][0]) == (member, "横幅", "3")
    assert logs() == []


def test_who_is_ticked_already_is_marked_in_what_is_found(cast, sign_in):
    """Marked and not sent from there: the row below is what counts."""
    client = sign_in(cast.secretary)
    filled = entry(person=[who(cast.volunteer).public_id], q="陈晓", search="yes")
    boxes = parsed(client.submit(NEW, filled)).select("#found input[name=person]")
    assert [(box.has_attr("checked"), box.has_attr("disabled")) for box in boxes] == [(True, True)]
    fresh = parsed(client.submit(NEW, entry(q="陈晓", search="yes"))).select("#found input[name=person]")
    assert [(box.has_attr("checked"), box.has_attr("disabled")) for box in fresh] == [(False, False)]


def test_only_the_row_at_fault_is_marked(cast, sign_in):
    answer = sign_in(cast.secretary).submit(NEW, entry(material_name=["横幅", ""], material_count=["三", ""]))
    names, counts = (parsed(answer).select(f"input[name=material_{part}]") for part in ("name", "count"))
    assert [box.get("aria-invalid") for box in names] == [None, None]
    assert [box.get("aria-invalid") for box in counts] == ["true", None]


def test_ticking_over_several_searches(cast, sign_in):
    client = sign_in(cast.secretary)
    first = client.submit(NEW, entry(q="wxy", search="yes"))
    kept = {**carried(first), "person": [who(cast.member).public_id], "q": "陈晓", "search": "yes"}
    second = client.post(NEW, data=kept)
    kept = carried(second)
    kept["person"] = [kept["person"], who(cast.volunteer).public_id]
    assert client.post(NEW, data=kept).status_code == 303
    names = {row.person_id for log in logs() for row in loaded(log)}
    assert names == {cast.member.person_id, cast.volunteer.person_id}


def loaded(log):
    from portal.activities.models import ActivityParticipant
    from portal.core.database import db

    return db.session.query(ActivityParticipant).filter_by(log_id=log.id)


def test_another_row(cast, sign_in):
    client = sign_in(cast.secretary)
    before = len(parsed(client.get(NEW)).select("input[name=material_name]"))
    answer = client.submit(NEW, entry(material_name=["横幅"], material_count=["3"], add_row="yes"))
    rows = parsed(answer).select("input[name=material_name]")
    assert [row["value"] for row in rows] == ["横幅", "", ""]
    assert len(rows) == before + 2


@either_engine
def test_photos_are_kept_while_the_form_is_wrong(cast, sign_in):
    client = sign_in(cast.secretary)
    answer = client.submit(NEW, entry(kind=None, photos=[upload(), upload(picture("PNG"), "b.png")]))
    assert answer.status_code == 422
    page = parsed(answer)
    assert len(page.select("input[name=pending]")) == 2
    thumb = client.get(page.select_one(".tile img")["src"])
    assert (thumb.status_code, thumb.mimetype) == (200, "image/jpeg")
    kept = {**carried(answer), "kind": "safety"}
    caption = next(name for name in kept if name.startswith("caption-"))
    assert client.post(NEW, data={**kept, caption: "清扫之后"}).status_code == 303
    photos = saved_photos()
    assert [photo.caption for photo in photos] == ["清扫之后", ""]
    assert not any(photo.is_public for photo in photos)


def saved_photos():
    from portal.activities.models import ActivityPhoto
    from portal.core.database import db

    return db.session.query(ActivityPhoto).order_by(ActivityPhoto.id).all()


def test_a_photo_can_be_left_out_again(cast, sign_in):
    client = sign_in(cast.secretary)
    answer = client.submit(NEW, entry(photos=upload(), add_photos="yes"))
    assert (answer.status_code, logs()) == (200, [])
    page = parsed(answer)
    kept = {**carried(answer), "drop": page.select_one("input[name=drop]")["value"]}
    assert client.post(NEW, data=kept).status_code == 303
    assert saved_photos() == []


@either_engine
def test_what_is_no_photo_is_named_and_the_rest_kept(cast, sign_in):
    files = [upload(b"<html>", "page.jpg"), upload()]
    answer = sign_in(cast.secretary).submit(NEW, entry(photos=files, add_photos="yes"))
    assert answer.status_code == 422
    assert "page.jpg" in answer.text
    assert len(parsed(answer).select("input[name=pending]")) == 1


def test_a_kept_photo_belongs_to_who_sent_it(cast, sign_in):
    answer = sign_in(cast.secretary).submit(NEW, entry(photos=upload(), add_photos="yes"))
    page = parsed(answer)
    token, address = page.select_one("input[name=pending]")["value"], page.select_one(".tile img")["src"]
    chair = sign_in(cast.chair)
    assert chair.get(address).status_code == 404
    assert chair.submit(NEW, entry(pending=token)).status_code == 303
    assert saved_photos() == []
    assert sign_in(cast.secretary).get(address[:-2] + "xx").status_code == 404


def test_search_as_one_types(cast, sign_in):
    found = sign_in(cast.secretary).get(f"{PEOPLE}?q=wxy", headers=HTMX)
    chips = BeautifulSoup(found.text, "html.parser").select(".chip")
    assert [chip["data-name"] for chip in chips] == ["王秀英"]
    assert not chips[0].has_attr("data-volunteer")
    assert "<html" not in found.text


def test_search_by_the_end_of_a_phone_number(cast, sign_in):
    person = who(cast.volunteer)
    found = sign_in(cast.secretary).get(f"{PEOPLE}?q={person.phone_last4}", headers=HTMX)
    assert "陈晓明" in found.text
    assert "data-volunteer" in found.text
    assert str(person.phone) not in found.text


def test_search_finds_only_whom_one_may_log(cast, sign_in):
    other = make_person("王外组")
    affiliate(other, cast.community, AffiliationKind.VOLUNTEER, group_id=cast.other_group.id)
    assert "何远山" not in sign_in(cast.secretary).get(f"{PEOPLE}?q=何", headers=HTMX).text
    assert "王外组" in sign_in(cast.secretary).get(f"{PEOPLE}?q=王", headers=HTMX).text
    leaders = sign_in(cast.leader).get(f"{PEOPLE}?q=王", headers=HTMX).text
    assert "王秀英" in leaders
    assert "王外组" not in leaders
    assert sign_in(cast.treasurer).get(f"{PEOPLE}?q=王", headers=HTMX).status_code == 403
    assert sign_in(cast.sibling).get(f"{PEOPLE}?q=王", headers=HTMX).status_code == 404


def test_nobody_found_says_what_to_do(cast, sign_in):
    assert "没有找到" in sign_in(cast.secretary).get(f"{PEOPLE}?q=zzz", headers=HTMX).text
    assert sign_in(cast.secretary).get(f"{PEOPLE}?q=wxy").status_code == 303


def test_a_search_costs_few_queries(cast, sign_in, query_count):
    client = sign_in(cast.secretary)
    with query_count() as queries:
        client.get(f"{PEOPLE}?q=w", headers=HTMX)
    assert len(queries) <= 12
    answer = client.submit(NEW, entry(person=[who(cast.member).public_id], q="c", search="yes"))
    with query_count() as queries:
        client.post(NEW, data={**carried(answer), "q": "w", "search": "yes"})
    assert len(queries) <= 12
