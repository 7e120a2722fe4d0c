"""Asking one question a page, what was said being kept for a day: the machine of /join, /volunteer and /letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, request

from portal.applications import drafts, limits
from portal.applications.answers import Answers, may_open, put
from portal.core import text, web
from portal.core.access import public
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import BaseForm
from portal.core.i18n import _, locale
from portal.people.queries import current_notice, version_in_force


class SendForm(BaseForm):
    """Nothing but the wish to send, withdraw or delete."""


@dataclass(frozen=True, kw_only=True)
class Interview:
    """What is asked and how, at the addresses that `open` gives it; the blueprint itself has start and sent.

    `own` names the questions whose templates lie in the feature's own folder; the others are those of /join.
    """

    blueprint: Blueprint
    address: str
    asks: str  # the word of the address before a question
    cookie: str
    forms: Mapping[str, type[BaseForm]]
    own: tuple[str, ...]
    steps: Callable[[Answers], list[str]]  # the questions in their order, for the answers given so far
    first_open: Callable[[Answers, int], str | None]  # the first without an answer, under a version of the notice
    form_of: Callable[..., Any]
    given: Callable[[str, Any, Answers], dict[str, Any]]
    around: Callable[[str, Answers], dict[str, Any]]
    apply: Callable[[Answers, str], Any]  # make of the answers what was sent, under a reference
    find: Callable[[str], Any]  # what was sent under a reference
    tell: Callable[[Any], None]
    needs_notice: bool = True  # nothing is asked while no privacy notice is in force
    count_sent: Callable[[str | None], None] = limits.count_sent
    count_begun: Callable[[str | None], None] = limits.count_begun

    def open(self) -> None:
        """Gives it its addresses."""
        self._serve("question", f"/{self.asks}/<step>", self._question, "GET")
        self._serve("give_answer", f"/{self.asks}/<step>", self._give_answer, "POST")
        self._serve("check", "/check", self._check, "GET")
        self._serve("send", "/send", self._send, "POST")
        self._serve("forget", "/forget", self._forget, "POST")

    def _serve(self, endpoint: str, rest: str, view: Callable[..., Response], method: str) -> None:
        served = public(update_wrapper(partial(view), view))
        self.blueprint.add_url_rule(f"{self.address}{rest}", endpoint, served, methods=[method])

    @property
    def name(self) -> str:
        return self.blueprint.name

    def answers(self) -> Answers:
        """What was said so far on this device."""
        return drafts.load(self._token())

    def _question(self, step: str) -> Response:
        """One question, with the answer given before; who jumps ahead comes to the first one without an answer."""
        answers = self._opened(step)
        form = self.form_of(step, answers, is_sent=False)
        return private(web.page(self._template(step), form=form, **self._around(step, answers)))

    def _give_answer(self, step: str) -> Response:
        """Keep an answer and go on to the next question without one, or to the check."""
        answers = self._opened(step)
        form = self.form_of(step, answers, is_sent=True)
        if not form.validate_on_submit():
            return private(web.invalid(self._template(step), form, **self._around(step, answers)))
        try:
            answers = put(answers, step, self.given(step, form, answers))
            token = self._keep(answers)
        except RuleError as error:
            return private(web.refused(self._template(step), form, error, **self._around(step, answers)))
        db.session.commit()
        return self._remember(self._go_on(answers), token)

    def _check(self) -> Response:
        """Everything that was said, each with the way to change it."""
        answers = self.answers()
        if self.first_open(answers, version_in_force()):
            return self._go_on(answers)
        return private(web.page(f"{self.name}/check.html", form=SendForm(), **self._around("check", answers)))

    def _send(self) -> Response:
        """Send the answers. Sent twice, it is one sending under one reference."""
        token = self._token() or drafts.new_token()
        answers, reference = drafts.load(token), drafts.reference_of(token)
        if not drafts.drop(token):
            return self._go("sent", reference=reference) if self.find(reference) else self._go("start")
        if self.first_open(answers, version_in_force()):
            web.undo()
            return self._go_on(answers)
        try:
            self.count_sent(request.remote_addr)
            self.apply(answers, reference).language = locale()
        except RuleError as error:
            page = web.refused(f"{self.name}/check.html", SendForm(), error, **self._around("check", answers))
            return private(page)
        db.session.commit()
        self.tell(self.find(reference))
        return self._go("sent", reference=reference)

    def _forget(self) -> Response:
        """Delete what was typed, here and on the server: for a computer that others use too."""
        drafts.drop(self._token())
        db.session.commit()
        response = web.go(
            f"{self.name}.start", _("What you typed was deleted. Nothing of it is left on this device.")
        )
        is_host = self._cookie().startswith("__Host-")
        response.delete_cookie(self._cookie(), secure=is_host, httponly=True, samesite="Lax")
        return response

    def _opened(self, step: str) -> Answers:
        """The answers so far, if this question can be asked now."""
        if step not in self.forms:
            abort(404)
        answers, version = self.answers(), version_in_force()
        if not version and self.needs_notice:
            abort(self._go("start"))
        if not may_open(step, self.steps(answers), self.first_open(answers, version)):
            abort(self._go_on(answers))
        return answers

    def _around(self, step: str, answers: Answers) -> dict[str, Any]:
        """What stands around a question: how far one is, and what the page of this one needs."""
        steps = self.steps(answers)
        context: dict[str, Any] = {
            "interview": self.name,
            "step": step,
            "answers": answers,
            "steps": steps,
            "number": steps.index(step) + 1 if step in steps else len(steps),
        }
        if step == "consents":
            notice = current_notice(locale())
            context.update(notice=notice, html=text.render(notice.body) if notice else "")
        return context | self.around(step, answers)

    def _template(self, step: str) -> str:
        return f"{self.name if step in self.own else 'applications'}/ask_{step}.html"

    def _go(self, page: str, **values: Any) -> Response:
        return web.go(f"{self.name}.{page}", **values)

    def _go_on(self, answers: Answers) -> Response:
        step = self.first_open(answers, version_in_force())
        return self._go("question", step=step) if step else self._go("check")

    def _keep(self, answers: Answers) -> str:
        """Keep the answers under the visitor's token, or a new one. A token that was sent with is used up."""
        token = self._token()
        if token is None or not drafts.load(token):
            self.count_begun(request.remote_addr)
            token = drafts.new_token()
        drafts.keep(token, answers)
        return token

    def _token(self) -> str | None:
        return request.cookies.get(self._cookie())

    def _cookie(self) -> str:
        """Its name; the browser sends it only back to us, and no script reads it."""
        return f"__Host-{self.cookie}" if current_app.extensions["portal.settings"].is_https else self.cookie

    def _remember(self, response: Response, token: str) -> Response:
        name, seconds = self._cookie(), int(drafts.KEPT.total_seconds())
        is_host = name.startswith("__Host-")
        response.set_cookie(name, token, max_age=seconds, secure=is_host, httponly=True, samesite="Lax", path="/")
        return response


def private(answer: Any) -> Response:
    """What somebody typed is kept by no cache, and Back asks for it anew."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response
