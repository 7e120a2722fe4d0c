"""Credentials and what verifies them, as files: one's own, public ones, who signed, what was taken back."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, abort
from sqlalchemy import select

from portal.accounts.reader import me
from portal.associations.queries import get_association
from portal.commendations.models import CommendationKind
from portal.core import web
from portal.core.access import public, signed_in
from portal.core.database import db
from portal.core.shared import shared_file
from portal.honours import badges, queries, roll
from portal.honours.blueprint import blueprint
from portal.honours.models import Honour

CREDENTIAL, LINKED = "application/vc", "application/ld+json"


@blueprint.get("/me/commendations/honours/<public_id>/badge.json")
@signed_in
def own_badge(public_id: str) -> Response:
    """My honour as a credential to hand on."""
    honour = queries.get_own(me().person_id, public_id) or abort(404)
    return web.download(_signed(honour), f"{honour.kind.name}.json".replace("/", "-"), CREDENTIAL)


@blueprint.get("/honours/<public_id>/badge.json")
@public
def public_badge(public_id: str) -> Response:
    """The credential of an honour that stands on the roll."""
    honour = roll.get_public(public_id) or abort(404)
    return _open(Response(_signed(honour), mimetype=CREDENTIAL))


@blueprint.get("/honours/issuers/<code>.json")
@public
@shared_file
def issuer(code: str) -> Response:
    """Who signs, and by which keys it is verified."""
    return _file(badges.issuer_file(get_association(code) or abort(404)))


@blueprint.get("/honours/issuers/<code>/revoked.json")
@public
@shared_file
def revoked(code: str) -> Response:
    """The credentials of an association that do not hold any more."""
    return _file(badges.status_file(get_association(code) or abort(404)), "application/json")


@blueprint.get("/honours/kinds/<public_id>.json")
@public
@shared_file
def kind(public_id: str) -> Response:
    """What is given under a kind."""
    found = db.session.scalar(select(CommendationKind).where(CommendationKind.public_id == public_id))
    return _file(badges.kind_file(found or abort(404)))


def _signed(honour: Honour) -> bytes:
    """The credential of the certificate in force; 404 where there is none. The first one makes the key."""
    certificate = queries.in_force(honour.id) if honour.revoked_at is None else None
    if certificate is None:
        abort(404)
    written = _written(badges.credential(honour, certificate))
    db.session.commit()
    return written


def _file(document: dict[str, Any], kind: str = LINKED) -> Response:
    return _open(Response(_written(document), mimetype=kind))


def _open(response: Response) -> Response:
    """Verifiers run in browsers too; it is the same for everybody."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
