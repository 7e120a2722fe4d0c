"""The year as a Word document for the office above: real headings and tables, fonts by their Chinese names, lines to
sign. Whoever gets it goes on writing in it, so that nothing in it is a picture.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.associations.models import Association
from portal.core.formats import date_long
from portal.core.i18n import _, locale, pgettext
from portal.reports.exports import headings, name_of, period_in_words
from portal.reports.measures import MEASURES, Measure, Shape
from portal.reports.overview import View

FONTS = {"zh-Hant": ("新細明體", "微軟正黑體")}  # of the text and of headings
BODY, HEAD = "宋体", "黑体"
LATIN = "Times New Roman"
MARGIN, NARROW = 2.2, 1.6  # cm
BLACK = (0, 0, 0)
PROPERTY = 255  # characters that Word keeps of one


def document(found: View, association: Association, day: date) -> bytes:
    """A4: the association's own figures, then those below it across the page, then who signs."""
    from docx import Document

    paper = Document()
    _set_styles(paper)
    _set_page(paper.sections[0])
    _set_properties(paper, association, day)
    _head(paper, found, association, day)
    _own_table(paper, found)
    if found.rows:
        _parts(paper, found, association)
    _sign(paper)
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()


def _set_styles(paper: Any) -> None:
    """Sizes, fonts, the language that Word checks the words in; the template's title is underlined in blue."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    body, head = FONTS.get(locale(), (BODY, HEAD))
    chinese = "zh-TW" if locale() == "zh-Hant" else "zh-CN"
    for element in (paper.styles.element, paper.settings.element):
        for language in [*element.iter(qn("w:lang")), *element.iter(qn("w:themeFontLang"))]:
            language.set(qn("w:eastAsia"), chinese)
    properties = paper.styles["Title"].element.pPr
    properties.remove(properties.find(qn("w:pBdr")))
    sizes = {"Normal": (body, 11), "Title": (head, 20), "Heading 1": (head, 14), "Caption": (body, 9)}
    for name, (family, size) in sizes.items():
        style = paper.styles[name]
        style.font.size, style.font.italic = Pt(size), False
        style.font.bold = name == "Heading 1"
        _set_font(style, family)
        style.paragraph_format.space_after = Pt(6)


def _set_font(style: Any, family: str) -> None:
    """By name for each kind of character: a font of the theme would be taken instead."""
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    style.font.name, style.font.color.rgb = LATIN, RGBColor(*BLACK)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), family)


def _set_page(section: Any, *, across: bool = False) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Mm

    sides = (Mm(297), Mm(210)) if across else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(NARROW if across else MARGIN))


def _set_properties(paper: Any, association: Association, day: date) -> None:
    from datetime import datetime

    known = paper.core_properties
    known.author, known.title = association.name[:PROPERTY], _("Year in one view")
    known.created = known.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the file holds no zone
    known.language, known.comments, known.last_modified_by = locale(), "", ""


def _head(paper: Any, found: View, association: Association, day: date) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    title = _("%(year)s in one view", year=found.span.year)
    for text, style in ((f"{association.name} {title}", "Title"), (period_in_words(found.span), "Normal")):
        paper.add_paragraph(text, style).alignment = WD_ALIGN_PARAGRAPH.CENTER
    paper.add_paragraph(_("Date: %(day)s", day=date_long(day))).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _own_table(paper: Any, found: View) -> None:
    from docx.shared import Pt

    paper.add_heading(_("Figures"), 1)
    rows = []
    for one in MEASURES:
        values = [one.shown(one.of(found.now)), one.shown(one.of(found.before)), one.change(found.now, found.before)]
        siblings = [one.shown(one.mean(found.siblings))] if found.siblings else []
        rows.append([_label(one), *values, *siblings])
    _table(paper, [pgettext("figures", "Figure"), *headings(found)], rows, first=40)
    for note in notes(found):
        paper.add_paragraph(note, "Caption").paragraph_format.space_before = Pt(4)


def _parts(paper: Any, found: View, association: Association) -> None:
    from docx.enum.section import WD_SECTION

    _set_page(paper.add_section(WD_SECTION.NEW_PAGE), across=True)
    paper.add_heading(_("By association"), 1)
    rows = [[name_of(row), *(one.shown(one.of(row.counts)) for one in MEASURES)] for row in found.rows]
    total = [_("Total"), *(one.shown(one.of(found.now)) for one in MEASURES)]
    table = _table(paper, [_("Association"), *map(_label, MEASURES)], [*rows, total], first=40, small=True)
    for cell in table.rows[-1].cells:
        cell.paragraphs[0].runs[0].bold = True


def _label(measure: Measure) -> str:
    """Money with its unit: on paper nobody asks the portal."""
    is_money = measure.shape == Shape.MONEY
    return _("%(what)s (yuan)", what=measure.label) if is_money else str(measure.label)


def _table(paper: Any, head: Sequence[str], rows: Sequence[Sequence[str]], *, first: int, small: bool = False) -> Any:
    """Its first row is repeated on each page; names have `first` mm, numbers the rest, at the right."""
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    table = paper.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
    rest = (sum(column.width for column in table.columns) - Mm(first)) // (len(head) - 1)
    for place, column in enumerate(table.columns):
        column.width = rest if place else Mm(first)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for line, texts in zip(table.rows, [head, *rows], strict=True):
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            cell.width, cell.vertical_alignment = rest if place else Mm(first), WD_ALIGN_VERTICAL.CENTER
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.bold, run.font.size = (texts is head), Pt(8 if small else 10.5)
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
            paragraph.alignment = 2 if place else 0
    return table


def notes(found: View) -> list[str]:
    """How the figures are to be read; on the page and in the document alike."""
    told = [_("Net: paid of what was charged less what was waived. Gross: paid of all that was charged.")]
    if found.span.is_running:
        told.append(_("The year runs: last year's figures are those up to the same day."))
    told.append(_("Letters about whoever reads this are not counted."))
    if found.siblings:
        told.append(
            _(
                "Beside it stand %(number)s associations of the same level; only their mean is told.",
                number=len(found.siblings),
            )
        )
    return told


def _sign(paper: Any) -> None:
    names = (
        pgettext("signature", "Drawn up by"),
        pgettext("signature", "Checked by"),
        pgettext("signature", "Chair"),
    )
    date, colon, line = pgettext("signature", "Date"), _(": "), "_" * 16
    paper.add_paragraph()
    for name in names:
        paper.add_paragraph(f"{name}{colon}{line}    {date}{colon}{line}")
