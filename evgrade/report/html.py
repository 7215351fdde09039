"""A report as one self-contained page of HTML: no script, no request, the same bytes from the same input."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from evgrade.model import EvgradeError
from evgrade.render.clean import for_html
from evgrade.report.forest import HEIGHT, MARGIN, WIDTH
from evgrade.report.icons import ACROSS, CELL, DOWN
from evgrade.report.view import View

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = FilePath(__file__).with_name("templates")


def html_page(view: View, templates: str | None = None) -> str:
    """Return the page.

    Args:
        view: what it shows.
        templates: a folder whose templates stand in for ours of the same name.

    Raises:
        EvgradeError: a template of that folder cannot be used.
    """
    from jinja2 import TemplateError, TemplateSyntaxError  # noqa: PLC0415 - only pages need it

    style = (TEMPLATES / "style.css").read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    try:
        page = _environment(templates).get_template("page.html")
        text: str = page.render(view=view, style=_safe(style), digest=digest)
    except TemplateSyntaxError as error:
        raise EvgradeError(f"{error.filename}:{error.lineno}: {error.message}") from None
    except TemplateError as error:
        raise EvgradeError(f"a template cannot be used: {error.message}") from None
    return text


_PICTURE = {
    "width": f"{WIDTH:g}",
    "height": f"{HEIGHT:g}",
    "middle": f"{HEIGHT / 2:g}",
    "margin": MARGIN,
    "icons_width": ACROSS * CELL,
    "icons_height": DOWN * CELL,
}


def _safe(text: str) -> Any:
    """Mark text of our own, which needs no cleaning."""
    from markupsafe import Markup  # noqa: PLC0415

    return Markup(text)  # noqa: S704 - our own file, whose hash stands in the page


@cache
def _environment(templates: str | None) -> Environment:
    from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only pages need it
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - a template of somebody else's folder runs no code

    folders = [*([] if templates is None else [templates]), str(TEMPLATES)]
    environment = SandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["picture"] = _PICTURE
    return environment


def _cleaned(value: object) -> object:
    """Clean text before it is escaped; what is markup already is ours."""
    return for_html(value) if type(value) is str else value
