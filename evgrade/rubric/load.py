"""Rubrics by name or by path."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evgrade.model import EvgradeError, Finding, InvalidError, InvalidRubricError, Severity, UnreadableError
from evgrade.schema import did_you_mean, listed, validate
from evgrade.yamlio import Document, read, read_bytes, shown_name

if TYPE_CHECKING:
    from evgrade.rubric.model import Rubric

DEFAULT = "evgrade-default"
HEADER = "rubric"
_OURS = '\nname = "evgrade"\n'
_PACKAGE = Path(__file__).resolve().parent.parent


class UnknownRubricError(EvgradeError):
    """There is no rubric of that name."""


class RubricText(NamedTuple):
    """A rubric as it was read: what another process, or another machine, needs to grade with the same one.

    Attributes:
        content: the bytes of the file.
        name: its name in messages.
    """

    content: bytes
    name: str

    def compiled(self) -> Rubric:
        """Return the rubric; the same text is compiled once in a process.

        Raises:
            InvalidRubricError: it is no rubric that could grade; its findings say why.
        """
        return _compiled(self.content, self.name)


@cache
def shipped_folder() -> Path:
    """Return the folder of the rubrics that evgrade ships.

    In an installed package it stands inside it; in a checkout beside it, which is only believed of a
    folder that is our own project, so that nobody's `site-packages/rubrics` is read.
    """
    inside = _PACKAGE / "rubrics"
    if inside.is_dir():
        return inside
    beside = _PACKAGE.parent / "rubrics"
    project = _PACKAGE.parent / "pyproject.toml"
    if beside.is_dir() and project.is_file() and _OURS in project.read_text(encoding="utf-8", errors="replace"):
        return beside
    raise EvgradeError("the rubrics that come with evgrade are missing", hint="install evgrade again")


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the rubrics that evgrade ships, sorted."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def find_rubric(name_or_path: str) -> str:
    """Return the path of a rubric given by the name of a shipped one or by a path.

    Raises:
        UnknownRubricError: it is neither.
    """
    if name_or_path in shipped_names():
        return str(shipped_folder() / f"{name_or_path}.yaml")
    is_file = os.path.isfile(name_or_path)  # noqa: PTH113 - Path.is_file raises for a name too long to be one
    if is_file or "/" in name_or_path or Path(name_or_path).suffix in (".yaml", ".yml"):
        return name_or_path
    names = shipped_names()
    hint = did_you_mean(name_or_path, names) or f"shipped: {listed(names)}; or give the path of a file"
    raise UnknownRubricError(f"there is no rubric {name_or_path!r}", hint=hint)


def load_rubric(name_or_path: str = DEFAULT) -> Rubric:
    """Return a rubric by name or by path, compiled and type-checked.

    Raises:
        UnknownRubricError: there is no such rubric.
        UnreadableError: the file cannot be read.
        InvalidRubricError: it is no rubric that could grade; its findings say why.
    """
    return read_rubric(name_or_path).compiled()


def read_rubric(name_or_path: str = DEFAULT) -> RubricText:
    """Return the text of a rubric by name or by path.

    Raises:
        UnknownRubricError: there is no such rubric.
        UnreadableError: the file cannot be read.
    """
    path = find_rubric(name_or_path)
    try:
        return RubricText(read_bytes(path), shown_name(path))
    except UnreadableError as error:
        hint = f"shipped rubrics: {listed(shipped_names())}"
        raise UnreadableError(f"the rubric {error.message}", hint=hint) from None


@lru_cache(maxsize=16)
def _compiled(content: bytes, name: str) -> Rubric:
    """Return the rubric that some bytes hold; the same bytes are compiled once, however many dossiers they grade."""
    try:
        document = read(content, name)
    except InvalidError as error:
        raise InvalidRubricError(f"{name} is no rubric", error.findings) from None
    rubric, findings = check_rubric(document)
    if rubric is None or any(finding.severity is Severity.ERROR for finding in findings):
        raise InvalidRubricError(f"{name} is no rubric that could grade", tuple(findings))
    return rubric


def check_rubric(document: Document) -> tuple[Rubric | None, list[Finding]]:
    """Return a rubric and all that is wrong with it, sorted; no rubric where its form is wrong already."""
    if not isinstance(document.data, dict) or HEADER not in document.data:
        return None, [_no_rubric(document)]
    findings = validate(document, "rubric")
    if findings:
        return None, findings
    from evgrade.rubric.compile import compile_rubric  # noqa: PLC0415 - a text that is only sent on needs no compiler

    rubric, mistakes = compile_rubric(document)
    return rubric, sorted(dict.fromkeys(mistakes.findings), key=Finding.sort_key)


def _no_rubric(document: Document) -> Finding:
    return Finding(
        code="no-rubric",
        severity=Severity.ERROR,
        message="this is no rubric: it has no `rubric:` header",
        location=document.location(()),
        excerpt=document.excerpt(()),
        hint="a rubric begins with the line `rubric: 1`; `evgrade rubric list` names those that are shipped",
    )
