"""One-time codes: on a slip from an officer's hand, or in a mail; good once, within 72 hours, kept as a hash.

Never commits. Whoever gets hold of a code becomes its account's owner, so nobody hands out one for an account that
may do more than they may themselves.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from portal.accounts import queries, services
from portal.accounts.models import Account, OneTimeCode
from portal.associations.models import Association
from portal.core.audit import record
from portal.core.calendar import now
from portal.core.database import ALPHABET, db
from portal.core.encryption import blind_index, blind_indexes
from portal.core.errors import RuleError
from portal.core.i18n import lazy
from portal.people.models import Person

LENGTH = 12  # 60 bits: not to be guessed in 72 hours, still short enough to type
LASTS = timedelta(hours=72)
MAILED_AT_ONCE = 3
# What is misread on paper or aloud, after Crockford's base 32.
MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})


def issue(issuer: Account, person: Person, association: Association, *, is_covered: bool) -> str:
    """A code that an officer hands out, to activate or recover the person's account; returned once, in clear.

    Earlier codes stop working. `is_covered`: the rule says that the officer holds, wherever the person does, every
    right of the person. Raises RuleError("") if not, for oneself, and for an account that is blocked.
    """
    if person.id == issuer.person_id:
        raise RuleError("", lazy("For your own account, change the password on your page instead."))
    refuse_uncovered(is_covered)
    account = queries.get_of_person(person)
    if account is None:
        account = services.create_account(issuer, person)
    elif account.disabled_at is not None:
        raise RuleError("", lazy("This account is blocked. Allow it to sign in first."))
    else:
        services.follow_contact(account)
    services.revoke_codes(account)
    row, code = _new_code(account, issuer)
    record(issuer, "accounts.issue_code", row, association_id=association.id, person_id=person.id)
    return code


def issue_from_console(login: str) -> tuple[str, str] | None:
    """A code for the account that signs in with a phone or e-mail, by whoever runs the installation: name and code.

    The way back for the topmost officer, for whom nobody above can hand out one, also when the second factor is lost.
    Earlier codes stop working.
    """
    account = queries.get_by_login(login)
    if account is None or account.disabled_at is not None:
        return None
    services.revoke_codes(account)
    row, code = _new_code(account, None, from_console=True)
    record(None, "accounts.issue_code", row, person_id=account.person_id)
    return account.name, code


def refuse_uncovered(is_covered: bool) -> None:
    """Nobody gets at the account of somebody who may do more. Raises RuleError("")."""
    if not is_covered:
        raise RuleError("", lazy("This person holds rights that you do not. Ask an officer who holds them too."))


def mail_code(account: Account) -> str | None:
    """A code to send to the account's e-mail; codes on paper stay good, for anybody may ask for a mail.

    None when three mailed codes still wait to be used: nobody's mailbox is flooded.
    """
    if len(queries.list_mailed_codes(account)) >= MAILED_AT_ONCE:
        return None
    row, code = _new_code(account, None)
    record(None, "accounts.mail_code", row, person_id=account.person_id)
    return code


def _new_code(account: Account, issuer: Account | None, *, from_console: bool = False) -> tuple[OneTimeCode, str]:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    issued_by, moment = issuer.id if issuer else None, now()
    row = OneTimeCode(
        account_id=account.id,
        code_hash=hashes(code)[0],
        issued_by=issued_by,
        from_console=from_console,
        created_at=moment,
        expires_at=moment + LASTS,
    )
    db.session.add(row)
    db.session.flush()
    return row, code


@dataclass(frozen=True)
class Used:
    """What spending a code has done."""

    account: Account
    has_removed_factor: bool


def use(text: str, new_hash: str) -> Used:
    """Spend the code: the account gets its password, every session and every other code ends.

    Handed over by somebody who saw the person, it removes the second factor; from a mail it does not. Raises
    RuleError("code") when it was used, replaced or ran out: of two who come at once, one is served.
    """
    row = queries.get_live_code(hashes(text))
    if row is None or not _spend(row):
        raise not_valid()
    account = row.account
    services.revoke_codes(account)
    services.set_password(account, account, new_hash)
    has_removed_factor = not row.by_mail and account.has_second_factor
    if not row.by_mail:
        services.remove_second_factor(account, account)
    record(account, "accounts.use_code", row, person_id=account.person_id)
    return Used(account, has_removed_factor)


def _spend(row: OneTimeCode) -> bool:
    statement = update(OneTimeCode).where(OneTimeCode.id == row.id, queries.is_usable()).values(used_at=now())
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def not_valid() -> RuleError:
    return RuleError(
        "code",
        lazy("This code is not valid: mistyped, used already, replaced by a newer one, or older than 72 hours."),
    )


def plain(text: str) -> str:
    """What was meant by a code as it was typed: no dashes or spaces, capitals or not, o for 0, l for 1."""
    low = unicodedata.normalize("NFKC", text).lower().translate(MISREAD)
    return "".join(character for character in low if character in ALPHABET)


def shown(code: str) -> str:
    """The code in groups of four capitals, as it is printed and read aloud."""
    code = plain(code).upper()
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def hashes(code: str) -> list[str]:
    """The hash of a code, the first key's before those of older keys. Keyed: a stolen table is of no use."""
    return [blind_index(plain(code), "one-time code"), *blind_indexes(plain(code), "one-time code")[1:]]
