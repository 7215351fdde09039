"""A report as one self-contained page of HTML: no script that runs, no request, the same bytes from the same input."""

from __future__ import annotations

from evgrade.report.environment import STYLE, filled, inline
from evgrade.report.view import View


def html_page(view: View, templates: str | None = None) -> str:
    """Return the page.

    Args:
        view: what it shows.
        templates: a folder whose templates stand in for ours of the same name.

    Raises:
        EvgradeError: a template of that folder cannot be used.
    """
    return filled("page.html", templates, view=view, style=inline(STYLE))
