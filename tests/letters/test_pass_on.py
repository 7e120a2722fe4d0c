"""Passing a letter on: down within the branch, or up; the due date does not move, and it goes nowhere else."""

from __future__ import annotations

import pytest

from portal.core.errors import RuleError
from portal.letters import services
from tests.harness.cases import either_engine
from tests.letters.rows import OFFICE, answered, deputy, kinds, read, url, written


def test_up_and_down_again(cast, sign_in):
    letter = written(cast)
    due, secretary, chair = letter.due_on, sign_in(cast.secretary), sign_in(cast.chair)
    services.assign(cast.secretary, letter, cast.secretary.person)
    services.acknowledge(cast.secretary, letter)
    page = url(letter, "/pass-on")
    response = secretary.submit(page, {"to": "liuan", "note": "街道的场地"})
    assert response.location == OFFICE
    letter = read(letter)
    assert (letter.association_id, letter.assigned_to_id, letter.due_on) == (cast.street.id, None, due)
    assert letter.state == "in_hand"
    assert secretary.get(page).status_code == 404
    assert "柳岸街道协会" in secretary.page(f"/letters/{letter.reference}").get_text()
    assert "街道的场地" not in secretary.page(f"/letters/{letter.reference}").get_text()
    above = f"/office/liuan/letters/{letter.public_id}"
    assert "街道的场地" in chair.page(above).get_text()
    assert chair.submit(f"{above}/pass-on", {"to": "wangjiang"}).location == above  # still seen from above
    assert (read(letter).association_id, read(letter).due_on) == (cast.community.id, due)


@either_engine
def test_not_where_nobody_can_deal_with_it_nor_next_door(cast, sign_in):
    letter, client = written(cast), sign_in(cast.secretary)
    for to in ("tingyu", "wangjiang", "qinghe", "shangshi", "nowhere", ""):
        response = client.force(url(letter, "/pass-on"), {"to": to, "note": "请你们看看"})
        assert response.status_code == 422, to
        assert "请你们看看" in response.text
    assert kinds(letter) == ["received"]
    assert sign_in(cast.sibling).force(url(letter, "/pass-on"), {"to": "liuan"}).status_code == 404
    assert sign_in(cast.treasurer).force(url(letter, "/pass-on"), {"to": "liuan"}).status_code == 403
    assert client.force(url(answered(cast), "/pass-on"), {"to": "liuan"}).status_code == 422


def test_never_back_to_where_it_went_past(cast):
    """About somebody of the community who is not named: the street does not give it back."""
    deputy(cast)
    letter = written(cast, about_somebody=True)
    assert letter.association_id == cast.street.id
    with pytest.raises(RuleError):
        services.pass_on(cast.chair, letter, cast.community)


def test_not_down_to_the_one_whom_it_is_about(cast):
    letter = written(cast, association=cast.street, about={cast.secretary.person_id})
    with pytest.raises(RuleError):
        services.pass_on(cast.chair, letter, cast.community)
    deputy(cast)
    services.pass_on(cast.chair, letter, cast.community)
    assert read(letter).association_id == cast.community.id


def test_the_list_is_searched_by_name(cast, sign_in):
    letter = written(cast, association=cast.street)
    at = f"/office/liuan/letters/{letter.public_id}/pass-on"
    page = sign_in(cast.chair).page(at).get_text()
    assert "望江社区协会" in page
    assert "清河区协会联合会" in page
    assert "上石村协会" not in page
    assert "听雨社区协会" not in sign_in(cast.chair).page(f"{at}?q=望江").get_text()
