"""Correcting an entry: the earlier version is kept, with who changed it and why."""

from __future__ import annotations

from bs4 import BeautifulSoup

from portal.activities.models import ActivityLog, ActivityParticipant, ActivityRevision
from portal.core.audit import AuditEntry
from portal.core.database import db
from tests.activities.rows import make_log, make_photo, upload, who
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, make_person


def edit_of(log):
    return f"/office/wangjiang/activities/{log.public_id}/edit"


def the_log():
    return db.session.query(ActivityLog).one()


def test_a_correction_keeps_the_earlier_version(cast, sign_in):
    log = make_log(cast.community, (who(cast.member), who(cast.volunteer)))
    client = sign_in(cast.secretary)
    changed = {"place": "湖滨步道", "person": [who(cast.member).public_id], "reason": "地点写错"}
    answer = client.submit(edit_of(log), changed)
    assert (answer.status_code, answer.location) == (303, edit_of(log).removesuffix("/edit"))
    log = the_log()
    assert (log.place, log.revision, log.title) == ("湖滨步道", 2, "江边步道清洁")
    revision = db.session.query(ActivityRevision).one()
    assert (revision.number, revision.reason, revision.replaced_by) == (1, "地点写错", cast.secretary.person_id)
    assert revision.snapshot["place"] == "江边步道"
    assert len(revision.snapshot["participants"]) == 2
    page = client.page(answer.location)
    for text in ("江边步道", "湖滨步道", "地点写错", "黄淑兰", "陈晓明"):
        assert text in page.text
    written = db.session.query(AuditEntry).filter_by(action="activities.correct").one()
    assert written.changes["fields"] == ["place", "participants"]


def test_people_stand_in_a_version_without_their_names(cast, sign_in):
    log = make_log(cast.community, (who(cast.member),))
    sign_in(cast.secretary).submit(edit_of(log), {"place": "湖滨", "reason": "地点写错"})
    assert "王秀英" not in str(db.session.query(ActivityRevision).one().snapshot)


@either_engine
def test_the_form_opens_as_the_entry_stands(cast, sign_in):
    log = make_log(cast.community, (who(cast.member),), minutes=75, group_id=cast.group.id)
    page = sign_in(cast.secretary).page(edit_of(log))
    assert page.find("input", {"name": "minutes"})["value"] == "75"
    assert page.select_one("#group option[selected]")["value"] == cast.group.public_id
    assert page.find("input", {"name": f"minutes-{who(cast.member).public_id}"})["value"] == "120"
    assert page.find("input", {"name": "material_name"})["value"] == "垃圾袋"


@either_engine
def test_the_form_shows_the_photos_of_the_entry(cast, sign_in):
    log = make_log(cast.community)
    photo = make_photo(log)
    picture = sign_in(cast.secretary).page(edit_of(log)).select_one("#photo-field .photos a img")
    assert photo.public_id in picture["src"]
    assert picture.parent["href"].endswith(f"/photos/{photo.public_id}")


def test_untouched_it_is_no_version(cast, sign_in):
    log = make_log(cast.community, (who(cast.member),))
    answer = sign_in(cast.secretary).submit(edit_of(log), {"reason": "看看"})
    assert (answer.status_code, the_log().revision) == (422, 1)
    assert db.session.query(ActivityRevision).count() == 0


@either_engine
def test_a_complete_entry_needs_a_reason(cast, sign_in):
    log = make_log(cast.community)
    answer = sign_in(cast.secretary).submit(edit_of(log), {"place": "湖滨"})
    assert answer.status_code == 422
    assert "请说明更正原因" in answer.text
    assert the_log().place == "江边步道"


def test_completing_an_entry_needs_none(cast, sign_in):
    log = make_log(cast.community, summary="", is_complete=False)
    answer = sign_in(cast.secretary).submit(edit_of(log), {"summary": "清扫步道，收垃圾二十袋。"})
    assert answer.status_code == 303
    assert the_log().is_complete


def test_somebody_else_was_first(cast, sign_in):
    """Both versions are shown, nothing typed is lost, and saving again is a choice made knowingly."""
    log = make_log(cast.community)
    secretary, chair = sign_in(cast.secretary), sign_in(cast.chair)
    stale = secretary.page(edit_of(log)).find("input", {"name": "revision"})["value"]
    chair.submit(edit_of(log), {"place": "主席改的地点", "reason": "核对"})
    answer = secretary.submit(edit_of(log), {"place": "秘书改的地点", "reason": "核对", "revision": stale})
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 409
    assert "主席改的地点" in page.select_one(".scroll").text
    assert page.find("input", {"name": "place"})["value"] == "秘书改的地点"
    assert the_log().place == "主席改的地点"
    fresh = page.find("input", {"name": "revision"})["value"]
    again = secretary.submit(edit_of(log), {"place": "秘书改的地点", "reason": "核对", "revision": fresh})
    assert again.status_code == 303
    assert (the_log().place, the_log().revision) == ("秘书改的地点", 3)
    assert db.session.query(ActivityRevision).count() == 2


