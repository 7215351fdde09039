"""Figures: a sheet to lay one out from top to bottom, and its files as SVG, PNG and PDF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evgrade.model import EvgradeError
from evgrade.report.html import TEMPLATES, filled, inline
from evgrade.report.shapes import Figure, Line, Shape, Text, cleaned, text_width, wrapped

if TYPE_CHECKING:
    from types import ModuleType


WIDTH, MARGIN = 960.0, 24.0
INNER = WIDTH - 2 * MARGIN
RIGHT = WIDTH - MARGIN
TITLE, HEAD, BODY, SMALL = 18.0, 14.0, 12.0, 10.5
"""Font sizes."""
_LEADING = 1.3
"""Line spacing, in font sizes."""


def height_of(lines: int, size: float) -> float:
    """Return the height of lines of text."""
    return lines * size * _LEADING


def lines_at(
    x: float, top: float, lines: Sequence[str], size: float, kind: str = "words", anchor: str = "start", whole: str = ""
) -> list[Shape]:
    """Return lines of text below each other, starting at `top`."""
    return [
        Text(x, top + size * (_LEADING * number + 0.95), line, size, kind, anchor, whole if line.endswith("…") else "")
        for number, line in enumerate(lines)
    ]


@dataclass(slots=True)
class Sheet:
    """The shapes drawn so far, and how far down they reach."""

    shapes: list[Shape] = field(default_factory=list)
    y: float = MARGIN

    def add(self, shapes: Iterable[Shape]) -> None:
        self.shapes += shapes

    def words(self, text: str, size: float = BODY, kind: str = "words", *, after: float = 0.0, most: int = 6) -> None:
        """Write a paragraph across the whole width."""
        lines = wrapped(text, INNER, size, is_bold="bold" in kind, most=most)
        self.add(lines_at(MARGIN, self.y, lines, size, kind, whole=cleaned(text)))
        self.y += height_of(len(lines), size) + after

    def rule(self, kind: str = "thin") -> None:
        """Draw a line across the whole width."""
        self.add([Line(MARGIN, self.y, RIGHT, self.y, kind)])

    def figure(self, title: str, said: Iterable[str]) -> Figure:
        """Return the figure.

        Args:
            title: its title.
            said: sentences that describe it.
        """
        description = " ".join(cleaned(one) for one in said)
        return Figure(
            title=cleaned(title),
            description=description,
            width=WIDTH,
            height=round(self.y + MARGIN),
            shapes=tuple(self.shapes),
        )


def narrowest(texts: Iterable[str], size: float, *, is_bold: bool = False, least: float = 0.0) -> float:
    """Return the width of the widest text."""
    return max([least, *(text_width(cleaned(text), size, is_bold=is_bold) for text in texts)])


_DOCUMENT = b"""#set document(date: none, title: sys.inputs.title)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.alt)
"""
"""Without a date, which would differ between runs."""
_PIXELS = 216.0
"""Pixels per inch of a PNG: 2,160 across, enough for a printed column or a slide."""


def svg(figure: Figure) -> str:
    """Return a figure as a self-contained SVG with its own style, without scripts or external files."""
    return filled("plot.svg", None, figure=figure, style=inline(TEMPLATES / "plot.css"))


def pdf(figure: Figure) -> bytes:
    """Return a figure as a one-page PDF.

    Raises:
        EvgradeError: the extra `plots` is not installed.
    """
    return _made(figure, "pdf")


def png(figure: Figure) -> bytes:
    """Return a figure as PNG.

    Raises:
        EvgradeError: the extra `plots` is not installed.
    """
    return _made(figure, "png")


def _made(figure: Figure, form: str) -> bytes:
    inputs = {"svg": svg(figure), "title": figure.title, "alt": figure.description}
    found: Any = _typst().compile(_DOCUMENT, format=form, ppi=_PIXELS, sys_inputs=inputs)
    return bytes(found)


def _typst() -> ModuleType:
    try:
        import typst  # noqa: PLC0415 - an extra
    except ImportError:
        raise EvgradeError(
            "PNG and PDF need Typst, which is not installed", hint="pip install 'evgrade[plots]'; or write an .svg"
        ) from None
    module: ModuleType = typst
    return module
