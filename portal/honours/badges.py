"""Open Badges 3.0: an honour as a credential that anybody can verify, from the snapshot of its certificate.

It says what the certificate says and nothing more. The holder is named by a salted hash of the name on it: whoever is
shown the name can check it, and whoever finds the file alone does not read it there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import or_, select

from portal.associations.models import Association
from portal.commendations.models import CommendationKind, Scope
from portal.core.database import db
from portal.core.encryption import blind_index
from portal.core.i18n import _, babel_locale
from portal.honours import keys, proofs
from portal.honours.models import Honour, HonourCertificate
from portal.settings import Settings

IDENTIFIERS = "https://www.w3.org/ns/cid/v1"  # controlled identifiers: keys and what they are for
CONTEXT = [proofs.CREDENTIALS, proofs.OPEN_BADGES, proofs.EXTENSIONS]


def credential(honour: Honour, certificate: HonourCertificate) -> dict[str, Any]:
    """The signed credential of a certificate (load the honour's association, kind and the certificate's code)."""
    printed, home = certificate.snapshot, honour.association
    key = keys.current(home.id)
    signed_at = max(certificate.issued_at, key.created_at)
    document = {
        "@context": CONTEXT,
        "id": _credential_id(honour.public_id, certificate.public_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": printed["kind"],
        "issuer": {"id": issuer_url(home), "type": ["Profile"], "name": printed["unit"]},
        "validFrom": _moment(_beginning(date.fromisoformat(printed["decided_on"]), home.time_zone)),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_holder(printed["name"], certificate)],
            "narrative": f"{printed['call']} · {printed['basis']}",
            "achievement": achievement(honour.kind.public_id, printed["kind"], printed["english"], printed["scope"]),
        },
        "credentialStatus": {"id": status_url(home), "type": "1EdTechRevocationList"},
    }
    method = f"{issuer_url(home)}#{key.public}"
    return proofs.sign(document, bytes.fromhex(key.secret), method, _moment(signed_at))


def is_holder(identity: dict[str, Any], name: str) -> bool:
    """Whether an identifier of a credential is of this name, as any verifier computes it."""
    return bool(identity["identityHash"] == _hash(name, identity["salt"]))


def achievement(public_id: str, name: str, english: str, scope: str) -> dict[str, Any]:
    """What is given under a kind, in the words of the day on which it was given."""
    with _installed_language():
        whom = Scope(scope).label
        said = _("Decided on the nominations of a call, after review and a public notice period.")
    return {
        "id": f"{_base()}/honours/kinds/{public_id}.json",
        "type": ["Achievement"],
        "achievementType": "Award",
        "name": name,
        "description": " · ".join(filter(None, (name, english, whom))),
        "criteria": {"narrative": said},
    }


def kind_file(kind: CommendationKind) -> dict[str, Any]:
    return {"@context": CONTEXT, **achievement(kind.public_id, kind.name, kind.english, kind.scope)}


def issuer_file(association: Association) -> dict[str, Any]:
    """Who signs, with every key that ever signed; the secret of an ended one signs nothing any more."""
    url = issuer_url(association)
    methods = [
        {"id": f"{url}#{key.public}", "type": "Multikey", "controller": url, "publicKeyMultibase": key.public}
        for key in keys.published(association.id)
    ]
    return {
        "@context": [IDENTIFIERS, proofs.OPEN_BADGES],
        "id": url,
        "type": ["Profile"],
        "name": association.name,
        "url": f"{_base()}/associations/{association.code}",
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def status_file(association: Association) -> dict[str, Any]:
    """The 1EdTech revocation list: ids of credentials that do not hold any more, and no name.

    It stands under both names that verifiers ask for: the specification's data model and 1EdTech's own validator read
    `revokedCredential`, the words beside it and older validators `revokedCredentials`.
    """
    gone = or_(Honour.revoked_at.is_not(None), HonourCertificate.superseded_at.is_not(None))
    statement = (
        select(Honour.public_id, HonourCertificate.public_id)
        .join(HonourCertificate, HonourCertificate.honour_id == Honour.id)
        .where(Honour.association_id == association.id, gone)
    )
    rows = db.session.execute(statement.order_by(HonourCertificate.id)).all()
    listed = [{"id": _credential_id(honour, certificate), "revoked": True} for honour, certificate in rows]
    whose = {"id": status_url(association), "issuer": issuer_url(association)}
    return {**whose, "revokedCredential": listed, "revokedCredentials": listed}


def issuer_url(association: Association) -> str:
    return f"{_base()}/honours/issuers/{association.code}.json"


def status_url(association: Association) -> str:
    return f"{_base()}/honours/issuers/{association.code}/revoked.json"


def _credential_id(honour: str, certificate: str) -> str:
    return f"{_base()}/honours/{honour}/badge.json#{certificate}"


def _holder(name: str, certificate: HonourCertificate) -> dict[str, Any]:
    """The salt is the certificate's own, so that hashes of the same name in two credentials are not alike."""
    salt = blind_index(certificate.code.code, "badge")
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": _hash(name, salt),
        "identityType": "name",
        "salt": salt,
    }


def _hash(name: str, salt: str) -> str:
    return f"sha256${sha256((name + salt).encode()).hexdigest()}"


def _base() -> str:
    settings: Settings = current_app.extensions["portal.settings"]
    return settings.base_url


def _installed_language() -> Any:
    """What is signed does not depend on who reads it."""
    settings: Settings = current_app.extensions["portal.settings"]
    return force_locale(babel_locale(settings.language))


def _beginning(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
