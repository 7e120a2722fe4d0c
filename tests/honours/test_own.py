"""One's own commendations: asked before anything is public, refused as easily, named or only counted."""

from __future__ import annotations

from datetime import date

from portal.commendations.models import Nomination
from portal.core.calendar import at, now
from portal.core.database import db
from portal.people.queries import get_own
from tests.harness.praise import make_call
from tests.honours.rows import honoured
from tests.notices.rows import acting
from tests.reviews.rows import put_forward

URL = "/me/commendations"


def nominated(cast) -> Nomination:
    made = put_forward(acting(cast.secretary), make_call(cast.street), cast.community, acting(cast.volunteer).person)
    db.session.commit()
    return made


def test_agreed_and_taken_back(client, cast):
    made = nominated(cast)
    consent, refuse = f"{URL}/{made.public_id}/consent", f"{URL}/{made.public_id}/refuse"
    client.sign_in(cast.member)
    assert client.force(consent).status_code == client.get(refuse).status_code == 404
    assert client.force(refuse).status_code == 404
    client.sign_in(cast.volunteer)
    assert URL in str(client.page("/me"))
    assert client.get(consent).status_code == 405
    assert client.submit(consent, page=URL).status_code == 303
    assert client.force(consent).status_code == 303  # twice is once
    assert (made.consent_by, made.state) == ("self", "nominated")
    assert f'href="{consent}"' not in str(client.page(URL))
    assert client.submit(refuse).status_code == 303
    assert client.force(refuse).status_code == 422
    assert (made.state, made.consented_at, made.refused_at is None) == ("withdrawn", None, False)
    assert client.force(consent).status_code == 422


def test_for_a_child_a_guardian_signs(client, cast):
    made = nominated(cast)
    get_own(made.person_id).birth_on = date(now().year - 10, 1, 1)
    client.sign_in(cast.volunteer)
    assert f"{URL}/{made.public_id}/consent" not in str(client.page(URL))
    assert client.force(f"{URL}/{made.public_id}/consent").status_code == 422
    assert made.consented_at is None


def test_shown_or_only_counted(client, cast):
    person, _group, moment = honoured(cast)
    show, pdf = (f"{URL}/honours/{person.public_id}/{what}" for what in ("show", "certificate.pdf"))
    with at(moment):
        client.sign_in(cast.member)
        assert client.get(show).status_code == client.get(pdf).status_code == 404
        assert client.force(show, {"is_public": "no"}).status_code == 404
        client.sign_in(cast.volunteer)
        assert client.submit(show, {"is_public": "perhaps"}).status_code == 422
        assert client.submit(show, {"is_public": "no"}).status_code == 303
        assert person.is_public is False
        assert client.submit(show, {"is_public": "yes"}).status_code == 303
        assert person.is_public is True
