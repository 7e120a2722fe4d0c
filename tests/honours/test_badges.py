"""Open Badges 3.0: signed as the specification's own example is, refused when altered, taken back with the honour."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import reduce
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld
from sqlalchemy import text

from portal.cli import change_signing_key
from portal.core.calendar import at
from portal.honours import badges, keys, proofs, queries, revoking, services
from tests.honours.rows import honoured
from tests.notices.rows import acting
from tests.reviews.rows import CONTACT, noon

# W3C, Data Integrity EdDSA Cryptosuites, appendix B.1 (representation: eddsa-rdfc-2022).
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
EXAMPLE = {
    "@context": [proofs.CREDENTIALS, {"@vocab": "https://www.w3.org/ns/credentials/examples#"}],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
CANONICAL_PROOF = """\
_:c14n0 <http://purl.org/dc/terms/created> "2023-02-24T23:36:38Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .
_:c14n0 <https://w3id.org/security#cryptosuite> "eddsa-rdfc-2022"^^<https://w3id.org/security#cryptosuiteString> .
_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .
_:c14n0 <https://w3id.org/security#verificationMethod> <https://vc.example/issuers/5678#%s> .
"""
PROOF_HASH = "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb"
DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
VALUE = "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
CONTEXTS = Path(badges.__file__).parent / "contexts"
ALTERED = [("name", "优秀会员"), ("validFrom", "2020-01-01T00:00:00Z"), ("credentialStatus", None), ("unknown", "x")]


@pytest.fixture
def given(app, cast, db_session):
    """The volunteer's honour, with the moment of the decision."""
    with app.test_request_context():
        person, _group, moment = honoured(cast)
        yield person, moment


def revoked_by(status):
    """The ids that a verifier refuses: `revoked` is true or left out, under the name of the data model, which
    1EdTech's validator reads, and under that of the years before.
    """
    found, before = (
        [one["id"] for one in status[name] if one.get("revoked", True)]
        for name in ("revokedCredential", "revokedCredentials")
    )
    assert found == before
    return found


def by_hand(signed, public):
    """A verifier with nothing of ours: the steps of vc-di-eddsa written out, on PyLD and cryptography."""
    proof = {name: value for name, value in signed["proof"].items() if name != "proofValue"}
    unsigned = {name: value for name, value in signed.items() if name != "proof"}
    parts = [{"@context": signed["@context"], **proof}, unsigned]
    digests = [sha256(jsonld.normalize(part, RDFC).encode()).digest() for part in parts]
    key = Ed25519PublicKey.from_public_bytes(decoded(public).removeprefix(bytes.fromhex("ed01")))
    try:
        key.verify(decoded(signed["proof"]["proofValue"]), b"".join(digests))
    except InvalidSignature:
        return False
    return True


