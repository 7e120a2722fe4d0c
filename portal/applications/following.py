"""Following what was sent by its reference, without an account: the machine behind /join/follow and its sisters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Response, abort, make_response, request

from portal.accounts import attempts
from portal.applications.drafts import meant
from portal.applications.interview import private
from portal.core import web
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm

Form = TypeVar("Form")


@dataclass(frozen=True, kw_only=True)
class Following(Generic[Form]):
    """One kind of what is sent. The blueprint `name` has the page stands, its folder the page where one looks."""

    name: str
    counted_as: str  # under this name guesses are counted, by the address they come from
    by_reference: Callable[[str], Form | None]
    form: type[BaseForm]
    missing: Any  # what is said of every reference that is none

    def find(self) -> Any:
        """Look for a reference. Guessing is slowed; every unknown one gets the same answer."""
        form = self.form()
        if not form.validate_on_submit():
            return web.invalid(self._page, form)
        try:
            attempt_id = attempts.begin(f"{self.counted_as} {request.remote_addr}", request.remote_addr)
        except attempts.TooSoon as error:
            return *web.refused(self._page, form, error)[:1], 429, {"Retry-After": str(error.seconds)}
        found: Any = self._found(form["reference"].data or "")
        if found is not None:
            attempts.succeed(attempt_id)
        db.session.commit()
        return web.go(f"{self.name}.stands", reference=found.reference) if found else self._unknown(form, 422)

    def load(self, reference: str) -> Form:
        """What was sent under a reference; otherwise 404, in the same words for all."""
        return self._found(reference) or abort(self._unknown(self.form(formdata=None), 404))

    def _found(self, reference: str) -> Form | None:
        return self.by_reference(meant(reference))

    def _unknown(self, form: BaseForm, status: int) -> Response:
        form.refuse(RuleError("reference", self.missing))
        return private(make_response(web.invalid(self._page, form)[0], status))

    @property
    def _page(self) -> str:
        return f"{self.name}/follow.html"