@either_engine
def test_a_hostile_revision_changes_nothing(cast, sign_in):
    client, url = sign_in(cast.secretary), edit_of(make_log(cast.community))
    form = client.form(url)
    for revision in ("", "0", "x", "9" * 20, "-1"):
        changed = {"place": "湖滨", "reason": "x", "revision": revision}
        assert client.send(url, form | changed).status_code == 409
    assert the_log().place == "江边步道"


def test_sent_twice_the_second_is_told(cast, sign_in):
    log = make_log(cast.community)
    client = sign_in(cast.secretary)
    changed = {"place": "湖滨", "reason": "核对", "revision": "1"}
    assert [client.submit(edit_of(log), changed).status_code for _n in range(2)] == [303, 409]
    assert db.session.query(ActivityRevision).count() == 1


@either_engine
@each(
    ("wrong", "field"), [({"held_on": "2199-01-01"}, "held_on"), ({"kind": None}, "kind"), ({"title": "长" * 81}, "")]
)
def test_bad_input(cast, sign_in, wrong, field):
    log = make_log(cast.community)
    answer = sign_in(cast.secretary).submit(edit_of(log), {**wrong, "place": "湖滨", "reason": "核对"})
    assert answer.status_code == 422
    assert 'value="湖滨"' in answer.text
    assert the_log().revision == 1


def test_an_old_entry_can_still_be_corrected(cast, sign_in):
    from tests.activities.rows import days_ago

    log = make_log(cast.community, held_on=days_ago(5 * 366))
    assert sign_in(cast.secretary).submit(edit_of(log), {"place": "湖滨", "reason": "核对"}).status_code == 303


@either_engine
def test_who_may_correct(cast, sign_in):
    log = make_log(cast.community)
    url = edit_of(log)
    known = {"kind": "safety", "held_on": str(log.held_on), "revision": "1", "reason": "x", "others_count": "9"}
    expected = {"treasurer": 403, "sibling": 404, "member": 404, "ended": 404, "leader": 404, "chair": 303}
    for name, status in expected.items():
        client = sign_in(getattr(cast, name))
        assert (name, client.get(url).status_code) == (name, 200 if status == 303 else status)
        assert (name, client.force(url, known).status_code) == (name, status)


def test_an_entry_is_found_at_its_own_association_only(cast, sign_in):
    log = make_log(cast.community)
    chair = sign_in(cast.chair)
    assert chair.get(edit_of(log)).status_code == 200
    assert chair.get(f"/office/tingyu/activities/{log.public_id}/edit").status_code == 404


@either_engine
def test_not_signed_in(cast, client):
    log = make_log(cast.community)
    assert client.force(edit_of(log), {"place": "湖滨"}).status_code == 303
    assert the_log().place == "江边步道"


def test_a_leader_corrects_the_own_group_s_entries(cast, sign_in):
    """Somebody of another group, whom the secretary has named, stays in the entry."""
    other = make_person("外组人")
    affiliate(other, cast.community, group_id=cast.other_group.id)
    log = make_log(cast.community, (who(cast.member), other), group_id=cast.group.id)
    answer = sign_in(cast.leader).submit(edit_of(log), {"place": "湖滨", "reason": "核对"})
    assert answer.status_code == 303
    assert db.session.query(ActivityParticipant).count() == 2


@either_engine
def test_a_leader_cannot_take_the_entry_to_another_group(cast, sign_in):
    log = make_log(cast.community, group_id=cast.group.id)
    changed = {"group": cast.other_group.public_id, "reason": "x"}
    assert sign_in(cast.leader).submit(edit_of(log), changed).status_code == 422
    assert the_log().group_id == cast.group.id


def test_who_left_the_association_stays_in_the_entry(cast, sign_in):
    log = make_log(cast.community, (who(cast.stranger),))
    answer = sign_in(cast.secretary).submit(edit_of(log), {"place": "湖滨", "reason": "核对"})
    assert answer.status_code == 303
    assert db.session.query(ActivityParticipant).count() == 1


def test_photos_come_with_a_correction(cast, sign_in):
    log = make_log(cast.community)
    client = sign_in(cast.secretary)
    assert client.submit(edit_of(log), {"photos": upload(), "reason": "补照片"}).status_code == 303
    assert "第 1 版" in client.page(edit_of(log).removesuffix("/edit")).text


@either_engine
def test_the_pages_cost_few_queries(cast, sign_in, query_count):
    log = make_log(cast.community, (who(cast.member),))
    client, url = sign_in(cast.secretary), edit_of(log)
    for number in range(3):
        client.submit(url, {"place": f"地点{number}", "reason": "核对"})

    def count(address):
        with query_count() as queries:
            client.page(address)
        return len(queries)

    few = [count(url.removesuffix("/edit")), count(url)]
    for number in range(30):
        person = make_person(f"人{number}")
        affiliate(person, cast.community)
        db.session.add(ActivityParticipant(log_id=log.id, person_id=person.id))
    db.session.commit()
    assert [count(url.removesuffix("/edit")), count(url)] == few
    assert max(few) <= 13
