"""Accounts of people, their sessions, one-time codes, and the attempts to sign in."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.calendar import now
from portal.core.database import Base, PublicId
from portal.core.encryption import EncryptedText
from portal.core.identity import PhoneError, mask_phone, normalise_phone
from portal.people.models import Person


def login_name(text: str) -> str:
    """The one form of what somebody signs in with: digits of a phone number, or an e-mail in lower case."""
    try:
        return normalise_phone(text)
    except PhoneError:
        return unicodedata.normalize("NFKC", text).strip().lower()


class Account(Base):
    """A person who can sign in, by phone or e-mail. Without a password hash it waits for its one-time code."""

    __tablename__ = "account"

    public_id: Mapped[PublicId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    phone_index: Mapped[str | None] = mapped_column(unique=True)
    email: Mapped[str | None] = mapped_column(unique=True)  # lower case
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText)
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]  # a code counts once
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Not blocked, and the person has not asked to be removed from the register."""
        return self.disabled_at is None and self.person.removed_at is None

    def get_id(self) -> str:
        return self.public_id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def login_shown(self) -> str:
        """What the account signs in with first, as its owner recognises it."""
        return next(iter(self.logins_shown), "")

    @property
    def logins_shown(self) -> list[str]:
        """Everything that the account signs in with; whoever reads the e-mail can have a new password mailed."""
        is_phone = self.phone_index is not None and self.phone_index == self.person.phone_index
        phone = mask_phone(self.person.phone or "") if is_phone else None
        return [login for login in (phone, self.email) if login]

    @property
    def has_second_factor(self) -> bool:
        return self.totp_confirmed_at is not None


class AccountSession(Base):
    """A sign-in that lasts at most 20 hours. The cookie holds a random token; only its hash is kept."""

    __tablename__ = "account_session"

    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime]  # the password was last given
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise_on_sql")


class OneTimeCode(Base):
    """A code on a printed slip, from the console or in a mail, good once within 72 hours, to activate or recover."""

    __tablename__ = "one_time_code"

    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    from_console: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise_on_sql", foreign_keys=[account_id])
    issuer: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=[issued_by])

    @property
    def by_mail(self) -> bool:
        """Sent to the account's e-mail, and not given to somebody who was seen."""
        return self.issued_by is None and not self.from_console

    def is_usable(self, moment: datetime) -> bool:
        """Neither used nor replaced, and not run out."""
        return self.used_at is None and self.revoked_at is None and moment < self.expires_at


class SignInAttempt(Base):
    """An attempt to sign in or use a code, counted by who was named and by address; both only as hashes."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_login_hash", "login_hash", "at"),
        Index("ix_sign_in_attempt_address_hash", "address_hash", "at"),
    )

    login_hash: Mapped[str]
    address_hash: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]
