"""Photos: nothing of where they were taken, nobody in public without consent, nobody's lock held while resizing."""

from __future__ import annotations

import io
import os
import struct
import threading
import time
import zlib

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from portal.activities import uploads
from portal.activities.models import ActivityLog, ActivityParticipant, ActivityPhoto
from portal.core.audit import AuditEntry
from portal.core.calendar import now
from portal.core.database import db
from portal.core.files import store
from tests.activities.rows import NEW, agree, entry, logs, make_log, make_photo, picture, upload, who
from tests.harness.cases import each, either_engine
from tests.harness.client import client_of, form_to, form_values

BASE = "/office/wangjiang/activities"
GPS = 0x8825


def photos():
    return db.session.query(ActivityPhoto).order_by(ActivityPhoto.id).all()


def address(photo, size="full"):
    return f"/activities/photos/{photo.public_id}/{size}.jpg"


def located():
    """A photo that says where and with what it was taken, in three ways, lying on its side."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "A camera", 6
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 9.0, 0.0)})
    return picture(size=(640, 480), exif=exif, comment=b"at home", xmp=b"<x:xmpmeta>at home</x:xmpmeta>")


@either_engine
def test_where_it_was_taken_is_removed(cast, sign_in):
    client = sign_in(cast.secretary)
    assert client.submit(NEW, entry(photos=upload(located()))).status_code == 303
    (photo,) = photos()
    for size, width in (("full", 480), ("thumb", 360)):
        content = client.get(address(photo, size)).data
        with Image.open(io.BytesIO(content)) as kept:
            assert (kept.format, dict(kept.getexif()), kept.width) == ("JPEG", {}, width)
            assert not {"comment", "xmp"} & set(kept.info)
        assert b"A camera" not in content
        assert b"at home" not in content
    assert (photo.width, photo.height) == (480, 640)


def test_a_control_finds_where_it_was_taken():
    assert located().count(b"at home") == 2
    with Image.open(io.BytesIO(located())) as taken:
        assert taken.getexif().get_ifd(GPS)


@pytest.mark.engines("sqlite")  # how much may be sent is settled before a database is asked
def test_two_photos_as_large_as_a_phone_s_are_taken(cast, sign_in, client):
    """Together they are more than other forms may hold; somebody who is not signed in may not send so much."""
    photo = picture() + bytes(5 * 1024 * 1024)
    files = [upload(photo, f"{n}.jpg") for n in range(2)]
    assert sign_in(cast.secretary).submit(NEW, entry(photos=files)).status_code == 303
    assert len(photos()) == 2
    files = [upload(photo, f"{n}.jpg") for n in range(2)]
    assert client.force(NEW, entry(photos=files)).status_code == 413


def claiming(width, height):
    """A small PNG whose head says that it is large: what a bomb looks like before it is unpacked."""
    content = picture("PNG")
    head = b"IHDR" + struct.pack(">II", width, height) + content[24:29]
    return content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]


@either_engine
def test_a_large_photo_is_made_smaller(cast, sign_in):
    client = sign_in(cast.secretary)
    client.submit(NEW, entry(photos=upload(picture(size=(3000, 1500)))))
    (photo,) = photos()
    assert (photo.width, photo.height) == (1600, 800)


@either_engine
def test_a_photo_of_too_many_pixels_is_refused(cast, sign_in):
    huge = upload(claiming(9000, 7000), "huge.png")
    answer = sign_in(cast.secretary).submit(NEW, entry(photos=huge))
    assert answer.status_code == 422
    assert "huge.png" in answer.text
    assert photos() == []


@either_engine
def test_a_polyglot_is_only_a_picture_afterwards(cast, sign_in):
    script = b"<script>alert(1)</script>"
    client = sign_in(cast.secretary)
    client.submit(NEW, entry(photos=upload(picture() + script, "../../x.html")))
    (photo,) = photos()
    answer = client.get(address(photo))
    assert script not in answer.data
    assert answer.mimetype == "image/jpeg"


@either_engine
@each("content", [b"", b"GIF89a" + bytes(40), b"%PDF-1.7", b"<svg/>", picture()[:100]])
def test_what_is_no_photo_is_refused_and_the_rest_is_kept(cast, sign_in, content):
    answer = sign_in(cast.secretary).submit(NEW, entry(photos=[upload(content, "x.jpg"), upload()]))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert "x.jpg" in page.select_one(".summary").text
    assert len(page.select("input[name=pending]")) == 1
    assert logs() == []


def test_without_a_statement_a_photo_stays_in_the_office(cast, sign_in, client):
    sign_in(cast.secretary).submit(NEW, entry(photos=upload()))
    assert client.get(address(photos()[0])).status_code == 404
    page = client.page(f"/activities/{logs()[0].public_id}")
    assert page.select(".gallery img") == []


def test_who_has_not_agreed_is_named_before_anything_is_public(cast, sign_in, client):
    secretary = sign_in(cast.secretary)
    agree(who(cast.volunteer))
    people = [who(cast.member).public_id, who(cast.volunteer).public_id]
    filled = entry(person=people, photos=upload(), photos_agreed="y")
    answer = secretary.submit(NEW, filled)
    assert answer.status_code == 422
    line = BeautifulSoup(answer.text, "html.parser").select_one(".summary").text
    assert "王秀英" in line
    assert "陈晓明" not in line
    kept = form_values(form_to(BeautifulSoup(answer.text, "html.parser"), NEW, NEW))
    assert secretary.post(NEW, data={**kept, "photos_absent": "y"}).status_code == 303
    (photo,) = photos()
    assert photo.is_public
    assert client.get(address(photo)).status_code == 200
    stated = {row.person_id: row.not_pictured for row in db.session.query(ActivityParticipant)}
    assert stated == {cast.member.person_id: True, cast.volunteer.person_id: False}


def test_a_withdrawn_consent_takes_the_photo_out_at_once(cast, sign_in, client):
    consent = agree(who(cast.member))
    filled = entry(person=[who(cast.member).public_id], photos=upload(), photos_agreed="y")
    secretary = sign_in(cast.secretary)
    assert secretary.submit(NEW, filled).status_code == 303
    (photo,) = photos()
    url = address(photo)
    assert client.get(url).status_code == 200
    consent.withdrawn_at = now()
    assert client.get(url).status_code == 404
    assert client.page(f"/activities/{logs()[0].public_id}").select(".gallery img") == []
    shown = secretary.page(f"{BASE}/{logs()[0].public_id}")
    assert "待本人同意" in shown.text
    assert secretary.get(url).status_code == 200


def test_somebody_added_later_is_asked_about_too(cast, sign_in):
    log = make_log(cast.community)
    make_photo(log)
    url = f"{BASE}/{log.public_id}/edit"
    changed = {"person": [who(cast.member).public_id], "reason": "漏记"}
    client = sign_in(cast.secretary)
    answer = client.submit(url, changed)
    assert answer.status_code == 422
    assert "王秀英" in BeautifulSoup(answer.text, "html.parser").select_one(".summary").text
    assert client.submit(url, {**changed, "photos_absent": "y"}).status_code == 303


def test_photos_are_added_to_an_entry(cast, sign_in):
    log = make_log(cast.community)
    url = f"{BASE}/{log.public_id}/photos"
    client = sign_in(cast.secretary)
    assert client.submit(url, {"photos": [upload(), upload()], "photos_agreed": "y"}).status_code == 303
    assert [photo.is_public for photo in photos()] == [True, True]
    assert client.submit(url).status_code == 422
    assert client.submit(url, {"photos": upload(b"x", "x.jpg")}).status_code == 422
    assert len(photos()) == 2


def test_a_photo_is_described_published_and_removed(cast, sign_in, client):
    log = make_log(cast.community, (who(cast.member),))
    photo = make_photo(log, is_public=False)
    secretary, url = sign_in(cast.secretary), f"{BASE}/{log.public_id}/photos/{photo.public_id}"
    seen, keys = address(photo), [photo.key, photo.thumb_key]
    assert secretary.submit(url, {"caption": "扫后", "photos_agreed": "y"}).status_code == 422
    changed = {"caption": "扫后", "photos_agreed": "y", "photos_absent": "y"}
    assert secretary.submit(url, changed).status_code == 303
    assert (photos()[0].caption, client.get(seen).status_code) == ("扫后", 200)
    assert secretary.submit(url, {"photos_agreed": None, "photos_absent": None}).status_code == 303
    assert client.get(seen).status_code == 404
    assert secretary.submit(url, {"caption": "长" * 121}).status_code == 422
    assert secretary.submit(f"{url}/remove", page=url).status_code == 303
    assert photos() == []
    assert not any(store.path(key).exists() for key in keys)
    assert secretary.force(f"{url}/remove").status_code == 404
    written = [name for (name,) in db.session.query(AuditEntry.action).order_by(AuditEntry.id)]
    assert written == ["activities.change_photo"] * 2 + ["activities.remove_photo"]


@either_engine
def test_who_may_not(cast, sign_in):
    log = make_log(cast.community)
    photo = make_photo(log)
    base = f"{BASE}/{log.public_id}/photos"
    urls = (base, f"{base}/{photo.public_id}", f"{base}/{photo.public_id}/remove", f"{BASE}/photos")
    expected = {"treasurer": 403, "sibling": 404, "member": 404, "ended": 404}
    for name, status in expected.items():
        client = sign_in(getattr(cast, name))
        found = [client.force(url, {"photos": upload(), "caption": "x"}).status_code for url in urls]
        assert (name, found) == (name, [status] * 4)
    leader = sign_in(cast.leader)  # may log, but not in this entry
    found = [leader.force(url, {"photos": upload(), "caption": "x"}).status_code for url in urls]
    assert found == [404, 404, 404, 200]
    assert [one.caption for one in photos()] == [""]


@either_engine
def test_not_signed_in(cast, client):
    log = make_log(cast.community)
    for url in (f"{BASE}/{log.public_id}/photos", f"{BASE}/photos"):
        assert client.force(url, {"photos": upload()}).status_code == 303
    assert photos() == []


def test_photos_are_kept_while_one_writes(cast, sign_in):
    answer = sign_in(cast.secretary).force(f"{BASE}/photos", {"photos": [upload(), upload(b"x", "x.jpg")]})
    page = BeautifulSoup(answer.text, "html.parser")
    assert (len(page.select("input[name=pending]")), "x.jpg" in page.text) == (1, True)
    assert "<html" not in answer.text
    assert sign_in(cast.secretary).get(f"{BASE}/photos").status_code == 404


def test_who_sees_a_photo_of_the_office(cast, sign_in):
    url = address(make_photo(make_log(cast.community), is_public=False))
    expected = {"secretary": 200, "treasurer": 200, "chair": 200, "sibling": 404, "leader": 404, "member": 404}
    answers = {name: sign_in(getattr(cast, name)).get(url) for name in expected}
    assert {name: answer.status_code for name, answer in answers.items()} == expected
    assert all("no-store" in answer.headers["Cache-Control"] for answer in answers.values())


def test_headers_of_a_photo(cast, client):
    answer = client.get(address(make_photo(make_log(cast.community))))
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("change", ["office only", "struck out"])
def test_a_photo_is_as_public_as_its_entry(cast, client, change):
    values = {"is_public": False} if change == "office only" else {"removed_at": now()}
    photo = make_photo(make_log(cast.community, **values))
    assert client.get(address(photo)).status_code == 404


def test_a_lost_file_is_not_found(cast, client):
    photo = make_photo(make_log(cast.community))
    url = address(photo)
    store.remove(photo.key)
    assert client.get(url).status_code == 404
    assert client.get(url.replace("full", "huge")).status_code == 404


@either_engine
def test_what_nobody_saved_is_cleared_away(cast, sign_in):
    client = sign_in(cast.secretary)
    client.submit(NEW, entry(photos=upload()))
    client.force(f"{BASE}/photos", {"photos": upload()})
    used = {photos()[0].key, photos()[0].thumb_key}
    files = [path for suffix in (uploads.PHOTO, uploads.THUMB) for path in store.root.glob(f"??/*{suffix}")]
    fresh = {path.name for path in files if path.stat().st_mtime > time.time() - 60}
    uploads.clear_stale()
    assert all(store.path(key).exists() for key in fresh)
    old = time.time() - uploads.STALE.total_seconds() - 60
    for key in fresh:
        os.utime(store.path(key), (old, old))
    uploads.clear_stale()
    assert {key for key in fresh if store.path(key).exists()} == used


@pytest.mark.engines("sqlite")  # only there a POST holds a lock that others wait for
def test_nobody_waits_while_photos_are_resized(live_app, cast):
    """A save that comes in while another's photos are resized is through before that one is."""
    clients = [client_of(live_app) for _n in range(2)]
    for client in clients:
        client.sign_in(cast.secretary)
    heavy = [upload(picture("PNG", size=(3000, 3000)), f"{n}.png") for n in range(3)]
    slow, quick = ({**opened(client), **entry()} for client in clients)
    ended: dict[str, float] = {}

    def send(name, client, data):
        with live_app.app_context():
            assert client.post(NEW, data=data).status_code == 303
        ended[name] = time.monotonic()

    jobs = [("slow", clients[0], {**slow, "photos": heavy}), ("quick", clients[1], quick)]
    threads = [threading.Thread(target=send, args=job) for job in jobs]
    db.session.commit()
    threads[0].start()
    time.sleep(0.1)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert ended["quick"] < ended["slow"]
    assert db.session.query(ActivityLog).count() == 2


def opened(client):
    return form_values(form_to(BeautifulSoup(client.get(NEW).text, "html.parser"), NEW, NEW))
