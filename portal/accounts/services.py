"""What may happen to an account: created, signed in, password and second factor changed, blocked. Never commits.

Services are given finished hashes: making one takes long, and must not happen inside a transaction.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

import pyotp
from sqlalchemy import delete, or_, update

from portal.accounts import queries
from portal.accounts.models import Account, AccountSession, OneTimeCode, login_name
from portal.core.audit import Actor, record
from portal.core.calendar import now
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.core.identity import PhoneError, normalise_phone, phone_kind
from portal.core.passwords import check_password, hasher
from portal.people.models import Person

TOTP_SECONDS = 30
TOTP_DRIFT = (0, -1, 1)  # a clock may go half a minute wrong either way
KEEP_SESSIONS = timedelta(days=30)


def create_account(actor: Actor | None, person: Person, password: str | None = None) -> Account:
    """An account for a person who has none; without a password it waits for its one-time code.

    The person signs in with the mobile phone or e-mail of the record. Raises RuleError("") when there is neither,
    or when another account signs in with it, and RuleError("password") for a password that is quickly guessed.
    """
    if password is not None:
        check_password(password, name=person.name, sort_key=person.sort_key, phone=person.phone)
    account = Account(person=person)
    db.session.add(account)
    db.session.flush()
    follow_contact(account)
    if password is not None:
        account.password_hash, account.password_changed_at = hasher.hash(password), now()
    record(actor, "accounts.create", account)
    return account


def follow_contact(account: Account) -> None:
    """Take over the phone and e-mail that the record holds today; what the record lacks is left as it was.

    Raises RuleError("") when no login is left: none recorded, or all are another account's.
    """
    email = login_name(account.person.email or "")
    if email and not queries.is_login_taken(account, email=email):
        account.email = email
    _follow_phone(account)


def _follow_phone(account: Account) -> None:
    person = account.person
    if _can_sign_in_with(person.phone) and not queries.is_login_taken(account, phone_index=person.phone_index):
        account.phone_index = person.phone_index
    if account.phone_index is None and account.email is None:
        raise RuleError("", _no_login(person))


def follow_record(account: Account) -> None:
    """Sign in with exactly what the record holds now, after the person changed the e-mail in it.

    What the record holds no longer signs nobody in, and codes on their way to it stop working. Raises
    RuleError("") when no login would be left.
    """
    account.phone_index = account.email = None
    db.session.flush()
    follow_contact(account)
    revoke_codes(account)


def follow_new_phone(account: Account) -> None:
    """Sign in with the phone that the record holds now instead of the one before; an e-mail stays as it was.

    Whoever reads the e-mail can have a new password mailed, and many officers may write one into a record: it signs
    in only when the person wrote it, or when somebody who may hand out a code does so. Raises RuleError("") when no
    login would be left.
    """
    account.phone_index = None
    db.session.flush()
    _follow_phone(account)
    revoke_codes(account)


def _can_sign_in_with(phone: str | None) -> bool:
    try:
        return phone is not None and phone_kind(normalise_phone(phone)) == "mobile"
    except PhoneError:
        return False


def _no_login(person: Person) -> object:
    if _can_sign_in_with(person.phone) or person.email:
        return lazy("Somebody else signs in with this phone number or e-mail. Record one of this person's own first.")
    return lazy("There is no mobile phone number or e-mail to sign in with. Record one first.")


def sign_in(account: Account, device: str) -> None:
    """Note a sign-in; sessions that were over long ago are dropped."""
    over = AccountSession.expires_at < now() - KEEP_SESSIONS
    db.session.execute(delete(AccountSession).where(AccountSession.account_id == account.id, over))
    record(account, "accounts.sign_in", account, {"device": device})


def end_session(actor: Actor, session: AccountSession) -> None:
    """Sign out one device. Ended twice, it stays as first ended."""
    if session.ended_at is None:
        session.ended_at = now()
        record(
            actor, "accounts.end_session", session, {"device": session.device}, person_id=session.account.person_id
        )


def end_all_sessions(actor: Actor | None, account: Account) -> None:
    """Sign out every device of the account."""
    _end_sessions(account)
    record(actor, "accounts.end_all_sessions", account)


def _end_sessions(account: Account) -> None:
    live = update(AccountSession).where(AccountSession.account_id == account.id, AccountSession.ended_at.is_(None))
    db.session.execute(live.values(ended_at=now()))


def set_password(actor: Actor | None, account: Account, new_hash: str) -> None:
    """Another password from now on. Every session ends, the thief's with the owner's."""
    account.password_hash, account.password_changed_at = new_hash, now()
    _end_sessions(account)
    record(actor, "accounts.set_password", account)


def rehash(account: Account, new_hash: str | None) -> None:
    """The same password under today's parameters, where the hash was made with others."""
    if new_hash is not None:
        account.password_hash = new_hash


