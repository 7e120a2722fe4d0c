"""Photos of the log books: the showcase has several, every other association one, all painted."""

from __future__ import annotations

import hashlib
from collections import Counter

from portal.activities.models import ActivityPhoto
from portal.core.files import store
from portal.demo.batch import Batch
from portal.demo.chance import seeded
from portal.demo.days import office_hour
from portal.demo.diary import SHOWCASE
from portal.demo.logbook import Logged
from portal.demo.photos import HEIGHT, PICTURES, SCENES, WIDTH, paint
from portal.demo.places import STREET

ENTRIES = {SHOWCASE: 12, STREET: 6}  # of the latest entries with photos; one of each other association
MANY = 3
# Which scene suits which kind of activity; the number picks the mood.
SUITS = {"culture": "lanterns", "safety": "lake", "service": "lane", "visit": "lane"}


def fill(batch: Batch, logged: list[Logged]) -> None:
    """Paint each picture once; every photo has a file of its own, so that removing one harms no other."""
    pictures = [paint(number) for number in range(PICTURES)]
    for entry in _chosen(logged):
        chance = seeded("album", entry.entry.seed)
        for number in range(chance.randint(1, MANY) if entry.local.place.code in ENTRIES else 1):
            large, small = pictures[_scene(entry) + len(SCENES) * chance.randrange(PICTURES // len(SCENES))]
            name = f"{entry.entry.seed}/{number}"
            batch.add(
                ActivityPhoto,
                log_id=entry.id,
                key=_keep(name, large),
                thumb_key=_keep(f"{name}/small", small),
                width=WIDTH,
                height=HEIGHT,
                caption=entry.entry.template["title"],
                is_public=entry.entry.template["kind"] != "visit",
                added_at=office_hour(entry.entry.held_on, chance),
            )


def _chosen(logged: list[Logged]) -> list[Logged]:
    """The latest finished entries of each association, as many as it shows."""
    left = Counter({entry.local.place.code: ENTRIES.get(entry.local.place.code, 1) for entry in logged})
    chosen = []
    for entry in sorted(logged, key=lambda one: one.entry.held_on, reverse=True):
        if entry.is_complete and left[entry.local.place.code] > 0:
            left[entry.local.place.code] -= 1
            chosen.append(entry)
    return chosen


def _scene(entry: Logged) -> int:
    suits = "fields" if entry.local.place.land == "village" else "lake"
    return SCENES.index(SUITS.get(entry.entry.template["kind"], suits))


def _keep(name: str, content: bytes) -> str:
    """Write a picture under a key that is the same each time, so that loading anew leaves no litter."""
    key = hashlib.blake2b(f"demo photo {name}".encode(), digest_size=16).hexdigest() + ".jpg"
    path = store.path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return key
