"""Pages as Word documents for editing, with real headings, tables and captions. The only module that uses python-docx.

The same page gives the same bytes: all timestamps are fixed. Text is cleaned as it is added, and links lead only where
`evgrade.report.links` allows.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, assert_never

from evgrade.model import EvgradeError, is_short_of_memory
from evgrade.render.clean import for_terminal, for_word
from evgrade.render.findings import finding_line
from evgrade.render.page import (
    GENERATED,
    Block,
    Bullets,
    Caption,
    Column,
    Effects,
    Findings,
    Foot,
    Grades,
    Heading,
    Item,
    Line,
    Link,
    Mark,
    Note,
    Page,
    Paragraph,
    Rule,
    Sources,
    Span,
    Style,
    Table,
    Title,
    Verbatim,
    Verdict,
    effects_below,
    effects_table,
    row,
    strong,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as WordParagraph

_EPOCH = dt.datetime(1980, 1, 1)
_BODY, _SMALL = 10.5, 8.5
_INK, _BLUE = "1F1F1F", "1F4E79"
_LEAST = 0.08
"""The minimum share of a table's width that a column gets."""


def page_word(page: Page, author: str, made_by: str) -> bytes:
    """Return a page as a Word document.

    Args:
        page: the page; its title becomes that of the document.
        author: the author named in the document properties.
        made_by: the program that made it.

    Raises:
        EvgradeError: python-docx is not installed.
    """
    try:
        from docx import Document as new_document  # noqa: N813, PLC0415 - it is optional and slow to import
    except ImportError as error:
        if is_short_of_memory(error):
            raise
        raise EvgradeError("Word documents need python-docx", hint="pip install 'evgrade[docx]'") from None
    document = new_document()
    _prepare(document)
    properties = document.core_properties
    properties.author, properties.comments = (for_word(text)[:255] for text in (author, made_by))
    properties.last_modified_by, properties.revision, properties.language = "", 1, "en-GB"
    properties.created = properties.modified = _EPOCH
    writer = _Writer(document)
    for block in page:
        writer.add(block)
    held = io.BytesIO()
    document.save(held)
    return _with_fixed_times(held.getvalue())


def _with_fixed_times(content: bytes) -> bytes:
    """Return a zip file with the same parts, without their modification times and operating system."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            new.writestr(part, old.read(name))
    return fixed.getvalue()


# The document


def _prepare(document: Document) -> None:
    """Set page, styles, language and page numbers."""
    from docx.enum.style import WD_STYLE_TYPE  # noqa: PLC0415
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415

    section, styles = document.sections[0], document.styles
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for language in styles.element.iter(_name("w:lang")):
        language.set(_name("w:val"), "en-GB")
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(_BODY)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15
    for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 12), ("Heading 3", 11)):
        style = styles[name]
        _set_font(style.element, "Calibri")
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), True, RGBColor.from_string(_INK)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(size), Pt(4)
    caption = styles["Caption"]
    caption.font.size, caption.font.bold, caption.font.color.rgb = Pt(9.5), True, RGBColor.from_string(_INK)
    caption.paragraph_format.keep_with_next, caption.paragraph_format.space_before = True, Pt(10)
    for name, points in (("Table Text", _SMALL), ("Table Note", _SMALL), ("Bibliography", 9.5)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size, style.quick_style = normal, Pt(points), True
        style.paragraph_format.space_after = Pt(4 if name == "Bibliography" else 2)
        style.paragraph_format.line_spacing = 1.0
    bibliography = styles["Bibliography"].paragraph_format
    bibliography.left_indent, bibliography.first_line_indent = Cm(0.9), Cm(-0.9)
    generated = styles.add_style(GENERATED, WD_STYLE_TYPE.CHARACTER)
    generated.font.italic, generated.font.color.rgb, generated.quick_style = True, RGBColor.from_string(_BLUE), True
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline, link.font.color.rgb = True, RGBColor.from_string("0B5394")
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_field(foot, "PAGE", "1")


def _set_font(style: Any, name: str) -> None:
    """Set the font of a style for every script; otherwise the theme's heading font takes precedence."""
    fonts = style.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(_name(key), name)


