"""The keys with which associations sign credentials: made at the first use, changed for a new one. Never commits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.associations.models import Association
from portal.core import audit
from portal.core.calendar import now
from portal.core.database import add_once, db
from portal.honours import proofs
from portal.honours.models import SigningKey


def current(association_id: int) -> SigningKey:
    """The key that signs now; two that ask for the first one at once get the same."""
    return _live(association_id) or _make(association_id)


def change(actor: Account | None, association: Association) -> SigningKey:
    """A new key signs from now on. What the one before signed is still proved by it, which stays published."""
    before = _live(association.id)
    if before is not None:
        before.ended_at = now()
        db.session.flush()
    made = _make(association.id)
    audit.record(actor, "honours.change_key", association, {"number": made.number})
    return made


def published(association_id: int) -> Sequence[SigningKey]:
    """All keys that ever signed, the first one first."""
    statement = select(SigningKey).where(SigningKey.association_id == association_id)
    return db.session.scalars(statement.order_by(SigningKey.number)).all()


def _live(association_id: int) -> SigningKey | None:
    asked = (SigningKey.association_id == association_id, SigningKey.ended_at.is_(None))
    return db.session.scalar(select(SigningKey).where(*asked).order_by(SigningKey.number.desc()).limit(1))


def _make(association_id: int) -> SigningKey:
    secret = proofs.new_secret()
    last = db.session.scalar(select(func.max(SigningKey.number)).where(SigningKey.association_id == association_id))
    made = SigningKey(
        association_id=association_id, number=(last or 0) + 1, secret=secret.hex(), public=proofs.public_of(secret)
    )
    return add_once(made, lambda: _live(association_id))
