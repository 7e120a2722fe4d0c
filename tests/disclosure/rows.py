"""Duties and guides for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.core.database import db
from portal.disclosure.models import DisclosureDuty, Guide

BEGAN = date(2025, 1, 1)


def make_duty(root: Association, title: str = "年度收支情况", **values: Any) -> DisclosureDuty:
    """A yearly duty of every association, within ten working days, owed since 2025."""
    known = {"kind": "accounts", "frequency": "year", "within_days": 10, "starts_on": BEGAN, "level": None, **values}
    duty = DisclosureDuty(association_id=root.id, title=title, **known)
    db.session.add(duty)
    db.session.flush()
    return duty


def make_guide(association: Association, title: str = "怎样加入协会", **values: Any) -> Guide:
    known = {
        "block": "apply",
        "summary": "年满十八周岁、自愿加入的居民都可以申请。",
        "steps": "1. 填表\n2. 等待审核",
        **values,
    }
    guide = Guide(association_id=association.id, title=title, **known)
    db.session.add(guide)
    db.session.flush()
    return guide
