"""A list of the office that has pages has its files too: Excel and CSV, under the paging."""

from __future__ import annotations

import re

from tests.conventions.test_templates import templates
from tests.harness.findings import none_of

PAGED = re.compile(r"\{\{-?\s*paging\(")
FILES = re.compile(r"\{\{-?\s*file_links\(")
PUBLIC = re.compile(r'\{%-?\s*extends "(?!base_office)')
WITHOUT = {
    "reviews/office_list.html": "the calls once more, by how far their review is; the list of calls has its files",
    "applications/_associations.html": "a choice among associations, on forms that are open to everybody",
    "volunteers/letters.html": "letters to be printed: what is shown is one PDF, fetched at the top of the page",
}


def breaches(pages: dict[str, str]) -> list[str]:
    """Office lists without files. What extends nothing is a part that an office page replaces."""
    return [
        f"{name}: file_links(endpoint) is missing under paging(page), see portal/core/downloads.py"
        for name, source in pages.items()
        if PAGED.search(source) and not (FILES.search(source) or PUBLIC.search(source) or name in WITHOUT)
    ]


def test_every_list_of_the_office_has_its_files():
    none_of(breaches(templates()))


def test_control_a_list_without_files_is_seen():
    pages = dict(templates())
    pages["cards/list.html"] = FILES.sub("", pages["cards/list.html"])
    assert len(breaches(pages)) == 1
    assert all(name in pages for name in WITHOUT)
