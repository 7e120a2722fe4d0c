"""Who may not do what an officer does with a membership: the same question for every act."""

from __future__ import annotations

from typing import Any

WHO = {
    "treasurer": 403,
    "leader": 403,
    "publisher": 403,
    "sibling": 404,
    "member": 404,
    "stranger": 404,
    "ended": 404,
}


def refused_to_everybody_else(cast: Any, sign_in: Any, client: Any, url: str, data: dict[str, Any]) -> None:
    """No other role, no other association under its own address, and nobody without an account."""
    for who, status in WHO.items():
        assert sign_in(getattr(cast, who)).force(url, data).status_code == status, who
    elsewhere = url.replace("/office/wangjiang/", "/office/tingyu/")
    assert sign_in(cast.sibling).force(elsewhere, data).status_code == 404
    assert client.force(url, data).location.startswith("/sign-in")
