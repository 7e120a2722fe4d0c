"""All certificates of a call as one file: drawn in the background, fetched by whoever asked and nobody else."""

from __future__ import annotations

from datetime import timedelta

from portal.commendations.models import CommendationCall
from portal.core.calendar import at
from portal.core.database import db
from portal.core.files import store
from portal.core.jobs import Job
from portal.honours import batch, services
from tests.cards.rows import page_count, text_of
from tests.honours.rows import honoured
from tests.notices.rows import acting

URL = "/office/liuan/honours"


def test_two_certificates_in_one_file(client, cast):
    person, _group, moment = honoured(cast)
    services.reissue(acting(cast.chair), person, name="陈晓鸣", layout="upright")
    call = db.session.get_one(CommendationCall, person.call_id).public_id
    with at(moment):
        client.sign_in(cast.chair)
        assert client.get(f"{URL}/batch?call=nothing").status_code == 404
        told = client.submit(f"{URL}/batch?call={call}")
        assert told.status_code == 303
        job = db.session.query(Job).order_by(Job.id.desc()).first()
        (file,) = job.result["files"]
        pdf = store.read(file["key"])
        assert (job.state, job.done, job.total, page_count(pdf)) == ("done", 2, 2, 2)
        assert "陈晓鸣" in text_of(pdf)
        assert "陈晓明" not in text_of(pdf)
        fetched = f"{URL}/batches/{job.public_id}/files/1"
        assert client.get(f"{URL}/batches/{job.public_id}").status_code == 200
        assert client.get(fetched).data == pdf
        assert client.get(f"{URL}/{person.public_id}/certificate.pdf").mimetype == "application/pdf"
        assert client.get(f"/office/wangjiang/honours/batches/{job.public_id}/files/1").status_code == 404
        client.sign_in(cast.secretary)
        assert client.force(f"/office/wangjiang/honours/batch?call={call}").status_code == 403
        client.sign_in(cast.volunteer)
        own = client.get(f"/me/commendations/honours/{person.public_id}/certificate.pdf")
        assert own.data.startswith(b"%PDF")
    with at(moment + timedelta(days=1, minutes=1)):
        batch.tidy()
    assert not store.has(file["key"])
    assert set(job.result) == {"association", "call"}
