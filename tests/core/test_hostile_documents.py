"""What people typed is printed and never obeyed: each template with markup in every text that comes from people.

Nothing is interpreted, nothing is lost, every page keeps its size and number, and nothing is printed past its edge.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from portal.cards.printing import qr_rows
from portal.certificates.printing import LABELS
from portal.core import documents
from portal.core.documents import TEMPLATES, MissingGlyphs, missing_glyphs, printable_part, render_pdf

HOSTILE = (
    '#panic("x")', '#read("/etc/passwd")', '#include "slip.typ"', "$x^2$", "*粗*_斜_", "<b>&amp;", "@ref", "`raw`",
    "\\u{41}\\", '"]) #data.code //', "= 标题", "/* 注 */", "{{ name }}", "{x.__class__}", "[x](javascript:1)",
    "~'--...", "https://x.example", "𬱖㛃䶮臺灣", "\t", "%s%n",
)  # fmt: skip
ALL = "".join(HOSTILE)
LINES = "\n".join(("第一行 #panic()", "= 第二行", "- 第三行"))
LONG_NAME = "阿卜杜热西提·买买提依明江·阿布都克里木" * 2
LONG_WORD = "W" * 60
QR = qr_rows("https://portal.example/verify/7K4QM9XT2FHB")
SITE, CODE = "portal.example/verify", "7K4Q-M9XT-2FHB"


def card(said: str) -> dict[str, Any]:
    labels = dict.fromkeys(
        ("title", "number", "joined_on", "scan", "code", "type", "rules", "found", "issued_on"), "字"
    )
    face = {"name": said, "kind": said, "association": said, "number": "青0001", "code": CODE, "qr": QR}
    days = {"joined_on": "2026年1月1日", "issued_on": "2026年1月1日"}
    return {"federation": said, "site": SITE, "lang": "zh", "labels": labels, "cards": [{**face, **days}]}


def appointment(said: str) -> dict[str, Any]:
    labels = {
        "title": "聘书",
        "after_name": "：",
        "number": "编号",
        "scan": "扫码",
        "qr": "二维码",
        "type": "或输入",
        "seal": "（印）",
    }
    one = {
        "name": said,
        "association": said,
        "number": "聘字1号",
        "issued_on": "2026年1月1日",
        "code": CODE,
        "qr": QR,
    }
    sentences = [["兹聘请您为", said, "的志愿者。"]]
    return {
        "lang": "zh",
        "federation": said,
        "site": SITE,
        "labels": labels,
        "letters": [{**one, "sentences": sentences}],
    }


def certificate(said: str) -> dict[str, Any]:
    words = {
        **dict.fromkeys(LABELS, "字"),
        "span": "自2026年1月1日起",
        "total": "3小时",
        "issued": "2026年1月1日",
    }
    row = {"day": "2026-01-01", "times": "09:00–11:00", "time": "2小时"}
    row |= dict.fromkeys(("title", "place", "unit", "in_charge"), said)
    people = dict.fromkeys(("federation", "name", "unit", "in_charge", "handler"), said)
    fixed = {
        "number": "证字1号",
        "identity": "",
        "how": "",
        "code": CODE,
        "site": SITE,
        "qr": QR,
        "void": "",
        "lang": "zh",
    }
    lists = {"contact": [said], "rows": [row], "years": [["2026", "1次", "2小时"]], "seal": "望江社区协会"}
    return {**people, **fixed, **lists, "zh": words, "en": None}


def letter(said: str) -> dict[str, Any]:
    one = {"number": "青0001"} | dict.fromkeys(("name", "contact", "address", "subject"), said)
    return {"sender": said, "signed": said, "day": "今天", "letters": [{**one, "paragraphs": [said, said]}]}


def slip(said: str) -> dict[str, Any]:
    people = dict.fromkeys(("federation", "name", "association", "issued_by"), said)
    return {**people, "code": CODE, "url": "https://portal.example/activate", "qr": QR, "expires": "明天"}


def personal_copy(said: str) -> dict[str, Any]:
    sections = [{"title": said, "rows": [[["姓名", said], [said, said]]]}, {"title": "空", "rows": []}]
    words = {"title": "我的数据", "made": "今天", "note": "说明", "nothing": "无", "page": "第", "lang": "zh"}
    return {**words, "federation": said, "name": said, "sections": sections}


def form(said: str) -> dict[str, Any]:
    names = ("skills", "interests", "times", "several", "note", "consents", "true", "date", "signature", "office")
    lists = {"rows": [{"label": "姓名", "hint": ""}], "skills": [said], "interests": [said], "consents": [said]}
    when = {"days": ["一"], "parts": ["上午"], "labels": dict.fromkeys(names, "字")}
    return {"lang": "zh", "title": "登记表", "association": said, "place": said, **lists, **when}


def account(said: str) -> dict[str, Any]:
    section = {
        "title": said,
        "heads": [said, "元"],
        "widths": ["1fr", "auto"],
        "numbers": 1,
        "rows": [[said, "12.00"]],
    }
    words = {"title": "会费对账单", "made": "今天", "page": "第", "note": said, "nothing": "无", "lang": "zh"}
    return {**words, "association": said, "name": said, "figures": [["12.00", "尚欠"]], "sections": [section],
            "signed": [said, "盖章"]}  # fmt: skip


def codes(said: str) -> dict[str, Any]:
    labels = {"code": "码", "scan": "扫码", "once": "只计一次"}
    one = {"code": CODE, "qr": QR}
    return {"lang": "zh", "title": said, "association": said, "until": "今天", "url": SITE, "labels": labels,
            "codes": [one, one]}  # fmt: skip


# Template, data, how many pages of what size (millimetres).
PRINTED = {
    "card": (card, 2, (86, 54)),
    "card-sheet": (card, 2, (210, 297)),
    "appointment-letter": (appointment, 1, (297, 210)),
    "service-certificate": (certificate, None, (210, 297)),
    "letter": (letter, None, (210, 297)),
    "slip": (slip, 1, (105, 148)),
    "personal-copy": (personal_copy, None, (210, 297)),
    "registration-form": (form, 1, (210, 297)),
    "account": (account, None, (210, 297)),
    "appraisal-codes": (codes, 1, (210, 297)),
}


def read(pdf: bytes) -> tuple[str, list[tuple[int, int]]]:
    """The text without spaces, and the sizes of the pages."""
    text, sizes = "", []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        width, height = (float(side) for side in page.mediabox[2:])
        sizes.append((round(width / 72 * 25.4), round(height / 72 * 25.4)))
        text += page.extract_text()
    return re.sub(r"[\s\u200b]", "", text), sizes


def has_clean_edges(name: str, data: dict[str, Any]) -> bool:
    """Whether nothing stands in the outer five millimetres at the sides and at the foot of any page."""
    pages = documents._compiler().compile(
        input=TEMPLATES / f"{name}.typ",
        format="png",
        ppi=25.4,
        sys_inputs={"data": json.dumps(documents._laid_out(data))},
    )
    for png in pages if isinstance(pages, list) else [pages]:
        image = Image.open(io.BytesIO(png)).convert("RGB")
        width, height = image.size
        edges = ((0, 5, 5, height), (width - 5, 5, width, height), (0, height - 5, width, height))
        if any(len(image.crop(edge).getcolors() or ()) != 1 for edge in edges):
            return False
    return True


def test_every_template_is_asked():
    # Parts of others; receipts and certificates of honours have tests of their own.
    elsewhere = {"card-face", "paper", "receipt", "honour-certificate"}
    assert {path.stem for path in TEMPLATES.glob("*.typ")} - elsewhere == set(PRINTED)


@pytest.mark.parametrize("name", PRINTED)
def test_markup_is_printed_as_it_was_typed(name):
    make, pages, size = PRINTED[name]
    text, sizes = read(render_pdf(name, make(ALL)))
    assert (set(sizes), pages or len(sizes)) == ({size}, len(sizes))
    assert [said for said in HOSTILE if re.sub(r"\s", "", said) not in text] == []


@pytest.mark.parametrize("said", [LONG_NAME, LONG_WORD, LINES], ids=["long name", "long word", "lines"])
@pytest.mark.parametrize("name", PRINTED)
def test_long_names_and_lines_keep_the_layout(name, said):
    make, pages, size = PRINTED[name]
    text, sizes = read(render_pdf(name, make(said)))
    assert (set(sizes), pages or len(sizes)) == ({size}, len(sizes))
    assert re.sub(r"\s", "", said) in text
    assert name.startswith(("card", "appraisal")) or has_clean_edges(name, make(said))


def test_control_a_word_that_may_not_break_runs_over_the_edge(monkeypatch):
    monkeypatch.setattr(documents, "_LONG_WORD", re.compile("(?!)"))
    assert not has_clean_edges("letter", letter(LONG_WORD))


def test_what_no_font_prints_is_refused_in_every_template():
    """Emoji, right-to-left letters and joiners: refused before anything is printed. Controls, and the marks that turn
    a line round, are no text: they are left out.
    """
    hidden = "a\u202eb\u200fc\u0000d\u2028e\ufeff"
    assert missing_glyphs(hidden) == []
    assert "abcde" in re.sub(r"\s", "", read(render_pdf("letter", letter(hidden)))[0])
    assert printable_part(f"王😀{hidden}") == "王abcd\u2028e"
    for said in ("王😀", "שלום", "محمد", "a\u200db", "é\u0301\ufe0f"):
        assert missing_glyphs(said), said
        for name, (make, _pages, _size) in PRINTED.items():
            with pytest.raises(MissingGlyphs):
                render_pdf(name, make(said))
