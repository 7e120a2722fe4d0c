"""Notices for tests, made as an officer makes them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core.database import db
from portal.notices import services
from portal.notices.desk import get_draft
from portal.notices.drafts import Content, Placing
from portal.notices.models import Notice

OFFICE = "/office/wangjiang/notices"
TITLE = "会费标准及减免办法"
BODY = "为规范会费收缴，制定本办法。\n\n## 一、标准\n\n| 类别 | 元 |\n|---|---:|\n| 个人 | 12.00 |"
WHO_MAY_NOT = [
    ("treasurer", 403), ("leader", 403), ("sibling", 404), ("ended", 404), ("member", 404), ("stranger", 404),
]  # fmt: skip


def acting(account: Account) -> Account:
    """The account with its person's name, which a request before may have let go of."""
    statement = select(Account).options(joinedload(Account.person)).where(Account.id == account.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def draft(actor: Account, association: Association, **values: Any) -> Notice:
    """A draft that lacks nothing; `supersedes`, `is_pinned` and `target` are taken as well."""
    place = {name: values.pop(name) for name in ("supersedes", "is_pinned", "target") if name in values}
    content = {"title": TITLE, "kind": "policy", "body": BODY, "issuer": association.name, **values}
    notice = services.save_draft(acting(actor), association, Content(**content), Placing(**place))
    db.session.flush()
    return notice


def published(actor: Account, association: Association, **values: Any) -> Notice:
    notice = draft(actor, association, **values)
    services.publish(acting(actor), notice, number=1)
    db.session.flush()
    return notice


def corrected(actor: Account, notice: Notice, **values: Any) -> Notice:
    """A second version, published."""
    version = services.begin_correction(acting(actor), notice)
    db.session.flush()
    for name, value in {"correction_note": "标准有误", **values}.items():
        setattr(version, name, value)
    db.session.flush()
    assert get_draft(notice) is version
    services.publish(actor, notice, number=version.number)
    db.session.flush()
    return notice
