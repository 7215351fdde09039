"""Figures as files: SVG through a template, and PNG and PDF of that by Typst, always of the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evgrade.model import EvgradeError
from evgrade.report.html import TEMPLATES, filled, inline
from evgrade.report.shapes import Figure

if TYPE_CHECKING:
    from types import ModuleType

_DOCUMENT = b"""#set document(date: none, title: sys.inputs.title)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.alt)
"""
"""It names no date, which would differ from run to run."""
_PIXELS = 216.0
"""Pixels an inch of a PNG: 2,160 across, enough for a column of print or a slide."""


def svg(figure: Figure) -> str:
    """Return a figure as a self-contained SVG: its own style, no script, nothing from elsewhere."""
    return filled("plot.svg", None, figure=figure, style=inline(TEMPLATES / "plot.css"))


def pdf(figure: Figure) -> bytes:
    """Return a figure as a page of PDF.

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
