"""Hostile names and descriptions of files (`make soak`: all sixty): on no page, in no header more than words."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from portal.notices import attachments, desk, services
from tests.harness.soaking import SOAKING
from tests.notices.payloads import PAYLOADS, dangers
from tests.notices.rows import OFFICE, acting, draft
from tests.notices.test_files import PDF, picture

# The pages are the same whichever database keeps the names.
pytestmark = pytest.mark.engines("sqlite")
SENT = PAYLOADS if SOAKING else PAYLOADS[::5]  # the short form sends some of every kind
NAMES = [*SENT, "a\r\nSet-Cookie: a=b", 'a"; filename="b.html', "../../etc/passwd", "a\0b", "\u202efdp.exe"]


def as_browsers_send_it(name: str) -> str:
    """Quotes and line ends would end the header that the name stands in (HTML, multipart form data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").replace("\0", "")


@pytest.mark.soak
def test_names_through_the_form(cast, sign_in, client):
    """Sent as a browser sends them, twenty at once; read in the office and in public, and fetched."""
    secretary = sign_in(cast.secretary)
    for start in range(0, len(NAMES), attachments.MOST):
        notice = draft(cast.secretary, cast.community)
        url, names = f"{OFFICE}/{notice.public_id}/files", NAMES[start : start + attachments.MOST]
        files = [(io.BytesIO(PDF), f"{as_browsers_send_it(name)}x.pdf") for name in names]
        answer = secretary.submit(url, {"file": files})
        assert answer.status_code == 303, answer.text
        services.publish(acting(cast.secretary), notice, number=1)
        pages = [secretary.get(f"{OFFICE}/{notice.public_id}"), client.get(f"/notices/{notice.public_id}")]
        assert [dangers(page.text) for page in pages] == [[], []]
        kept = attachments.list_of(desk.get_current(notice))
        assert len(kept) == len(names)
        for row in kept[:: 1 if start else 5]:
            assert row.name.endswith(".pdf"), row.name
            answer = client.get(f"/notices/files/{row.public_id}")
            assert answer.headers["Content-Disposition"].startswith("attachment; filename")
            assert (answer.mimetype, "Set-Cookie" in answer.headers) == ("application/pdf", False)
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_names_of_files_that_are_refused(cast, sign_in):
    """What was sent and is none of what may be is named on the page that says so."""
    secretary, url = sign_in(cast.secretary), f"{OFFICE}/{draft(cast.secretary, cast.community).public_id}/files"
    for name in (PAYLOADS[8], PAYLOADS[5], PAYLOADS[-2]):
        answer = secretary.submit(url, {"file": [(io.BytesIO(b"MZ\0\0"), f"{as_browsers_send_it(name)}.exe")]})
        assert (answer.status_code, dangers(answer.text)) == (422, [])


@pytest.mark.soak
def test_descriptions_of_pictures(cast, sign_in, client):
    """In the office's list, in the line to copy, and in the text, put there as Markdown."""
    secretary, sent = sign_in(cast.secretary), attachments.take_in("现场.jpg", picture((40, 20)))
    for start in range(0, len(SENT), attachments.MOST):
        notice = draft(cast.secretary, cast.community)
        actor = acting(cast.secretary)
        rows = [
            attachments.attach(actor, notice, replace(sent, name=f"{number}.jpg"), payload)
            for number, payload in enumerate(SENT[start : start + attachments.MOST])
        ]
        desk.get_draft(notice).body += "".join(
            f"\n\n![{row.alternative}](/notices/files/{row.public_id})" for row in rows if row.public_id
        )
        files = secretary.get(f"{OFFICE}/{notice.public_id}/files")
        services.publish(acting(cast.secretary), notice, number=1)
        page = client.page(f"/notices/{notice.public_id}")
        assert [dangers(files.text), dangers(str(page))] == [[], []]
        assert page.select(".prose img, .attachments a")


def test_control_a_name_that_is_not_cleaned_is_seen(cast, client):
    """Let through as it is and shown as if it were safe."""
    notice = draft(cast.secretary, cast.community)
    sent = replace(attachments.take_in("a.pdf", PDF), name=PAYLOADS[8])
    attachments.attach(acting(cast.secretary), notice, sent)
    services.publish(acting(cast.secretary), notice, number=1)
    loader = client.application.jinja_env.loader
    source = loader.get_source(client.application.jinja_env, "notices/_attachments.html")[0]
    made = client.application.jinja_env.from_string(source.replace("{{ file.name }}", "{{ file.name|safe }}"))
    with client.application.test_request_context():
        html = made.render(attachments=attachments.shown(notice.id, 1))
    assert dangers(html)
