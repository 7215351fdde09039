"""Rubrics by name or by path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evgrade.model import EvgradeError, UnreadableError
from evgrade.schema.suggest import did_you_mean, listed
from evgrade.yamlio.source import read_bytes, shown_name

if TYPE_CHECKING:
    from evgrade.rubric.model import Rubric

DEFAULT = "evgrade-default"
_OURS = b'\nname = "evgrade"\n'
_PACKAGE = Path(__file__).resolve().parent.parent


class UnknownRubricError(EvgradeError):
    """There is no rubric of that name."""


class RubricText(NamedTuple):
    """The text of a rubric, by which another process or machine can grade with the same one.

    Attributes:
        content: the bytes of the file.
        name: its name in messages.
    """

    content: bytes
    name: str

    def compiled(self) -> Rubric:
        """Return the rubric; the same text is compiled once in a process.

        Raises:
            InvalidRubricError: it is not a rubric that can grade; its findings say why.
        """
        from evgrade.rubric.check import compiled  # noqa: PLC0415 - a process that passes the text on needs no compiler

        return compiled(self.content, self.name)


@cache
def shipped_folder() -> Path:
    """Return the folder of the rubrics that evgrade ships.

    It is inside an installed package, and beside the package in a checkout. The latter holds only in evgrade's own
    project, so that no other `site-packages/rubrics` is read.
    """
    inside = _PACKAGE / "rubrics"
    if inside.is_dir():
        return inside
    beside = _PACKAGE.parent / "rubrics"
    project = _PACKAGE.parent / "pyproject.toml"
    if beside.is_dir() and project.is_file() and _OURS in read_bytes(str(project)):
        return beside
    raise EvgradeError("the rubrics that come with evgrade are missing", hint="install evgrade again")


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the rubrics that evgrade ships, sorted."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def find_rubric(name_or_path: str) -> str:
    """Return the path of a rubric, given the name of a shipped one or a path.

    Raises:
        UnknownRubricError: it is neither.
    """
    if name_or_path in shipped_names():
        return str(shipped_folder() / f"{name_or_path}.yaml")
    is_file = os.path.isfile(name_or_path)  # noqa: PTH113 - Path.is_file raises for a name too long to be one
    if is_file or "/" in name_or_path or os.sep in name_or_path or Path(name_or_path).suffix in (".yaml", ".yml"):
        return name_or_path
    names = shipped_names()
    if name_or_path.lower() in names:
        return str(shipped_folder() / f"{name_or_path.lower()}.yaml")
    hint = did_you_mean(name_or_path, names) or f"shipped: {listed(names)}; or give the path of a file"
    raise UnknownRubricError(f"there is no rubric {name_or_path!r}", hint=hint)


def load_rubric(name_or_path: str = DEFAULT) -> Rubric:
    """Return a rubric by name or by path, compiled and type-checked.

    Raises:
        UnknownRubricError: there is no such rubric.
        UnreadableError: the file cannot be read.
        InvalidRubricError: it is not a rubric that can grade; its findings say why.
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


def requested_names(names: Sequence[str]) -> list[str]:
    """Return the names of the requested rubrics, each once; none means the default, and `all` every shipped one."""
    wanted = (one for name in names or [DEFAULT] for one in (shipped_names() if name == "all" else [name]))
    return list(dict.fromkeys(wanted))


def load_rubrics(names: Sequence[str]) -> list[Rubric]:
    """Return the requested rubrics, each once."""
    return [load_rubric(path) for path in dict.fromkeys(map(find_rubric, requested_names(names)))]


def rubric_files(names: Iterable[str]) -> list[str]:
    """Return those names that are paths of rubrics and not names of shipped ones."""
    return [name for name in names if name.lower() not in ("all", *shipped_names())]
