"""The privacy notice: what is in force, every version, and a new one by the topmost association."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request
from flask_login import current_user

from portal.core import text, web
from portal.core.access import public, requires
from portal.core.calendar import today
from portal.core.database import db
from portal.core.errors import RuleError
from portal.core.i18n import _, locale
from portal.core.shared import shared
from portal.people import queries, services
from portal.people.forms import NoticeForm
from portal.people.views import blueprint
from portal.settings import LANGUAGES

MOST_VERSIONS = 9_999


@blueprint.get("/privacy")
@public
@shared
def privacy() -> str:
    """The notice in force, or with ?version= an earlier one, for whoever agreed to that."""
    version = request.args.get("version", type=int)
    if version is not None and not 0 < version <= MOST_VERSIONS:
        abort(404)
    notice = queries.get_notice(version, locale()) if version else queries.current_notice(locale())
    if version and notice is None:
        abort(404)
    return web.page(
        "people/privacy.html",
        notice=notice,
        html=text.render(notice.body) if notice else "",
        versions=queries.list_notices(locale()),
    )


@blueprint.route("/office/<code>/privacy", methods=["GET", "POST"])
@requires("associations.manage")
def write_notice(code: str) -> Any:
    """A new version, by the topmost association for all; begun from the version in force."""
    if g.association.parent_id is not None:
        abort(404)
    form = NoticeForm(data=_begun()) if request.method == "GET" else NoticeForm()
    if request.method == "GET":
        return web.page("people/write_notice.html", form=form, version=queries.last_notice_version())
    if not form.validate():
        return web.invalid("people/write_notice.html", form, version=queries.last_notice_version())
    bodies = {language: form[_field(language)].data or "" for language in LANGUAGES}
    try:
        version = services.publish_notice(current_user, bodies, form.effective_on.data or today())
    except RuleError as error:
        return web.refused("people/write_notice.html", form, error, version=queries.last_notice_version())
    db.session.commit()
    return web.go("people.privacy", _("Version %(version)s of the privacy notice is kept.", version=version))


def _field(language: str) -> str:
    return language.replace("-", "_").lower()


def _begun() -> dict[str, Any]:
    """What the form begins with: the newest version, or the text that the portal brings."""
    newest, brought = queries.last_notice_version(), services.default_notice()
    kept = {language: queries.get_notice(newest, language) for language in LANGUAGES}
    bodies = {_field(language): (row.body if row else brought[language]) for language, row in kept.items()}
    return {**bodies, "effective_on": today()}
