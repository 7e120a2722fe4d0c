"""An answer in public: where the writer agreed, without names, in the chain, searched, taken back again."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.core.errors import RuleError
from portal.letters import conflicts, publishing, services, writing
from portal.letters.models import Letter
from portal.transparency import queries as chain
from portal.transparency.kinds import content_of
from portal.upkeep import proofs
from tests.harness.cases import each, either_engine
from tests.letters.rows import NAME, PHONE, answered, do, kinds, read, url, written

QUESTION, ANSWER = "阅览室晚上能不能晚点关门？", "星期三、星期五开到晚上八点。"


def test_published_read_searched_and_taken_back(cast, client, sign_in):
    letter = answered(cast, may_publish=True)
    secretary = sign_in(cast.secretary)
    page = url(letter, "/publish")
    form = secretary.form(page)
    assert (form["question"].strip(), form["answer"].strip()) == (letter.body, letter.answer)
    assert secretary.send(page, {**form, "question": QUESTION}).location == url(letter)
    public = f"/letters/answers/{letter.public_id}"
    for address in ("/letters/answers", "/letters/answers?q=晚上 关门", "/letters/answers?association=liuan"):
        assert client.page(address).find("a", href=public), address
    for address in ("/letters/answers?q=合唱", "/letters/answers?association=tingyu"):
        assert not client.page(address).find("a", href=public), address
    shown = client.page(public).get_text()
    assert QUESTION in shown
    assert ANSWER in shown
    assert not any(said in shown for said in (NAME, PHONE, letter.reference, letter.subject))
    assert secretary.force(page, {"question": QUESTION, "answer": ANSWER}).status_code == 422  # published already
    assert secretary.submit(url(letter, "/unpublish"), page=url(letter)).location == url(letter)
    assert client.get(public).status_code == 404
    assert not client.page("/letters/answers").find("a", href=public)
    assert do(secretary, letter, "unpublish").status_code == 422
    assert kinds(letter)[-2:] == ["published", "unpublished"]


def test_it_stands_in_the_chain_and_altered_behind_the_portals_back_it_is_found(cast, db_session):
    letter = answered(cast, may_publish=True)
    publishing.publish(cast.secretary, letter, QUESTION, ANSWER)
    proof = chain.proof_of(letter.public_id)
    assert proof.version == 1
    publishing.unpublish(cast.secretary, letter)
    publishing.publish(cast.secretary, letter, QUESTION, "改为每天开到八点。")
    assert chain.proof_of(letter.public_id).version == 2
    assert content_of("letter", letter.public_id, 1) == {"question": QUESTION, "answer": ANSWER}
    assert content_of("letter", letter.public_id, 3) is None
    db_session.commit()
    assert proofs.list_faults() == []
    db_session.execute(update(Letter).values(public_answer="每天都关门。"))
    assert len(proofs.list_faults()) == 1


@each(
    "said",
    [
        f"{NAME}问：阅览室几点关门？", "若兰问：阅览室几点关门？", "钟 若兰问", f"电话{PHONE}", "139-0000-1234",
        "１３９００００１２３４",         "写信给 zhong@example.com", "ZHONG@EXAMPLE.COM", "", "　",
    ],
)  # fmt: skip
def test_the_writers_name_phone_or_mail_is_refused(cast, said):
    letter = answered(cast, may_publish=True, email="zhong@example.com")
    for question, answer in ((said, ANSWER), (QUESTION, said)):
        with pytest.raises(RuleError):
            publishing.publish(cast.secretary, letter, question, answer)
    assert read(letter).published_at is None


@either_engine
def test_only_where_the_writer_agreed_and_it_is_answered(cast, sign_in):
    client, data = sign_in(cast.secretary), {"question": QUESTION, "answer": ANSWER}
    for letter in (answered(cast, may_publish=False), written(cast, may_publish=True)):
        assert client.get(url(letter, "/publish")).status_code == 404
        assert do(client, letter, "publish", **data).status_code == 404
    letter = answered(cast, may_publish=True)
    assert do(client, letter, "publish", question=f"{NAME}问", answer=ANSWER).status_code == 422
    for role, status in (("treasurer", 403), ("sibling", 404), ("member", 404)):
        assert do(sign_in(getattr(cast, role)), letter, "publish", **data).status_code == status


def test_about_somebody_it_is_not_published_and_comes_back(cast):
    """They would read it. Who is named later takes it out of public again; so does the writer who opens it anew."""
    letter = answered(cast, may_publish=True)
    publishing.publish(cast.secretary, letter, QUESTION, ANSWER)
    conflicts.name_people(cast.secretary, letter, [cast.treasurer.person])
    assert read(letter).published_at is None
    with pytest.raises(RuleError):
        publishing.publish(cast.secretary, letter, QUESTION, ANSWER)
    other = answered(cast, may_publish=True)
    publishing.publish(cast.secretary, other, QUESTION, ANSWER)
    writing.reopen(other, "还是关着")
    assert read(other).published_at is None
    services.answer(cast.secretary, other, ANSWER)
    publishing.publish(cast.secretary, other, QUESTION, ANSWER)


@either_engine
def test_unknown_answers_and_associations_are_404(cast, client):
    assert client.get("/letters/answers/000000000000").status_code == 404
    assert client.get("/letters/answers?association=nowhere").status_code == 404
    assert client.get("/letters/answers?page=99&q=%25%5F").status_code == 200
