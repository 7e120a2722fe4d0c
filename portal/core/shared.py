"""What everybody gets alike: a browser or a proxy may keep it, and asks with its mark whether it still holds.

Only what a view declares is shared, for visitors who are not signed in; every other answer is private to its reader,
and what was made for somebody who is signed in is kept nowhere (web.py). A page is asked for anew each time, so that
what was withdrawn is out of sight at once; a proxy in front of the portal may answer a flood from one page for PROXY
seconds. Feeds and files may be some minutes old.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from flask import Response, current_app, g, make_response, request, session
from flask_login import current_user

PROXY = 5
MINUTES = 300  # of a feed or a file that programs fetch again and again
PAGE = f"public, max-age=0, s-maxage={PROXY}"
FILE = f"public, max-age={MINUTES}, stale-while-revalidate={MINUTES * 12}"
View = Callable[..., Any]


def shared(view: View) -> View:
    """A page that is the same for every visitor; it stands under @public."""
    return _sharing(view, PAGE)


def shared_file(view: View) -> View:
    """A feed or a file that is the same for every visitor; it may be some minutes old."""
    return _sharing(view, FILE)


def is_for_everybody() -> bool:
    """Whether this visitor gets what all get: not signed in, no message waiting, no form's token on the page."""
    token = current_app.config["WTF_CSRF_FIELD_NAME"]
    is_own = current_user.is_authenticated or session.modified or set(session) - {"csrf_token"}
    return not is_own and token not in g


def mark_of(content: bytes) -> str:
    """The mark of what is handed out: other content has another one, on every worker alike."""
    return blake2b(content, digest_size=12).hexdigest()


def marked(mark: str, make: Callable[[], Response], life: str = PAGE) -> Response:
    """The answer with its mark, or 304 for whoever has that already: then nothing is made."""
    is_known = request.if_none_match.contains_weak(mark)
    response = Response(status=304) if is_known else make()
    response.set_etag(mark, weak=True)  # weak: it is sent packed in one way or another
    response.headers["Cache-Control"] = life
    return response


def share(answer: Any, life: str = PAGE) -> Response:
    """An answer with the mark of its content, if it is one for everybody."""
    response: Response = make_response(answer)
    if response.status_code != 200 or not is_for_everybody():
        return response
    if response.is_streamed:
        response.headers["Cache-Control"] = life
        return response
    return marked(mark_of(response.get_data()), lambda: response, life)


def _sharing(view: View, life: str) -> View:
    @wraps(view)
    def answer(*args: Any, **values: Any) -> Response:
        return share(view(*args, **values), life)

    return answer
