"""The list of imports as a file: every file that was brought, and what became of it."""

from __future__ import annotations

from typing import Any

from portal.core.calendar import now
from portal.core.database import db
from portal.core.formats import local
from portal.imports.models import ImportState, RegisterImport
from portal.offices.rights import Position
from tests.harness.factory import appoint, make_account, make_person
from tests.harness.sheets import fetch, links
from tests.imports.files import BASE

FILE = f"{BASE}/list"


def brought(place: Any, name: str, state: ImportState = ImportState.DONE, **counts: int) -> None:
    db.session.add(RegisterImport(association_id=place.id, file_name=name, state=state, counts=counts))
    db.session.commit()


def test_what_the_page_shows(cast, sign_in):
    brought(cast.community, "会员.xlsx", entered=12, faulty=3)
    brought(cast.community, "=cmd|' /C calc'!A0.csv", ImportState.UPLOADED)
    brought(cast.sibling_community, "邻居.xlsx")
    client = sign_in(cast.secretary)
    lines, page = fetch(client, FILE), client.page(BASE)
    rows = [
        [cell.get_text(strip=True).replace("—", "") for cell in row.select("td")] for row in page.select("tbody tr")
    ]
    assert [line[:1] + line[2:] for line in lines] == [row[:1] + row[2:] for row in rows]
    assert [line[0] for line in lines] == ["=cmd|' /C calc'!A0.csv", "会员.xlsx"]
    assert lines[1][3:] == ["12", "3"]
    assert lines[0][1].startswith(f"{local(now()):%Y-%m-%d}")
    assert links(page) == [f"{FILE}.{form}" for form in ("xlsx", "csv")]


def test_who_fetches_which(cast, sign_in, client):
    brought(cast.community, "会员.xlsx")
    assert fetch(sign_in(cast.sibling), "/office/tingyu/imports/list") == []
    assert len(fetch(sign_in(cast.chair), FILE)) == 1
    for form in ("xlsx", "csv"):
        for role, status in (("treasurer", 403), ("leader", 403), ("sibling", 404), ("ended", 404), ("member", 404)):
            assert sign_in(getattr(cast, role)).get(f"{FILE}.{form}").status_code == status, role
        assert client.get(f"{FILE}.{form}").location.startswith("/sign-in")


def test_who_keeps_a_group_only_gets_none(cast, sign_in):
    person = make_person("组秘书")
    appoint(person, cast.community, Position.SECRETARY, group_id=cast.group.id)
    account = make_account(person)
    db.session.commit()
    assert sign_in(account).get(f"{FILE}.csv").status_code == 403
