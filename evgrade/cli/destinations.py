"""Where output goes and in which formats: standard output and files, several at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from evgrade.model import EvgradeError

F = TypeVar("F", bound=StrEnum)


class OutputsError(EvgradeError):
    """The outputs that were requested get in each other's way."""


@dataclass(frozen=True, slots=True)
class Output(Generic[F]):
    """A format and the file that it goes to, None for standard output."""

    form: F
    path: str | None


def planned(
    form: F | None, given: Iterable[str], formats: type[F], by_path: Callable[[str], F] | None = None
) -> tuple[Output[F], ...]:
    """Return the outputs that `--format` and `--output` ask for, in some of the formats; the first is the usual one.

    `FORMAT=PATH` is an output beside the others; any other text is a path that gets the format of `--format`, or where
    none was chosen, the one that `by_path` knows for it. What comes before the first `=` must be the name of a format,
    else it belongs to the path: `./sarif=x` is a path too. Without a path of its own, the format of `--format` goes to
    standard output, unless one was sent there and none was chosen.

    Raises:
        OutputsError: two outputs would go to the same place, or `by_path` knows no format for a path.
    """
    chosen = form or next(iter(formats))
    outputs: list[Output[F]] = []
    moved = False
    for text in given:
        name, equals, path = text.partition("=")
        if equals and name in set(formats):
            if not path:
                raise OutputsError(f"--output {text} names no file")
            outputs.append(Output(formats(name), _path(path)))
        else:
            wanted = by_path(text) if form is None and by_path is not None and text != "-" else chosen
            outputs.append(Output(wanted, _path(text)))
            moved = True
    taken = any(output.path is None for output in outputs)
    if not moved and not (taken and form is None):
        outputs.insert(0, Output(chosen, None))
    seen: set[str | None] = set()
    for output in outputs:
        place = None if output.path is None else os.path.realpath(output.path)
        if place in seen:
            where = "standard output" if output.path is None else output.path
            raise OutputsError(f"two outputs would go to {where}")
        seen.add(place)
    return tuple(outputs)


def _path(text: str) -> str | None:
    return None if text == "-" else text
