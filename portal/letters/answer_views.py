"""Published answers: what others asked, and what they were told, without names."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request

from portal.associations.queries import get_association
from portal.core.access import public
from portal.core.drawn import public_page
from portal.core.i18n import locale
from portal.core.paging import page_number, paginate
from portal.core.text import is_chinese, printable
from portal.letters import queries
from portal.letters.blueprint import blueprint
from portal.letters.deadlines import day_of
from portal.letters.models import LetterKind
from portal.transparency import queries as transparency

TITLE = 40  # characters of the question that stand for it in a list


@blueprint.get("/letters/answers", strict_slashes=False)
@public
def answers() -> Response | str:
    """The latest first, of all associations or of one and those below it, by words in question and answer."""
    words = " ".join(printable(request.args.get("q", ""))[:60].split())
    code = request.args.get("association", "")
    place = (get_association(code) or abort(404)) if code else None
    page = paginate(queries.list_published(place.path if place else None, words), page_number(), scalars=False)
    values = (tuple(map(tuple, page.rows)), page.number, page.total, place.code if place else "")
    shown = {
        "page": page,
        "q": words,
        "place": place,
        "kinds": LetterKind.labels(),
        "title_of": title_of,
        "day_of": day_of,
    }
    return public_page("letters/answers.html", values, lambda: shown)


@blueprint.get("/letters/answers/<public_id>")
@public
def answer_page(public_id: str) -> Response | str:
    """A question with its answer, and since when it stands so."""
    found = queries.get_published(public_id) or abort(404)
    proof = transparency.proof_of(public_id)

    def context() -> dict[str, Any]:
        lang = "zh" if locale() == "en" and is_chinese(found.public_question) else None
        kinds = LetterKind.labels()
        return {"found": found, "proof": proof, "title": title_of(found), "lang": lang, "kinds": kinds}

    return public_page("letters/answer.html", (tuple(found), tuple(proof) if proof else ()), context)


def title_of(found: Any) -> str:
    """The beginning of the question."""
    line = " ".join(found.public_question.split())
    return line if len(line) <= TITLE else f"{line[: TITLE - 1]}…"
