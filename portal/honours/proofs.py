"""Data Integrity proofs by eddsa-rdfc-2022 (W3C vc-di-eddsa), as Open Badges 3.0 names it.

A document is read as RDF, put in canonical order (RDFC-1.0) and its hash signed with Ed25519. The vocabularies lie in
`contexts` and nothing is ever fetched; a word that none of them defines would not be signed, and is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
FILES = {
    CREDENTIALS: "credentials-v2.json",
    OPEN_BADGES: "open-badges-3.0.3.json",
    EXTENSIONS: "open-badges-extensions.json",
}
SUITE = "eddsa-rdfc-2022"
UNDEFINED = "urn:undefined:"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519_PUBLIC = b"\xed\x01"


class ProofError(ValueError):
    """A document that cannot be signed, or whose proof cannot be read."""


def sign(document: Mapping[str, Any], secret: bytes, method: str, created: str) -> dict[str, Any]:
    """The document with its proof: by the 32 bytes of a key that is published at `method`, at a moment in UTC."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    signature = Ed25519PrivateKey.from_private_bytes(secret).sign(digest(document, options))
    return {**document, "proof": {**options, "proofValue": multibase(signature)}}


def is_genuine(document: Mapping[str, Any], public: str) -> bool:
    """Whether the proof is by this key (multibase) and the document as it was signed."""
    proof = dict(document.get("proof") or {})
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    value = proof.pop("proofValue", "")
    if (proof.get("cryptosuite"), proof.get("proofPurpose")) != (
        SUITE,
        "assertionMethod",
    ) or "@context" not in document:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_bytes(public)).verify(
            from_multibase(value), digest(unsigned, proof)
        )
    except (InvalidSignature, ProofError):
        return False
    return True


def digest(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """What is signed: the hash of the proof's own terms, then that of the document."""
    terms = {"@context": document["@context"], **options}
    return sha256(canonical(terms).encode()).digest() + sha256(canonical(document).encode()).digest()


def canonical(document: Mapping[str, Any]) -> str:
    """The document as N-Quads in canonical order. Raises ProofError for words that no vocabulary defines."""
    from pyld import jsonld

    named = document["@context"]
    contexts = [{"@vocab": UNDEFINED}, *(named if isinstance(named, list) else [named])]
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _bundled}
    try:
        quads = str(jsonld.normalize({**document, "@context": contexts}, options))
    except jsonld.JsonLdError as error:
        raise ProofError(str(error)) from error
    if UNDEFINED in quads:
        raise ProofError(f"no vocabulary defines {quads.partition(UNDEFINED)[2].partition('>')[0]}")
    return quads


def new_secret() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_of(secret: bytes) -> str:
    """The public key as it is published (Multikey)."""
    return multibase(ED25519_PUBLIC + Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())


def public_bytes(public: str) -> bytes:
    raw = from_multibase(public)
    if raw[:2] != ED25519_PUBLIC or len(raw) != 34:
        raise ProofError("not an Ed25519 key")
    return raw[2:]


def multibase(raw: bytes) -> str:
    """z and base58btc."""
    number, written = int.from_bytes(raw), ""
    while number:
        number, rest = divmod(number, 58)
        written = BASE58[rest] + written
    return "z" + BASE58[0] * (len(raw) - len(raw.lstrip(b"\0"))) + written


def from_multibase(written: str) -> bytes:
    if written[:1] != "z" or len(written) > 200 or any(each not in BASE58 for each in written[1:]):
        raise ProofError("not base58btc")
    number = 0
    for each in written[1:]:
        number = number * 58 + BASE58.index(each)
    zeros = len(written[1:]) - len(written[1:].lstrip(BASE58[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def _bundled(url: str, _options: Any) -> dict[str, Any]:
    """A vocabulary from the repository; nothing else is read."""
    if url not in FILES:
        raise ProofError(f"{url} is not read")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _context(url)}


@cache
def _context(url: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "contexts" / FILES[url]).read_text("utf-8"))
    return found
