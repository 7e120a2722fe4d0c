"""Filling in /letters as a visitor does."""

from __future__ import annotations

from typing import Any

from tests.harness.client import PortalClient
from tests.letters.rows import BODY, NAME, PHONE, SUBJECT

STEPS = ("association", "kind", "text", "about", "writer", "publish")


def answers(**changes: Any) -> dict[str, dict[str, Any]]:
    """What somebody says, page by page; a page given as None is left out."""
    said: dict[str, Any] = {
        "association": {"association": "wangjiang"},
        "kind": {"kind": "suggestion"},
        "text": {"subject": SUBJECT, "body": BODY},
        "about": {},
        "writer": {"named": "yes", "name": NAME, "phone": PHONE, "email": ""},
        "publish": {"may_publish": "yes"},
        **changes,
    }
    return {step: said[step] for step in STEPS if said[step] is not None}


def fill_in(client: PortalClient, said: dict[str, dict[str, Any]], *, seen: bool = False) -> str:
    """Answer every page; returns where the last one leads."""
    location = "/letters/write/association"
    for step, data in said.items():
        assert location.endswith(f"/letters/write/{step}"), (location, step)
        response = (client.submit if seen else client.force)(f"/letters/write/{step}", data)
        assert response.status_code == 303, response.text[:3000]
        location = response.location
    return str(location)


def send(client: PortalClient) -> str:
    """Send from the check page; returns the reference."""
    response = client.submit("/letters/send", page="/letters/check")
    assert response.status_code == 303, response.text[:3000]
    return str(response.location).split("/")[2]
