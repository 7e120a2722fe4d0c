"""Reading accounts: by login, by person, live sessions, live codes."""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Account, AccountSession, OneTimeCode, login_name
from portal.core.calendar import now
from portal.core.database import db
from portal.core.encryption import blind_indexes
from portal.people.models import Person


def _accounts() -> Select[Account]:
    return select(Account).join(Account.person).options(contains_eager(Account.person))


def get_by_login(login: str) -> Account | None:
    """The account that signs in with this phone number or e-mail; one statement, whatever was typed."""
    name = login_name(login)
    found = or_(Account.phone_index.in_(blind_indexes(name, "phone")), Account.email == name)
    return db.session.scalar(_accounts().where(found))


def get_account(account_id: int) -> Account | None:
    return db.session.scalar(_accounts().where(Account.id == account_id))


def get_by_public_id(public_id: str) -> Account | None:
    return db.session.scalar(_accounts().where(Account.public_id == public_id))


def get_of_person(person: Person) -> Account | None:
    return db.session.scalar(_accounts().where(Account.person_id == person.id))


def is_login_taken(account: Account, *, phone_index: str | None = None, email: str | None = None) -> bool:
    """Whether another account signs in with it: a family may share a phone, a login is one account's."""
    same = Account.phone_index == phone_index if phone_index else Account.email == email
    return db.session.scalar(select(Account.id).where(same, Account.id != account.id)) is not None


def get_live_session(token_hash: str) -> AccountSession | None:
    """The session of this token with its account and person, unless it ended, ran out, or the account is blocked."""
    return db.session.scalar(_live_session(), {"token": token_hash, "moment": now()})


@cache
def _live_session() -> Select[AccountSession]:
    """Every page asks it: put together once."""
    return (
        select(AccountSession)
        .join(AccountSession.account)
        .join(Account.person)
        .options(contains_eager(AccountSession.account).contains_eager(Account.person))
        .where(
            AccountSession.token_hash == bindparam("token"),
            AccountSession.ended_at.is_(None),
            AccountSession.expires_at > bindparam("moment"),
            *_may_sign_in(),
        )
    )


def list_sessions(account: Account) -> Select[AccountSession]:
    """The account's live sessions, newest first (to be paged)."""
    statement = select(AccountSession).where(AccountSession.account_id == account.id, _is_live())
    return statement.order_by(AccountSession.id.desc())


def get_own_session(account: Account, public_id: str) -> AccountSession | None:
    statement = select(AccountSession).where(
        AccountSession.account_id == account.id, AccountSession.public_id == public_id, _is_live()
    )
    return db.session.scalar(statement)


def _is_live() -> ColumnElement[bool]:
    return and_(AccountSession.ended_at.is_(None), AccountSession.expires_at > now())


def get_live_code(hashes: list[str]) -> OneTimeCode | None:
    """The code with one of these hashes, its account and person, if it can still be used."""
    statement = (
        select(OneTimeCode)
        .join(OneTimeCode.account)
        .join(Account.person)
        .options(contains_eager(OneTimeCode.account).contains_eager(Account.person))
        .where(OneTimeCode.code_hash.in_(hashes), is_usable(), *_may_sign_in())
    )
    return db.session.scalar(statement)


def _may_sign_in() -> tuple[ColumnElement[bool], ...]:
    """Neither blocked nor removed from the register at the person's own wish."""
    return Account.disabled_at.is_(None), Person.removed_at.is_(None)


def is_usable() -> ColumnElement[bool]:
    """Codes that were neither used nor replaced, and have not run out."""
    return and_(OneTimeCode.used_at.is_(None), OneTimeCode.revoked_at.is_(None), OneTimeCode.expires_at > now())


def last_code(account: Account) -> OneTimeCode | None:
    """The code handed out last, with who handed it out."""
    statement = (
        select(OneTimeCode)
        .options(joinedload(OneTimeCode.issuer).joinedload(Account.person))
        .where(OneTimeCode.account_id == account.id)
        .order_by(OneTimeCode.id.desc())
    )
    return db.session.scalars(statement.limit(1)).first()


def list_mailed_codes(account: Account) -> list[OneTimeCode]:
    """Codes sent by mail that could still be used."""
    is_mailed = and_(OneTimeCode.issued_by.is_(None), ~OneTimeCode.from_console)
    statement = select(OneTimeCode).where(OneTimeCode.account_id == account.id, is_mailed, is_usable())
    return list(db.session.scalars(statement))