def confirm(account: Account, session: AccountSession) -> None:
    """The password was given again in this session."""
    session.confirmed_at = now()
    record(account, "accounts.confirm", account)


def block(actor: Actor, account: Account) -> None:
    """Nobody signs in with the account until it is allowed again; sessions and codes end. Nobody blocks oneself."""
    if account.person_id == getattr(actor, "person_id", None):
        raise RuleError("", lazy("You cannot block your own account."))
    if account.disabled_at is None:
        account.disabled_at = now()
        _end_sessions(account)
        revoke_codes(account)
        record(actor, "accounts.block", account)


def unblock(actor: Actor, account: Account) -> None:
    """The account may sign in again, with the password it had. Sessions that ended stay ended."""
    if account.disabled_at is not None:
        account.disabled_at = None
        record(actor, "accounts.unblock", account)


def revoke_codes(account: Account) -> None:
    """Every one-time code of the account that was not used yet stops working."""
    unused = update(OneTimeCode).where(OneTimeCode.account_id == account.id, queries.is_usable())
    db.session.execute(unused.values(revoked_at=now()).execution_options(synchronize_session=False))


def begin_second_factor(account: Account) -> None:
    """A new secret for an authenticator app; it counts only once a code of it was given."""
    if account.has_second_factor:
        raise RuleError("", lazy("A second factor is already in use. Remove it first."))
    account.totp_secret, account.totp_last_step = pyotp.random_base32(), None
    record(account, "accounts.begin_second_factor", account)


def provisioning_uri(account: Account, issuer: str) -> str:
    """What the QR code tells the app: the secret, and the names under which it lists it."""
    return pyotp.TOTP(account.totp_secret or "").provisioning_uri(name=account.name, issuer_name=issuer)


def confirm_second_factor(account: Account, code: str) -> None:
    """Take the authenticator app into use, once it has shown a right code. Raises RuleError("code")."""
    if account.has_second_factor or account.totp_secret is None:
        raise RuleError("", lazy("Begin the set-up again."))
    if not use_second_factor(account, code):
        raise RuleError("code", lazy("The code is not right. Use the one that the app shows now."))
    account.totp_confirmed_at = now()
    record(account, "accounts.confirm_second_factor", account)


def use_second_factor(account: Account, code: str) -> bool:
    """Whether the code is right and was not used before (RFC 6238, 5.2): of two at once, one is accepted."""
    step = _step_of(account.totp_secret or "", code)
    if step is None:
        return False
    unused = or_(Account.totp_last_step.is_(None), Account.totp_last_step < step)
    statement = update(Account).where(Account.id == account.id, unused).values(totp_last_step=step)
    return bool(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _step_of(secret: str, code: str) -> int | None:
    """The half minute to which the code belongs, if it lies within the drift."""
    if not secret:
        return None
    present = int(now().timestamp()) // TOTP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = [present + drift for drift in TOTP_DRIFT]
    return next((s for s in steps if hmac.compare_digest(totp.generate_otp(s).encode(), code.encode())), None)


def remove_second_factor(actor: Actor | None, account: Account) -> None:
    """The password alone is enough again. Removed twice, nothing happens."""
    if account.totp_secret is not None:
        account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
        record(actor, "accounts.remove_second_factor", account)


def close(actor: Actor | None, account: Account) -> None:
    """The person is removed from the register: nobody signs in again, and nothing stays by which somebody did."""
    account.phone_index = account.email = account.password_hash = account.password_changed_at = None
    account.totp_secret = account.totp_confirmed_at = account.totp_last_step = None
    account.disabled_at = account.disabled_at or now()
    for kept in (AccountSession, OneTimeCode):
        gone = delete(kept).where(kept.account_id == account.id)
        db.session.execute(gone.execution_options(synchronize_session=False))
    record(actor, "accounts.close", account)
