"""A file of the store as an answer: whatever a browser makes of it, it may do nothing."""

from __future__ import annotations

from flask import Response, abort, send_file

from portal.core.files import store

# No script, no form, no page of ours around it.
SAFE_FILE = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


def stored_file(key: str, name: str, media_type: str, *, as_attachment: bool = False) -> Response:
    """The file under `key`, called `name`, shown in the page or saved; 404 if it is not there (any more)."""
    if not store.has(key):
        abort(404)
    response = send_file(
        store.path(key), media_type, as_attachment=as_attachment, download_name=name, conditional=True, etag=key
    )
    response.headers.update(SAFE_FILE)
    return response
