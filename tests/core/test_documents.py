"""The printed slip, its characters and its QR; typst and the fonts are the real ones."""

from __future__ import annotations

import io
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import typst
from pypdf import PdfReader

from portal.core import calendar, documents
from portal.core.documents import DocumentError, MissingGlyphs, missing_glyphs, qr_svg, render_pdf

URL = "https://portal.example.com/activate"


def slip(**changes: Any) -> dict[str, Any]:
    return {
        "federation": "云岭区基层协会联合会",
        "association": "青石桥社区协会",
        "name": "欧阳淑𬱖",
        "code": "7K4Q-M9XT-2FHB",
        "url": URL,
        "qr": qr_svg(URL),
        "expires": "2026年11月22日 14:30",
        "issued_by": "周文静",
    } | changes


def text_of(pdf: bytes) -> str:
    return "".join(re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_slip_is_one_page_of_a6_and_says_everything() -> None:
    pdf = render_pdf("slip", slip())
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [105, 148]
    text = text_of(pdf)
    for part in (
        "云岭区基层协会联合会",
        "欧阳淑𬱖",
        "7K4Q-M9XT-2FHB",
        "2026年11月22日14:30",
        "周文静",
        URL,
        "使用方法",
    ):
        assert part in text
    assert reader.metadata is not None
    assert reader.metadata.title == "一次性登录码"


def test_the_slip_embeds_its_fonts_and_uses_no_other() -> None:
    reader = PdfReader(io.BytesIO(render_pdf("slip", slip())))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert {re.sub(r"^/?[A-Z]{6}\+|-Identity-H$", "", font["/BaseFont"]) for font in fonts} <= {
        "NotoSerifSC-Regular",
        "NotoSansSC-Regular",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {
            "name": "阿卜杜热西提·买买提依明江·阿布都克里木",
            "association": "青石桥街道沿河西路第一社区居民委员会基层协会第十二小组",
        },
        {"federation": "云岭市青石桥区基层协会工作者与志愿者联合会筹备委员会办公室" * 2},
        {"code": "7K4Q-M9XT-2FHB-7K4Q-M9XT-2FHB"},
        {"url": URL + "/" + "a" * 120},
        {"steps": ["只有一步。"], "labels": {"title": "One-time code"}, "lang": "en"},
    ],
)
def test_long_contents_stay_on_one_page(changes: dict[str, Any]) -> None:
    pdf = render_pdf("slip", slip(**changes))
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_what_may_be_left_out_may_be_left_out() -> None:
    data = slip()
    del data["association"], data["issued_by"]
    assert "经办人" not in text_of(render_pdf("slip", data))


@pytest.mark.parametrize(
    "hostile", ['#read("/etc/passwd")', "$x^2$", "*粗*", '"); #panic("x") //', "\\u{41}", "{name}"]
)
def test_markup_in_a_name_is_printed_and_not_obeyed(hostile: str) -> None:
    assert re.sub(r"\s", "", hostile) in text_of(render_pdf("slip", slip(name=hostile)))


@pytest.mark.parametrize("name", ["../slip", "slip.typ", "/etc/passwd", "", "SLIP", "unknown", "slip\n"])
def test_a_template_is_a_name_and_never_a_path(name: str) -> None:
    with pytest.raises(DocumentError, match="no document"):
        render_pdf(name, slip())


def test_rare_and_traditional_names_can_be_printed() -> None:
    assert missing_glyphs("𬱖㛃䶮〇臺灣歐陽・·“”—…①￥½Ä\u3000 \n") == []


def test_what_cannot_be_printed_is_refused_before_anything_is_issued() -> None:
    assert missing_glyphs("王😀😀한\u200d伟") == ["😀", "한", "\u200d"]
    with pytest.raises(MissingGlyphs) as caught:
        render_pdf("slip", slip(steps=["一", "二😀"]))
    assert caught.value.characters == ["😀"]
    assert "U+1F600" in str(caught.value)


def test_control_typst_alone_prints_nothing_in_its_place_and_says_nothing(tmp_path: Path) -> None:
    source = tmp_path / "plain.typ"
    source.write_text('#set text(font: "Noto Sans SC")\n王😀伟')
    compiler = typst.Compiler(
        root=tmp_path,
        font_paths=typst.Fonts(False, False, [documents._font_paths()[0].parent]),
        ignore_system_fonts=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pdf, complaints = compiler.compile_with_warnings(input=source, format="pdf")
    assert isinstance(pdf, bytes)
    assert not complaints


def test_every_character_of_the_templates_can_be_printed() -> None:
    templates = sorted(documents.TEMPLATES.glob("*.typ"))
    assert templates
    assert {path.name: missing_glyphs(path.read_text(encoding="utf-8")) for path in templates} == {
        path.name: [] for path in templates
    }


def test_missing_data_is_an_error_and_not_a_half_filled_paper() -> None:
    data = slip()
    del data["code"]
    with pytest.raises(DocumentError, match="slip"):
        render_pdf("slip", data)


def test_threads_print_side_by_side_each_their_own() -> None:
    names = [f"王{character}" for character in "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"] * 3
    with ThreadPoolExecutor(6) as pool:
        papers = list(pool.map(lambda name: render_pdf("slip", slip(name=name)), names))
    assert [name in text_of(paper) for name, paper in zip(names, papers, strict=True)] == [True] * len(names)


def test_the_same_slip_at_the_same_moment_is_the_same_file() -> None:
    with calendar.at(datetime(2026, 11, 19, tzinfo=UTC)):
        assert render_pdf("slip", slip()) == render_pdf("slip", slip())


def test_the_qr_passes_a_policy_without_inline_styles() -> None:
    svg = qr_svg(URL + "?a=1&b=<2>", title='二维码 "<&>')
    root = ET.fromstring(svg)
    for element in root.iter():
        assert not {"style", "class", "onload", "href"} & set(element.attrib)
        assert element.tag.rpartition("}")[2] in {"svg", "title", "path"}
    assert "viewBox" in root.attrib
    assert "width" not in root.attrib
    assert "".join(root.itertext()) == '二维码 "<&>'
