"""What stands behind the entries of a kind: features above hand it down, this floor does not know them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.transparency.models import ChainKind

Content = Mapping[str, Any]
Prover = Callable[[str, int], Content | None]


@dataclass(frozen=True, slots=True)
class Publication:
    """One that stands in public: what `services.enter` takes of it, and when it was published."""

    association_id: int
    document: str
    version: int
    published_at: datetime


Lister = Callable[[], Iterable[Publication]]
Namer = Callable[[Sequence[str]], Mapping[str, str]]
Place = tuple[str, ...]  # an endpoint, the name of the document's id in it, and that of the version if it takes one
_provers: dict[str, Prover] = {}
_listers: dict[str, Lister] = {}
_places: dict[str, Place] = {}
_namers: dict[str, Namer] = {}


def proves(kind: ChainKind, *place: str) -> Callable[[Prover], Prover]:
    """Declare what gives back, from the database, the content that was entered for a document's version.

    It gives the very mapping that `enter` was given; None where the version is not there. `place` is where it is
    read in public: @proves(ChainKind.NOTICE, "notices.version", "public_id", "number").
    """

    def declare(prover: Prover) -> Prover:
        _provers[kind], _places[kind] = prover, place
        return prover

    return declare


def lists(kind: ChainKind) -> Callable[[Lister], Lister]:
    """Declare what names every publication of a kind, in any order: each must stand in the chain."""

    def declare(lister: Lister) -> Lister:
        _listers[kind] = lister
        return lister

    return declare


def names(*kinds: ChainKind) -> Callable[[Namer], Namer]:
    """Declare what gives the titles of documents by their ids, as everybody may read them, with one question."""

    def declare(namer: Namer) -> Namer:
        _namers.update(dict.fromkeys(kinds, namer))
        return namer

    return declare


def content_of(kind: str, document: str, version: int) -> Content | None:
    """The content as the database has it now; None where it, or the room that knew it, is gone."""
    prover = _provers.get(kind)
    return prover(document, version) if prover else None


def place_of(kind: str, document: str, version: int) -> tuple[str, dict[str, Any]] | None:
    """The endpoint and its values where the document is read in public."""
    endpoint, *names = _places.get(kind) or ("",)
    return (endpoint, dict(zip(names, (document, version), strict=False))) if endpoint else None


def names_of(entries: Iterable[Any]) -> dict[tuple[str, str], str]:
    """The titles of what these entries are about, by kind and document; rooms that know no titles give none."""
    wanted: dict[Namer, dict[str, list[str]]] = {}
    for entry in entries:
        if entry.kind in _namers:
            wanted.setdefault(_namers[entry.kind], {}).setdefault(entry.kind, []).append(entry.document)
    found: dict[tuple[str, str], str] = {}
    for namer, documents in wanted.items():
        titles = namer([one for named in documents.values() for one in named])
        found |= {(kind, one): titles[one] for kind, named in documents.items() for one in named if one in titles}
    return found


def publications(wanted: Collection[str] = tuple(ChainKind)) -> Iterable[tuple[ChainKind, Publication]]:
    """Everything that stands in public, of the kinds that name it and are wanted."""
    for kind, lister in _listers.items():
        if kind in wanted:
            for publication in lister():
                yield ChainKind(kind), publication
