"""HTML pages from templates: all values cleaned and escaped, misspelt names an error, foreign templates sandboxed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from evgrade.model import EvgradeError
from evgrade.render.clean import for_html
from evgrade.report.outcomes import ACROSS, CELL, DOWN
from evgrade.report.studies import HEIGHT, MARGIN, WIDTH
from evgrade.report.view import View

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = FilePath(__file__).with_name("templates")
STYLE = TEMPLATES / "style.css"


@dataclass(frozen=True, slots=True)
class Inline:
    """A style or script of evgrade as embedded in a page, with the hash by which the page allows it."""

    text: Any
    digest: str


def digest(text: str) -> str:
    """Return the hash by which a page allows an inline text (W3C, Content Security Policy, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def inline(*files: FilePath) -> Inline:
    """Return files of evgrade as one text to embed in a page."""
    from markupsafe import Markup  # noqa: PLC0415 - only pages need it

    # With a trailing line end, some checkers compute another hash than browsers.
    text = "\n".join(file.read_text(encoding="utf-8").strip() for file in files)
    return Inline(Markup(text), digest(text))  # noqa: S704 - files of evgrade, whose hash is in the page


def filled(template: str, foreign: str | None, *own: str, **values: object) -> str:
    """Return a template filled in.

    Args:
        template: its name.
        foreign: a user's folder, whose templates replace those of evgrade with the same name.
        own: further folders of evgrade with templates.
        values: the values to show.

    Raises:
        EvgradeError: a template cannot be used.
    """
    from jinja2 import TemplateError, TemplateSyntaxError  # noqa: PLC0415 - only pages need it

    try:
        text: str = _environment(foreign, own).get_template(template).render(**values)
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


@cache
def _environment(foreign: str | None, own: tuple[str, ...]) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only pages need it
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - foreign templates must not run code

    # Our own need no sandbox, which checks every attribute access and takes half the time of a page.
    kind = Environment if foreign is None else SandboxedEnvironment
    environment = kind(
        loader=FileSystemLoader([*([] if foreign is None else [foreign]), *own, str(TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["picture"] = _PICTURE
    environment.filters["digest"] = digest
    return environment


def _cleaned(value: object) -> object:
    """Clean text before it is escaped; markup comes only from evgrade."""
    return for_html(value) if type(value) is str else value


def html_page(view: View, templates: str | None = None) -> str:
    """Return a report as one self-contained page: no scripts, no requests, the same bytes for the same input.

    Args:
        view: the content of the page.
        templates: a folder whose templates replace those of evgrade with the same name.

    Raises:
        EvgradeError: a template of that folder cannot be used.
    """
    return filled("page.html", templates, view=view, style=inline(STYLE))
