"""Takes the pictures of docs/screenshots: the demonstration federation in a real browser, and a certificate on paper.

The paper is turned into a picture by `pdftoppm` (poppler).
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select

from portal import create_app
from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.demo.load import load
from portal.settings import from_environment
from portal.upkeep import migration
from tests.harness.browsing import DESK, PHONE, Browsing, chromium, serving
from tests.harness.client import client_of

FOLDER = Path(__file__).resolve().parents[1] / "docs/screenshots"
# In portal/demo/data/cast.toml: the secretary and the treasurer of a community association, the chair of its street.
SECRETARY, TREASURER, CHAIR = "15400000005", "15400000006", "15400000002"


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it."""

    name: str
    path: str
    size: dict[str, int]
    phone: str | None = None
    scheme: str = "light"
    language: str = "zh-Hans"


PICTURES = (
    Picture("front-1280", "/", DESK),
    Picture("front-dark-390", "/", PHONE, scheme="dark"),
    Picture("notices-1280", "/notices", DESK),
    Picture("notice-390", "/notices/{notice}", PHONE),
    Picture("office-1280", "/office/{code}", DESK, SECRETARY),
    Picture("office-390", "/office/{code}", PHONE, SECRETARY),
    Picture("year-1280", "/office/{code}/year", DESK, SECRETARY),
    Picture("activities-1280", "/office/{code}/activities", DESK, SECRETARY),
    Picture("log-390", "/office/{code}/activities/new", PHONE, SECRETARY),
    Picture("register-1280", "/office/{code}/members", DESK, SECRETARY),
    Picture("dues-1280", "/office/{code}/dues", DESK, TREASURER),
    Picture("join-390", "/join", PHONE),
    Picture("open-390", "/activities/open", PHONE),
    Picture("card-390", "/me/card", PHONE, SECRETARY),
    Picture("association-hant-1280", "/associations/{code}", DESK, language="zh-Hant"),
    Picture("honour-roll-1280", "/honours", DESK),
)
PAPER = Picture("certificate", "/office/{street}/honours/{honour}/certificate.pdf", DESK, CHAIR)


def take(browsing: Browsing, picture: Picture, names: dict[str, str], cookies: list[dict[str, Any]]) -> None:
    page: Page = browsing.open(size=picture.size, scheme=picture.scheme, language=picture.language)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    answer = page.goto(picture.path.format(**names), timeout=60_000)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{picture.path} answered {answer.status if answer else 'nothing'}")
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    browsing.close()


def take_paper(browsing: Browsing, picture: Picture, names: dict[str, str], cookies: list[dict[str, Any]]) -> None:
    """The first page of a PDF, as it lies on the table."""
    page: Page = browsing.open(size=picture.size)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    answer = page.request.get(picture.path.format(**names), timeout=60_000)
    if not answer.ok:
        raise SystemExit(f"{picture.path} answered {answer.status}")
    drawn = ["pdftoppm", "-png", "-r", "80", "-singlefile", "-", str(FOLDER / picture.name)]
    subprocess.run(drawn, input=answer.body(), check=True)
    browsing.close()


def signed_in(app: Any, phone: str | None, address: str) -> list[dict[str, Any]]:
    """The cookies of the demonstration account with this phone."""
    if phone is None:
        return []
    account = db.session.scalars(select(Account).where(Account.phone_index == blind_index(phone, "phone"))).one()
    client = client_of(app)
    client.sign_in(account)
    return [{"name": c.key, "value": c.value, "url": address} for c in client._cookies.values()]


def main() -> None:
    from portal.honours.models import Honour, HonourCertificate
    from portal.notices.models import Notice

    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(from_environment({"PORTAL_DATA_DIR": folder, "PORTAL_MODE": "test"}))
        with app.app_context():
            migration.upgrade()
            load(db.session)
            db.session.commit()
            newest = select(Notice.public_id).where(Notice.status == "published").order_by(Notice.published_at.desc())
            given = select(Honour.public_id).join(HonourCertificate).join(Honour.association)
            given = given.where(Association.code == "wh").order_by(Honour.decided_on.desc(), Honour.id)
            names = {
                "code": "wh-04",
                "street": "wh",
                "honour": db.session.scalars(given.limit(1)).one(),
                "notice": db.session.scalars(newest.limit(1)).one(),
            }
            with serving(app) as address, chromium() as browser:
                browsing = Browsing(browser, address)
                for picture in PICTURES:
                    take(browsing, picture, names, signed_in(app, picture.phone, address))
                    print(FOLDER.name, picture.name)
                take_paper(browsing, PAPER, names, signed_in(app, PAPER.phone, address))
                print(FOLDER.name, PAPER.name)


if __name__ == "__main__":
    main()
