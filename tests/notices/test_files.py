"""Files and pictures of a draft: taken in, described, taken out; read by everybody once published."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from portal.core.errors import RuleError
from portal.core.files import store
from portal.notices import attachments, desk, services
from portal.notices.models import NoticeAttachment
from tests.harness.cases import each, either_engine
from tests.notices.rows import BODY, OFFICE, WHO_MAY_NOT, acting, draft

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
REFUSED = {
    "page.html": b"<script>alert(1)</script>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "program.exe": b"MZ\x90\x00",
    "not.pdf": b"<html>%PDF-</html>",
    "letter.docx": b"%PDF-1.7",
    "picture.png": b"\x89PNG\r\n\x1a\nbroken",
    "empty.pdf": b"",
    "no-ending": PDF,
    "twice.pdf.html": PDF,
}


def picture(size: tuple[int, int] = (2400, 1200)) -> bytes:
    """A photo that says where it was taken."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "望江相机"
    Image.new("RGB", size, "darkred").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def notice(cast):
    return draft(cast.secretary, cast.community)


@pytest.fixture
def url(notice) -> str:
    return f"{OFFICE}/{notice.public_id}/files"


def rows(notice) -> list[NoticeAttachment]:
    return list(attachments.list_of(desk.get_draft(notice) or desk.get_current(notice)))


def send(client, url, name, content, **values):
    return client.submit(url, {"file": (io.BytesIO(content), name), **values})


def test_a_document_and_a_picture(cast, sign_in, notice, url):
    """A picture is made smaller and says nothing of the camera; the page shows how large each file is."""
    secretary = sign_in(cast.secretary)
    assert send(secretary, url, "办法 附件1.pdf", PDF).status_code == 303
    assert send(secretary, url, "现场.png", picture(), alternative="活动室门口").status_code == 303
    document, photo = rows(notice)
    assert (document.name, document.size, document.media_type) == ("办法 附件1.pdf", len(PDF), "application/pdf")
    assert (photo.name, photo.width, photo.height, photo.alternative) == ("现场.jpg", 1600, 800, "活动室门口")
    assert not Image.open(io.BytesIO(store.read(photo.key))).getexif()
    page = secretary.page(url)
    assert "办法 附件1.pdf" in page.text
    assert f"![活动室门口](/notices/files/{photo.public_id})" in page.text


def test_published_it_is_read_by_everybody(cast, sign_in, client, notice, url):
    """Before, by those who may read the draft. It can do nothing in a browser; after a withdrawal it is gone."""
    send(sign_in(cast.secretary), url, "附件.pdf", PDF)
    address = f"/notices/files/{rows(notice)[0].public_id}"
    seen = [sign_in(person).get(address).status_code for person in (cast.publisher, cast.sibling, cast.member)]
    assert (client.get(address).status_code, seen) == (404, [200, 404, 404])
    services.publish(acting(cast.secretary), notice, number=1)
    answer = client.get(address)
    assert (answer.data, answer.headers["Content-Disposition"].split(";")[0]) == (PDF, "attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    page = client.page(f"/notices/{notice.public_id}")
    assert page.select_one(".attachments a")["href"] == address
    assert "附件.pdf" in page.select_one(".attachments").text
    services.withdraw(acting(cast.secretary), notice, "有误")
    assert client.get(address).status_code == 404


@either_engine
def test_what_a_browser_would_run_is_refused(cast, sign_in, notice, url):
    secretary = sign_in(cast.secretary)
    before = len(list(store.root.rglob("*.notice*")))
    for name, content in REFUSED.items():
        answer = send(secretary, url, name, content)
        assert (answer.status_code, name in answer.text) == (422, True), name
    assert (rows(notice), len(list(store.root.rglob("*.notice*")))) == ([], before)


@either_engine
@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\文档\a.pdf", "a.pdf"),
        ('x"<b>\n.pdf', "x b .pdf"),
        ("长" * 300 + ".pdf", None),
    ],
)
def test_names_lead_nowhere(given, name):
    found = attachments.clean_name(given)
    assert len(found) <= attachments.NAME
    assert found == name if name else found.endswith("长.pdf")


def test_a_picture_without_words_is_not_published(cast, sign_in, notice, url):
    secretary = sign_in(cast.secretary)
    send(secretary, url, "现场.jpg", picture((40, 20)))
    with pytest.raises(RuleError) as refused:
        services.publish(acting(cast.secretary), notice, number=1)
    assert refused.value.field == "attachments"
    photo = rows(notice)[0]
    assert f"{url}#attachments" in str(secretary.page(f"{OFFICE}/{notice.public_id}/check"))
    assert secretary.submit(f"{url}/{photo.public_id}", {"alternative": "活动室门口"}, page=url).status_code == 303
    services.publish(acting(cast.secretary), notice, number=1)
    assert rows(notice)[0].alternative == "活动室门口"


def test_a_correction_begins_with_the_same_files(cast, sign_in, client, notice, url):
    """Taken out of the correction, it stays with the version that was published; a thrown away one leaves nothing."""
    secretary = sign_in(cast.secretary)
    send(secretary, url, "附件.pdf", PDF)
    services.publish(acting(cast.secretary), notice, number=1)
    before = rows(notice)[0]
    services.begin_correction(acting(cast.secretary), notice)
    same = rows(notice)[0]
    assert (same.key, same.public_id) == (before.key, same.public_id)
    assert same.public_id != before.public_id
    send(secretary, url, "新附件.pdf", PDF + b"\n")
    old, new = before.public_id, rows(notice)[1].key
    kept = before.key
    assert secretary.submit(f"{url}/{same.public_id}/remove", page=url).status_code == 303
    assert client.get(f"/notices/files/{old}").data == PDF
    secretary.submit(f"{OFFICE}/{notice.public_id}/discard")
    assert (store.has(new), store.has(kept)) == (False, True)


def test_whoever_publishes_has_seen_the_files(cast, sign_in, notice, url):
    """The mark of what was checked is another one once a file was added."""
    from portal.notices.drafts import revision_of

    seen = revision_of(notice, desk.get_draft(notice))
    send(sign_in(cast.secretary), url, "附件.pdf", PDF)
    with pytest.raises(RuleError):
        services.publish(acting(cast.secretary), notice, number=1, revision=seen)


@either_engine
@each("who, status", WHO_MAY_NOT)
def test_who_may_not(cast, sign_in, notice, url, who, status):
    answer = sign_in(getattr(cast, who)).force(url, {"file": (io.BytesIO(PDF), "a.pdf")})
    assert answer.status_code == status
    assert rows(notice) == []


@either_engine
def test_not_too_many(cast, notice):
    for number in range(attachments.MOST):
        attachments.attach(acting(cast.secretary), notice, attachments.take_in(f"{number}.pdf", PDF))
    with pytest.raises(RuleError):
        attachments.attach(acting(cast.secretary), notice, attachments.take_in("more.pdf", PDF))


def test_links_are_checked_before_publication(cast, sign_in, db_session):
    body = (
        f"{BODY}\n\n[一](/notices/000000000000) [二](/nowhere) [三](https://example.com/a) [四](/join) [五](example)"
    )
    notice = draft(cast.secretary, cast.community, body=body)
    page = sign_in(cast.secretary).page(f"{OFFICE}/{notice.public_id}/check")
    codes = [code.text for code in page.select(".notice code")]
    assert codes == ["/notices/000000000000", "/nowhere", "example"]
    assert [a["href"] for a in page.select("details.more a")] == ["https://example.com/a"]
    assert db_session.scalar(select(NoticeAttachment.id)) is None
