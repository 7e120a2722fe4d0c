"""Who is signed in."""

from __future__ import annotations

from flask_login import current_user

from portal.accounts.models import Account


def me() -> Account:
    """The account itself: a proxy would ask at each step who it is, and know nobody once the request is over."""
    account: Account = current_user._get_current_object()
    return account
