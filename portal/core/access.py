"""Who may open what: a view declares it, and one hook asks. A view that declares nothing answers 403.

The rule itself (which appointment gives which right where) lives in portal.offices.access and is handed
over in create_app, so that every feature can declare rights without knowing it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from flask import Flask, abort, current_app, g, request
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])


class Rule(Protocol):
    """What the hook needs to know of the rule."""

    def place(self, code: str) -> Any | None:
        """The association that an address names, or None."""

    def can(self, account: Any, right: str, association: Any, *, whole: bool = False) -> bool:
        """Whether the account holds the right at the association today, for all of it or (but `whole`) a group."""

    def knows(self, account: Any, association: Any) -> bool:
        """Whether the account holds any right there, so that refusing tells it nothing new."""

    def reached(self, account: Any, right: str) -> Any:
        """The people whom the account may see by the right, as a condition."""

    def visible(self, statement: Any, account: Any, right: str, entity: Any) -> Any:
        """The statement limited to the rows of an entity that the account may see by the right."""

    def sight(self, account: Any) -> Callable[[Any], bool]:
        """Which of the ways in which a record is held the account may see, asked of each (with its association)."""

    def covers(self, account: Any, person_id: int) -> bool:
        """Whether the account holds, wherever the person does, every right of the person."""

    def is_guarded(self, account: Any) -> bool:
        """Whether the account holds a right for which a second factor can be required."""

    def first_office(self, account: Any) -> str | None:
        """The code of the association whose office the account opens first, if it may open any."""


def public(view: View) -> View:
    """Anybody may open it."""
    return _declare(view, "public")


def signed_in(view: View) -> View:
    """Any account may open it; it shows one's own data only."""
    return _declare(view, "signed_in")


def requires(right: str, *, whole: bool = False) -> Callable[[View], View]:
    """Whoever holds `right` at the association in the address (`/office/<code>/…`) may open it; with `whole` not who
    holds it for a group only.
    """

    def declare(view: View) -> View:
        view.for_the_whole = whole  # type: ignore[attr-defined]
        return _declare(view, right)

    return declare


def _declare(view: View, what: str) -> View:
    view.access = what  # type: ignore[attr-defined]
    return view


def install(app: Flask, rule: Rule) -> None:
    app.extensions["portal.access"] = rule
    app.before_request(_check)


def _check() -> None:
    if request.endpoint is None:
        return  # no such page: the router's own 404 or 405 follows
    if "\0" in request.path:
        abort(404)  # no address holds it, and PostgreSQL would refuse to look for it
    asked = declared()
    if asked == "public" or request.endpoint == "static":
        return
    if asked is None:
        abort(403)
    if not current_user.is_authenticated:
        abort(current_app.extensions["portal.sign_in"]())
    if asked != "signed_in":
        _check_right(asked, whole=_is_for_the_whole())


def declared() -> str | None:
    """What the view of this request declares: "public", "signed_in", or a right."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)


def _is_for_the_whole() -> bool:
    return bool(getattr(current_app.view_functions[str(request.endpoint)], "for_the_whole", False))


def _check_right(right: str, *, whole: bool) -> None:
    """Not yours to see is 404; seen but forbidden is 403."""
    rule = _rule()
    association = rule.place((request.view_args or {})["code"])
    if association is None:
        abort(404)
    g.association = association
    current_app.extensions["portal.office_gate"]()
    if not rule.can(current_user, right, association, whole=whole):
        abort(403 if rule.knows(current_user, association) else 404)


def can(right: str, association: Any | None = None, *, whole: bool = False) -> bool:
    """For views and templates: whether the reader holds `right` at the association (default: this page's), for all
    of it if `whole`, or for a group.
    """
    place = association if association is not None else g.get("association")
    account = current_user._get_current_object()
    if place is None or not account.is_authenticated:
        return False
    return bool(_rule().can(account, right, place, whole=whole))


def reached(right: str) -> Any:
    """The people whom the reader may see by `right`, as a condition for a query."""
    return _rule().reached(current_user._get_current_object(), right)


def visible(statement: Any, right: str, entity: Any) -> Any:
    """The statement limited to the rows of `entity` that the reader may see by `right`."""
    return _rule().visible(statement, current_user._get_current_object(), right, entity)


def sight() -> Callable[[Any], bool]:
    """Which of the ways in which a record is held the reader may see: those at places that the reader's rights reach.

    Load each with its association. Ask for it while the request is at hand; it can be used on while a file is sent.
    """
    return _rule().sight(current_user._get_current_object())


def in_sight(held: Iterable[Any]) -> list[Any]:
    """For templates: those of a person's registrations that the reader may see."""
    return list(filter(sight(), held))


def covers(person_id: int) -> bool:
    """Whether the reader holds every right of the person, so that taking over the account would give nothing new."""
    return _rule().covers(current_user._get_current_object(), person_id)


def is_guarded(account: Any) -> bool:
    """Whether the account holds a right that touches money or other people's rights, anywhere."""
    return _rule().is_guarded(account)


def first_office(account: Any) -> str | None:
    """The code of the association whose office the account opens first."""
    return _rule().first_office(account)


def _rule() -> Rule:
    rule: Rule = current_app.extensions["portal.access"]
    return rule
