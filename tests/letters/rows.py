"""Letters for tests: written from the web or entered, answered, and somebody beside the secretary to answer them."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Account
from portal.core.database import db, new_public_id
from portal.letters import queries, receiving, services
from portal.letters.models import Letter
from portal.letters.receiving import Written
from tests.harness.client import PortalClient
from tests.harness.factory import appoint, make_account, make_person

OFFICE = "/office/wangjiang/letters"
NAME, PHONE = "钟若兰", "13900001234"
SUBJECT, BODY = "阅览室开放时间", "阅览室晚上六点就关门，下班以后来不及借书。"


def written(cast: Any, **values: Any) -> Letter:
    """A letter to the community, sound unless told otherwise; committed."""
    entered_by = values.pop("entered_by", None)
    known = {
        "association": cast.community, "kind": "suggestion", "subject": SUBJECT, "body": BODY, "name": NAME,
        "phone": PHONE, **values,
    }  # fmt: skip
    letter = receiving.receive(Written(**known), key=new_public_id(), entered_by=entered_by)
    db.session.commit()
    return read(letter)


def read(letter: Letter) -> Letter:
    """As the database has it now."""
    db.session.expire_all()
    found = queries.get_by_reference(letter.reference)
    assert found is not None
    return found


def answered(cast: Any, **values: Any) -> Letter:
    letter = written(cast, **values)
    services.answer(cast.secretary, letter, "星期三、星期五开到晚上八点。")
    db.session.commit()
    return letter


def deputy(cast: Any, association: Any = None, position: str = "vice_chair") -> Account:
    """A second officer who may answer letters, at the community unless told otherwise."""
    person = make_person("程允之")
    appoint(person, association or cast.community, position)
    account = make_account(person)
    db.session.commit()
    return account


def url(letter: Letter, rest: str = "") -> str:
    return f"{OFFICE}/{letter.public_id}{rest}"


def do(client: PortalClient, letter: Letter, act: str, **data: Any) -> Any:
    """Send one of the forms of a letter's page as an officer does."""
    return client.force(url(letter, f"/{act}"), data)


def kinds(letter: Letter, *, shown: bool = False) -> list[str]:
    """The steps that were taken."""
    return [row[0].kind for row in queries.list_steps(letter, shown=shown)]
