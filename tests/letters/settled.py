"""An office with letters in every state, for the tests that walk through the portal; and their pages with forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.accounts.queries import get_account
from portal.core.database import db
from portal.letters import publishing, services
from portal.letters.models import Letter
from tests.letters.rows import OFFICE, read, written


def settle(cast: Any) -> dict[str, Letter]:
    """New, in hand, answered, published and closed; one about an officer, at the street; one of the member's own."""
    made = {name: written(cast, subject=subject, may_publish=True, **values) for name, subject, values in WRITTEN}
    actor = get_account(cast.secretary.id)
    services.acknowledge(actor, made["in_hand"])
    services.ask(actor, made["in_hand"], "请问是哪一天？")
    services.note(actor, made["in_hand"], "已问过值班的同事")
    for name in ("answered", "published", "closed"):
        services.answer(actor, made[name], "星期三、星期五开到晚上八点。")
    services.close(actor, made["closed"])
    publishing.publish(actor, made["published"], "活动室晚上开不开？", "星期三、星期五开到晚上八点。")
    db.session.commit()
    return {name: read(letter) for name, letter in made.items()}


WRITTEN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("new", "活动室的灯太暗", {}),
    ("in_hand", "通知贴得太晚", {"kind": "complaint"}),
    ("answered", "阅览室开放时间", {"kind": "question"}),
    ("published", "活动室晚上开不开", {"kind": "question"}),
    ("closed", "感谢志愿者", {"kind": "thanks"}),
)
# What a visitor has said on every page of the way.
ANSWERS: dict[str, dict[str, Any]] = {
    "association": {"association": "wangjiang", "code": "wangjiang", "name": "望江社区协会"},
    "kind": {"kind": "suggestion"},
    "text": {"subject": "阅览室开放时间", "body": "下班以后来不及借书。"},
    "about": {"about": [], "names": [], "code": "wangjiang"},
    "writer": {"named": "yes", "name": "冬至", "phone": "13900004321", "email": ""},
    "publish": {"may_publish": "yes"},
}


def office_pages(made: dict[str, Letter]) -> Iterator[str]:
    """The pages of the office on which forms stand."""
    yield f"{OFFICE}/new"
    for name in ("new", "in_hand", "answered", "published"):
        yield f"{OFFICE}/{made[name].public_id}"
    yield f"{OFFICE}/{made['new'].public_id}/pass-on"
    yield f"{OFFICE}/{made['answered'].public_id}/publish"
