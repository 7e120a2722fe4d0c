"""The office of a federation changes a list that it keeps: one page, and what is done from it to one of the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any, Generic, TypeVar

from flask import Blueprint, abort
from flask_login import current_user

from portal.associations import list_queries
from portal.associations.lists import Kept
from portal.associations.models import Association, Listed
from portal.associations.topmost import topmost
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm, OrderForm
from portal.core.i18n import lazy

MANAGE = "associations.manage"
Row = TypeVar("Row", bound=Listed)


@dataclass(frozen=True)
class Told:
    """What is said once something was done."""

    added: Any
    renamed: Any
    ended: Any
    restored: Any


TOLD = Told(
    lazy("“%(name)s” was added."),
    lazy("The name was changed."),
    lazy("“%(name)s” cannot be chosen any more."),
    lazy("“%(name)s” can be chosen again."),
)


@dataclass(frozen=True, kw_only=True)
class Desk(Generic[Row]):
    """A list at its address beneath the office; elsewhere than at the topmost association there is no such page.

    The pages are `<noun>s.html`, `<noun>_form.html` and `<noun>_end.html` of the room's templates. `counts` says how
    many things name each; `shown` is what else the page of the list shows.
    """

    blueprint: Blueprint
    address: str
    kept: Kept[Row]
    counts: Callable[[int], Mapping[int, int]]
    shown: Callable[[Association], dict[str, Any]]
    new_form: type[BaseForm]
    form: type[BaseForm]
    add: Callable[[Association, Any], Row]
    rename: Callable[[Row, Any], None]
    told: Told = TOLD

    def open(self) -> None:
        """Gives the list its addresses."""
        noun, one = self.kept.noun, "/<public_id>"
        both = ("GET", "POST")
        self._serve(f"manage_{noun}s", "", self._manage, ("GET",))
        self._serve(f"add_{noun}", "/add", self._add, both)
        self._serve(f"rename_{noun}", one, self._rename, both)
        self._serve(f"order_{noun}", f"{one}/order", self._order, ("POST",))
        self._serve(f"end_{noun}", f"{one}/end", self._end, both)
        self._serve(f"restore_{noun}", f"{one}/restore", self._restore, ("POST",))

    def _serve(self, endpoint: str, rest: str, view: Callable[..., Any], methods: tuple[str, ...]) -> None:
        address, served = f"/office/<code>/{self.address}{rest}", update_wrapper(partial(view), view)
        self.blueprint.add_url_rule(address, endpoint, requires(MANAGE)(served), methods=methods)

    def page(self, place: Association) -> dict[str, Any]:
        """What the page of the list needs, seen from any place of the federation, beside the form of its buttons."""
        root_id = place.path_ids[0]
        ended = list_queries.ended(self.kept.model, root_id)
        return {"ended": ended, "counts": self.counts(root_id), **self.shown(place)}

    def _manage(self, code: str) -> str:
        return web.page(self._template("s"), form=OrderForm(formdata=None), **self.page(topmost()))

    def _add(self, code: str) -> Any:
        root, form = topmost(), self.new_form()
        if not form.validate_on_submit():
            return web.form_page(self._template("_form"), form, row=None)
        try:
            row = self.add(root, form)
        except RuleError as error:
            return web.refused(self._template("_form"), form, error, row=None)
        return self._done(self.told.added, row)

    def _rename(self, code: str, public_id: str) -> Any:
        row = self._get(public_id)
        form = self.form(obj=row)
        if not form.validate_on_submit():
            return web.form_page(self._template("_form"), form, row=row)
        try:
            self.rename(row, form)
        except RuleError as error:
            return web.refused(self._template("_form"), form, error, row=self._get(public_id))
        return self._done(self.told.renamed, row)

    def _order(self, code: str, public_id: str) -> Any:
        """One step up or down in the list."""
        row, form = self._get(public_id), OrderForm()
        if not form.validate_on_submit():
            abort(400)
        self.kept.order(current_user, row, up=form.is_up)
        db.session.commit()
        return web.go(f".manage_{self.kept.noun}s", _anchor=f"{self.kept.noun}-{public_id}")

    def _end(self, code: str, public_id: str) -> Any:
        """Asks once more: it is not chosen any more."""
        row, form = self._get(public_id), BaseForm()
        held = self.counts(topmost().id).get(row.id, 0)
        if not form.validate_on_submit():
            return web.form_page(self._template("_end"), form, row=row, held=held)
        try:
            self.kept.end(current_user, row)
        except RuleError as error:
            return web.refused(self._template("_end"), form, error, row=self._get(public_id), held=held)
        return self._done(self.told.ended, row)

    def _restore(self, code: str, public_id: str) -> Any:
        """What had ended can be chosen again."""
        row = self._get(public_id, ended=True)
        try:
            self.kept.restore(current_user, row)
        except RuleError as error:
            page = self.page(topmost())
            return web.refused(self._template("s"), OrderForm(formdata=None), error, **page)
        return self._done(self.told.restored, row)

    def _done(self, told: Any, row: Row) -> Any:
        db.session.commit()
        return web.go(f".manage_{self.kept.noun}s", str(told) % {"name": row.name})

    def _get(self, public_id: str, *, ended: bool = False) -> Row:
        row = list_queries.get(self.kept.model, topmost().id, public_id)
        return row if row is not None and (row.ended_on is not None) == ended else abort(404)

    def _template(self, rest: str) -> str:
        return f"{self.kept.room}/{self.kept.noun}{rest}.html"