def decoded(written):
    """Base58 of the Bitcoin alphabet, behind the z of multibase; a 1 in front is a byte of nothing."""
    plain = written.removeprefix("z")
    number = reduce(lambda sum_, each: sum_ * 58 + ALPHABET.index(each), plain, 0)
    return bytes(len(plain) - len(plain.lstrip("1"))) + number.to_bytes((number.bit_length() + 7) // 8)


def read_context(url, _options):
    """By address, as a verifier keeps what was published."""
    files = {"v2": "credentials-v2", "context-3.0.3.json": "open-badges-3.0.3"}
    file = CONTEXTS / f"{files.get(url.rpartition('/')[2], 'open-badges-extensions')}.json"
    known = {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url}
    return {**known, "document": json.loads(file.read_text("utf-8"))}


RDFC = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": read_context}


def credential_of(honour):
    found = queries.get_own(honour.person_id, honour.public_id)
    return badges.credential(found, queries.in_force(honour.id))


def test_the_example_of_the_specification():
    raw = proofs.from_multibase(SECRET)
    assert (raw[:2].hex(), proofs.multibase(raw)) == ("8026", SECRET)
    assert proofs.public_of(raw[2:]) == PUBLIC
    signed = proofs.sign(EXAMPLE, raw[2:], f"https://vc.example/issuers/5678#{PUBLIC}", "2023-02-24T23:36:38Z")
    options = {name: value for name, value in signed["proof"].items() if name != "proofValue"}
    assert proofs.canonical({"@context": proofs.CREDENTIALS, **options}) == CANONICAL_PROOF % PUBLIC
    assert proofs.digest(EXAMPLE, options).hex() == PROOF_HASH + DOCUMENT_HASH
    assert signed["proof"]["proofValue"] == VALUE
    assert proofs.is_genuine(signed, PUBLIC)
    assert by_hand(signed, PUBLIC)
    assert decoded("z1112") == proofs.from_multibase("z1112") == bytes([0, 0, 0, 1])
    assert not proofs.is_genuine(EXAMPLE, PUBLIC)


def test_nothing_is_fetched_and_no_word_is_left_out(app):
    with pytest.raises(proofs.ProofError):
        proofs.canonical({"@context": ["https://example.org/other"], "id": "urn:x:1", "name": "x"})
    with pytest.raises(proofs.ProofError, match="colour"):
        proofs.canonical({"@context": badges.CONTEXT, "id": "urn:x:1", "colour": "red"})


def test_an_altered_credential_is_refused(given, app, db_session):
    honour, _moment = given
    signed = credential_of(honour)
    key = keys.current(honour.association_id)
    assert proofs.is_genuine(json.loads(json.dumps(signed)), key.public)
    assert by_hand(json.loads(json.dumps(signed)), key.public)
    for name, value in ALTERED:
        assert not proofs.is_genuine({**signed, name: value}, key.public), name
        assert name == "unknown" or not by_hand({**signed, name: value}, key.public), name
    achievement = {**signed["credentialSubject"]["achievement"], "name": "优秀会员"}
    subject = {**signed["credentialSubject"], "achievement": achievement}
    assert not proofs.is_genuine({**signed, "credentialSubject": subject}, key.public)
    for changed in ({"created": "2020-01-01T00:00:00Z"}, {"cryptosuite": "eddsa-jcs-2022"}, {"proofValue": "z1"}):
        assert not proofs.is_genuine({**signed, "proof": {**signed["proof"], **changed}}, key.public), changed
    assert not proofs.is_genuine(signed, PUBLIC)
    assert not by_hand(signed, PUBLIC)
    assert not by_hand({**signed, "credentialSubject": subject}, key.public)


def test_the_holder_is_known_by_the_name_alone(given, app, db_session):
    honour, _moment = given
    signed = credential_of(honour)
    (identity,) = signed["credentialSubject"]["identifier"]
    assert badges.is_holder(identity, "陈晓明")
    assert not badges.is_holder(identity, "陈晓鸣")
    assert "陈晓明" not in json.dumps(signed, ensure_ascii=False)
    assert credential_of(honour) == signed
    assert "优秀志愿者" in proofs.canonical({name: value for name, value in signed.items() if name != "proof"})


def test_a_new_key_signs_and_the_one_before_still_proves(given, app, cast, db_session):
    honour, _moment = given
    before = credential_of(honour)
    first = keys.current(honour.association_id)
    second = keys.change(acting(cast.chair), honour.association)
    assert (first.ended_at is not None, second.number, keys.current(honour.association_id)) == (True, 2, second)
    after = credential_of(honour)
    issuer = badges.issuer_file(honour.association)
    published = {method["id"]: method["publicKeyMultibase"] for method in issuer["verificationMethod"]}
    assert before["proof"]["verificationMethod"] != after["proof"]["verificationMethod"]
    for signed in (before, after):
        assert signed["issuer"]["id"] == issuer["id"]
        assert proofs.is_genuine(signed, published[signed["proof"]["verificationMethod"]])
    stored = db_session.scalars(text("SELECT secret FROM signing_key")).all()
    assert len(stored) == 2
    assert not {first.secret, second.secret} & set(stored)


def test_a_key_is_changed_from_the_console(app, cast, db_session):
    first = keys.current(cast.street.id)
    done = CliRunner().invoke(change_signing_key, [cast.street.code])
    assert (done.exit_code, first.ended_at is not None) == (0, True)
    assert keys.current(cast.street.id).public in done.output
    assert "no association" in str(CliRunner().invoke(change_signing_key, ["nowhere"]).exception)


def test_superseded_and_revoked_stand_in_the_status_list(given, app, cast, db_session):
    honour, moment = given
    chair, first = acting(cast.chair), credential_of(honour)
    listed = lambda: revoked_by(badges.status_file(honour.association))  # noqa: E731
    assert first["credentialStatus"]["id"] == badges.status_file(honour.association)["id"]
    assert listed() == []
    services.reissue(chair, honour, name="陈晓鸣", layout="upright")
    second = credential_of(honour)
    assert listed() == [first["id"]]
    with at(moment):
        made = revoking.propose(chair, honour, "推荐材料不实", CONTACT)
    with at(noon(queries.period_of(made).end_on + timedelta(days=1))):
        revoking.decide(chair, made)
    assert listed() == [first["id"], second["id"]]
    assert "陈晓" not in json.dumps(badges.status_file(honour.association), ensure_ascii=False)


def test_files_and_who_gets_them(client, cast, db_session):
    person, _group, _moment = honoured(cast)
    own = f"/me/commendations/honours/{person.public_id}/badge.json"
    open_to_all = f"/honours/{person.public_id}/badge.json"
    shown = client.get(open_to_all)
    signed = shown.get_json(force=True)
    assert (shown.mimetype, shown.headers["Access-Control-Allow-Origin"]) == ("application/vc", "*")
    issuer = client.get(f"/honours/issuers/{cast.street.code}.json").get_json(force=True)
    (method,) = issuer["verificationMethod"]
    assert proofs.is_genuine(signed, method["publicKeyMultibase"])
    assert by_hand(signed, method["publicKeyMultibase"])
    assert (signed["proof"]["verificationMethod"], signed["issuer"]["id"]) == (method["id"], method["controller"])
    assert client.get(f"/honours/issuers/{cast.street.code}/revoked.json").json["revokedCredential"] == []
    achievement = signed["credentialSubject"]["achievement"]
    told = client.get("/honours" + achievement["id"].partition("/honours")[2]).get_json(force=True)
    assert (told["id"], told["name"]) == (achievement["id"], "优秀志愿者")
    for nothing in ("issuers/nowhere.json", "issuers/nowhere/revoked.json", "kinds/x.json", "x/badge.json"):
        assert client.get(f"/honours/{nothing}").status_code == 404, nothing
    assert client.get(own).status_code == 303
    client.sign_in(cast.member)
    assert client.get(own).status_code == 404
    client.sign_in(cast.volunteer)
    assert own in str(client.page("/me/commendations"))
    assert client.force(own).status_code == 405
    mine = client.get(own)
    assert (mine.get_json(force=True), "attachment" in mine.headers["Content-Disposition"]) == (signed, True)
    services.show_in_public(acting(cast.volunteer), person, is_public=False)
    db_session.commit()
    assert (client.get(open_to_all).status_code, client.get(own).status_code) == (404, 200)
