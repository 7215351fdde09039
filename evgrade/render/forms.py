"""Render pages with one renderer per format, imported when needed."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import assert_never

from evgrade.render.clean import Sink
from evgrade.render.page import Page


class PageFormat(StrEnum):
    """Formats for people."""

    TEXT = "text"
    MARKDOWN = "markdown"


def render(page: Page, form: PageFormat, sink: Sink) -> Iterator[str]:
    """Yield a page in a format, piece by piece."""
    match form:
        case PageFormat.TEXT:
            from evgrade.render.text import page_text  # noqa: PLC0415 - only one renderer is needed

            return page_text(page, sink)
        case PageFormat.MARKDOWN:
            from evgrade.render.markdown import page_markdown  # noqa: PLC0415 - as above

            return page_markdown(page, sink)
        case _:
            assert_never(form)
