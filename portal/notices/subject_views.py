"""The federation's list of subjects, where it is changed."""

from __future__ import annotations

from typing import Any

from flask import abort, g
from flask_login import current_user

from portal.associations.topmost import topmost
from portal.core import web
from portal.core.access import requires
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.forms import OrderForm
from portal.core.i18n import _
from portal.notices import index_numbers, subject_queries
from portal.notices import subjects as lists
from portal.notices.blueprint import blueprint
from portal.notices.forms import PlainForm, SubjectForm
from portal.notices.models import NoticeSubject

MANAGE = "associations.manage"


@blueprint.get("/office/<code>/subjects")
@requires(MANAGE)
def manage_subjects(code: str) -> str:
    return _page(OrderForm(formdata=None))


def _page(form: Any) -> str:
    root = topmost()
    return web.page(
        "notices/subjects.html",
        subjects=subject_queries.list_subjects(root.id),
        ended=subject_queries.list_ended_subjects(root.id),
        counts=subject_queries.count_by_subject(root.id),
        scheme=index_numbers.scheme_of(root),
        form=form,
    )


@blueprint.route("/office/<code>/subjects/add", methods=["GET", "POST"])
@requires(MANAGE)
def add_subject(code: str) -> Any:
    root, form = topmost(), SubjectForm()
    if not form.validate_on_submit():
        return web.form_page("notices/subject_form.html", form, subject=None)
    try:
        made = lists.add_subject(current_user, root, str(form.name.data))
    except RuleError as error:
        return web.refused("notices/subject_form.html", form, error, subject=None)
    db.session.commit()
    return web.go(".manage_subjects", _("“%(name)s” was added.", name=made.name))


@blueprint.route("/office/<code>/subjects/<public_id>", methods=["GET", "POST"])
@requires(MANAGE)
def rename_subject(code: str, public_id: str) -> Any:
    subject = _subject(public_id)
    form = SubjectForm(obj=subject)
    if not form.validate_on_submit():
        return web.form_page("notices/subject_form.html", form, subject=subject)
    try:
        lists.rename_subject(current_user, subject, str(form.name.data))
    except RuleError as error:
        return web.refused("notices/subject_form.html", form, error, subject=_subject(public_id))
    db.session.commit()
    return web.go(".manage_subjects", _("The name was changed."))


@blueprint.post("/office/<code>/subjects/<public_id>/order")
@requires(MANAGE)
def order_subject(code: str, public_id: str) -> Any:
    """One step up or down in the list."""
    subject, form = _subject(public_id), OrderForm()
    if not form.validate_on_submit():
        abort(400)
    lists.order_subject(current_user, topmost(), subject, up=form.is_up)
    db.session.commit()
    return web.go(".manage_subjects", _anchor=f"subject-{public_id}")


@blueprint.route("/office/<code>/subjects/<public_id>/end", methods=["GET", "POST"])
@requires(MANAGE)
def end_subject(code: str, public_id: str) -> Any:
    """Asks once more: nothing new is filed under it."""
    subject, form = _subject(public_id), PlainForm()
    held = subject_queries.count_by_subject(topmost().id).get(subject.id, 0)
    if not form.validate_on_submit():
        return web.form_page("notices/subject_end.html", form, subject=subject, held=held)
    lists.end_subject(current_user, subject)
    db.session.commit()
    return web.go(".manage_subjects", _("“%(name)s” cannot be chosen any more.", name=subject.name))


@blueprint.post("/office/<code>/subjects/<public_id>/restore")
@requires(MANAGE)
def restore_subject(code: str, public_id: str) -> Any:
    """What had ended can be chosen again."""
    subject = _subject(public_id, ended=True)
    try:
        lists.restore_subject(current_user, topmost(), subject)
    except RuleError as error:
        web.undo()
        form = OrderForm(formdata=None)
        form.refuse(error)
        g.form_failed = True
        return _page(form), 422
    db.session.commit()
    return web.go(".manage_subjects", _("“%(name)s” can be chosen again.", name=subject.name))


def _subject(public_id: str, *, ended: bool = False) -> NoticeSubject:
    found = subject_queries.get_subject(topmost().id, public_id)
    return found if found is not None and (found.ended_on is not None) == ended else abort(404)