def _name(name: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415

    return qn(name)


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    from docx.oxml import OxmlElement  # noqa: PLC0415

    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(_name(f"w:{key}"), value)
    return element


def _add_field(paragraph: WordParagraph, instruction: str, shown: str) -> None:
    """Add a field with the text to show until Word updates it. Never pass an instruction from a dossier."""
    field = _element("fldSimple", instr=f" {instruction} ")
    paragraph._p.append(field)
    run = paragraph.add_run(shown)
    field.append(run._r)


# Blocks


class _Writer:
    """Adds one block after another."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def add(self, block: Block) -> None:
        from docx.enum.text import WD_BREAK  # noqa: PLC0415

        match block:
            case Title():
                self._document.core_properties.title = for_word(block.text)[:255]
                self._paragraph((block.text,), "Title")
            case Heading():
                self._heading(block)
            case Paragraph():
                self._paragraph(block.line)
            case Note():
                self._paragraph((f"{'. '.join(block.texts)}.",), "Table Note")
            case Bullets():
                self._bullets(block)
            case Verdict():
                self._verdict(block)
            case Grades():
                heads = [Column(head, share=share) for head, share in (("Domain", 3), ("Grade", 2), ("Means", 7))]
                self._table(Table(heads, [row(one.title, strong(one.grade), one.means) for one in block.rows]))
            case Effects():
                self._effects(block)
            case Caption():
                self._caption(block)
            case Table():
                self._table(block)
            case Sources():
                self._sources(block)
            case Findings():
                self._bullets(Bullets([Item((finding_line(one),)) for one in block.findings]))
            case Verbatim():
                self._verbatim(block)
            case Foot():
                self._paragraph((Span(f"{block.file} {block.text}", Style.DIM),), "Table Note")
            case Rule():
                self._document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            case _:
                assert_never(block)

    def _paragraph(self, line: Line, style: str = "Normal") -> WordParagraph:
        return _filled(self._document.add_paragraph(style=style), line)

    def _effects(self, effects: Effects) -> None:
        self._table(effects_table(effects))
        for text in effects_below(effects):
            self._paragraph((text,), "Table Note")

    def _heading(self, heading: Heading) -> None:
        self._paragraph(heading.line, f"Heading {max(1, heading.level - 1)}")
        if heading.below:
            self._paragraph((Span(heading.below, Style.DIM),))

    def _verdict(self, verdict: Verdict) -> None:
        self._paragraph((strong(verdict.title), "" if verdict.settled else " (provisional)"))
        self._paragraph((" ".join(verdict.means),))
        for bullets in (verdict.because, verdict.settles):
            items = tuple(bullets.items)
            if bullets.title and not items:
                self._paragraph((bullets.title,))
            self._bullets(replace(bullets, items=items))

    def _caption(self, caption: Caption) -> None:
        paragraph = self._document.add_paragraph("Table ", style="Caption")
        _add_field(paragraph, "SEQ Table \\* ARABIC", str(caption.number))
        _filled(paragraph, (f". {caption.text}",))

    def _bullets(self, block: Bullets) -> None:
        for number, (item, depth) in enumerate(_flat(block.items, 1)):
            if number == 0 and block.title:
                self._paragraph((block.title,))
            style = "List Bullet" if depth == 1 else f"List Bullet {min(depth, 3)}"
            self._paragraph(_whole(item), style)

    def _verbatim(self, block: Verbatim) -> None:
        for line in block.text.splitlines():
            self._paragraph((Span(line, Style.FILE),), "Table Text")

    def _sources(self, sources: Sources) -> None:
        for source in sources.entries:
            paragraph = self._document.add_paragraph(style="Bibliography")
            warning = (strong(f"{source.warning}."), " ") if source.warning else ()
            if source.label:
                paragraph.add_run(for_word(source.label))
                paragraph.add_run().add_tab()
            _filled(paragraph, (*warning, *source.line))
            for link in source.links:
                paragraph.add_run(" ")
                _add_link(paragraph, link)

    def _table(self, table: Table) -> None:
        if table.title:
            self._paragraph((table.title,), "Heading 2")
        columns, rows = table.columns, [[cell for part in parts for cell in part] for parts in table.rows]
        made = self._document.add_table(rows=0, cols=len(columns), style="Table Grid")
        made.autofit = False
        widths = self._widths(columns)
        heads = [strong(column.head) for column in columns]
        for number, cells in enumerate((heads, *rows)):
            added = made.add_row()
            properties = added._tr.get_or_add_trPr()
            properties.append(_element("cantSplit"))
            if number == 0:
                properties.append(_element("tblHeader"))
            for cell, span, width in zip(added.cells, cells, widths, strict=True):
                cell.width = width
                _fill_cell(cell, span, is_head=number == 0)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        self._document.add_paragraph(style="Table Note")

    def _widths(self, columns: Sequence[Column]) -> list[Any]:
        """Return the widths of columns, by their shares or else by the length of their heads."""
        section = self._document.sections[0]
        if section.page_width is None or section.left_margin is None or section.right_margin is None:
            raise AssertionError("the page was given a size")
        room = section.page_width - section.left_margin - section.right_margin
        shares = [float(column.share or len(column.head)) for column in columns]
        least = sum(shares) * _LEAST
        shares = [max(share, least) for share in shares]
        from docx.shared import Emu  # noqa: PLC0415

        return [Emu(int(room * share / sum(shares))) for share in shares]


def _fill_cell(cell: _Cell, span: Span, *, is_head: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = "Table Text"
    if is_head:
        cell._tc.get_or_add_tcPr().append(_element("shd", val="clear", color="auto", fill="E7EBF0"))
    _filled(paragraph, (span,))


def _filled(paragraph: WordParagraph, line: Line) -> WordParagraph:
    """Add a line to a paragraph, and return the paragraph: the one place where text enters a document."""
    for part in line:
        span = part if isinstance(part, Span) else Span(part)
        text = for_terminal(span.text) if span.style is Style.FILE else for_word(span.text)
        if text:
            _styled(paragraph.add_run(text), span.style)
    return paragraph


def _styled(run: Any, style: Style) -> None:
    match style:
        case Style.STRONG:
            run.bold = True
        case Style.EMPHASIS:
            run.italic = True
        case Style.GENERATED:
            run.style = GENERATED
        case Style.RAISED:
            run.font.superscript = True
        case Style.COMMAND | Style.FILE:
            run.font.name = "Courier New"
        case Style.PLAIN | Style.DIM:
            pass
        case _:
            assert_never(style)


def _add_link(paragraph: WordParagraph, link: Link) -> None:
    """Add a link to the web."""
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415

    target = paragraph.part.relate_to(link.href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    element = _element("hyperlink")
    element.set(_name("r:id"), target)
    run = paragraph.add_run(for_word(link.words), style="Hyperlink")
    element.append(run._r)
    paragraph._p.append(element)


def _flat(items: Iterable[Item], depth: int) -> Iterator[tuple[Item, int]]:
    for item in items:
        yield item, depth
        yield from _flat(item.children, depth + 1)


_MARKS = {
    Mark.DECIDES: " (a grade rests on it)",
    Mark.YES: " (yes)",
    Mark.NO: " (no)",
    Mark.UNKNOWN: " (not known)",
}


def _whole(item: Item) -> Line:
    """Return an item as one line: its name, text, sources and place."""
    name = [part if isinstance(part, Span) else strong(part) for part in item.name]
    colon = (strong(": "),) if name and any(item.line) else ()
    cited = (f" [{'; '.join(dict.fromkeys(item.citations))}]",) if item.citations else ()
    place = (f" ({item.place.file}:{item.place.line})",) if item.place else ()
    mark = (_MARKS[item.mark],) if item.mark in _MARKS else ()
    return (*name, *colon, *item.line, *cited, *place, *mark)
