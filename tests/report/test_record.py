"""The last depth of the page: all that a dossier states, so that nothing a reviewer recorded is without a reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evgrade.dossier import examine
from evgrade.report.recorded import Recorded, recorded_in
from evgrade.report.references import Numbering

ROOT = Path(__file__).parents[2]
DOSSIERS = [*sorted((ROOT / "examples").glob("*.yaml")), ROOT / "tests" / "schema" / "as_printed.dossier.yaml"]


def values(value: Any, key: str = "") -> Iterator[str]:
    """Yield every value of a dossier, in order; of references their ids."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from values(part, name)
    elif isinstance(value, list) and (key in ("refs", "reports") or not any(isinstance(one, dict) for one in value)):
        yield key
    elif isinstance(value, list):
        for part in value:
            yield from values(part, key)
    else:
        yield key


def shown(parts: tuple[Recorded, ...]) -> Iterator[str]:
    for part in parts:
        if part.parts:
            yield from shown(part.parts)
        else:
            assert part.text or part.cited, part
            yield "refs" if part.name == "references" else part.name.replace(" ", "_")


@pytest.mark.parametrize("path", DOSSIERS, ids=lambda path: path.stem)
def test_every_value_is_shown_in_order(path: Path) -> None:
    dossier, _ = examine(path.read_bytes(), path.name)
    assert dossier is not None
    recorded = recorded_in(dossier, Numbering(dossier.references, dossier.retracted))
    assert list(shown(recorded)) == [*values(dossier.data)][1:]  # without the version of the format


def test_numbers_keep_the_zeros_that_they_are_written_with() -> None:
    text = b"dossier: 1\ntherapy: {name: T}\ncondition: {name: C}\ntrials: [{id: t, statement: s, x-mine: 5.20}]\n"
    dossier, _ = examine(text, "a.yaml")
    assert dossier is not None
    (*_, trials) = recorded_in(dossier, Numbering({}, frozenset()))
    assert trials.parts[0].parts[-1] == Recorded(name="x-mine", text="5.20")
