"""What is wrong in one part of a dossier says nothing of the others: they are checked, and nothing counts as absent."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache, lru_cache, reduce
from operator import getitem
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.checking import check_contents
from evgrade.checks.model import all_checks
from evgrade.checks.prose import all_prose, example_text
from evgrade.checks.waivers import OF_RUBRICS
from evgrade.model import Finding, Path
from evgrade.yamlio.reader import read
from tests.crossed import one_in
from tests.examples import examples

EXAMPLES = sorted(File(__file__).parents[2].glob("examples/**/*.dossier.yaml"))
CODES = [one.code for one in all_checks()]


@lru_cache(maxsize=8)  # what is damaged is looked at before each damage
def found(text: str) -> tuple[Finding, ...]:
    [checked] = check_contents([(text.encode(), "dossier.yaml")])
    return checked.findings


def texts_of(code: str) -> list[str]:
    """Return the example that a check objects to, and the one that it passes."""
    prose = all_prose()[code]
    return [example_text(prose.fails), example_text(prose.passes)]


def plain(text: str) -> Any:
    return read(text.encode(), "dossier.yaml").data


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value below the top."""
    for step, child in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, step)
        yield from paths(child, (*path, step))


READ_OTHERS = {
    *("count-contributing", "count-shared-control", "effect-beyond-scale", "source-newer", "waiver-unused"),
    *("reference-unused", "retraction-other-version"),
}
"""What is found of an item and rests on others too, whose places it does not name: what an entry cites, for one."""

DAMAGES = ("wrong", "unknown", "gone", "misspelt")


def damaged(data: Any, path: Path, how: str) -> Any:
    """Return data with one value of another type, beside a key that is unknown, missing, or under a misspelt key."""
    data = copy.deepcopy(data)
    last: Any = path[-1]
    inside: Any = reduce(getitem, path[:-1], data)
    if how == "wrong":
        inside[last] = {"what": "is this?"} if not isinstance(inside[last], dict) else 5
    elif isinstance(inside, list):
        inside[last] = None
    elif how == "unknown":
        inside["quite_another_thing"] = 5
    elif how == "gone":
        del inside[last]
    else:
        inside[f"{str(last)[:-1]}_{str(last)[-1]}"] = inside.pop(last)
    return data


def entry(path: Path) -> Path:
    """Return the outermost entry of a list that a path leads into; the section where it leads into none."""
    return next((path[: place + 1] for place, step in enumerate(path) if isinstance(step, int)), path[:1])


def key(finding: Finding) -> tuple[str, Path]:
    return finding.code, finding.location.path


def compare(data: Any, path: Path, how: str) -> None:
    """Damage one value, and hold what is found then against what was found before."""
    before, after = found(json.dumps(data)), found(json.dumps(damaged(data, path, how)))
    if not any(one.code.startswith("schema-") for one in after):  # that is allowed
        return
    new = {key(one) for one in after if not one.code.startswith("schema-")} - {key(one) for one in before}
    assert not new, "what is wrong was taken for absent"
    there = entry(path)
    elsewhere = {
        key(one)
        for one in before
        if there not in {entry(place.path) for place in (one.location, *one.related)}
        if len(there) > 1 and one.code not in READ_OTHERS | OF_RUBRICS  # what is invalid is not graded
    }
    assert elsewhere <= {key(one) for one in after}, "what is wrong silenced a check of something else"


@pytest.mark.parametrize("code", CODES)
def test_an_error_elsewhere_silences_no_check(code: str) -> None:
    text = texts_of(code)[0]
    objected = [one for one in found(text) if one.code == code]
    section = next(one for one in ("preclinical", "mechanism", "cases") if f"\n{one}:" not in text)
    after = found(f"{text}{section}:\n  - {{id: wrong, statement: 5}}\n")
    assert "schema-type" in {one.code for one in after}
    assert [one for one in after if one.code == code] == objected


@pytest.mark.slow
@pytest.mark.parametrize("code", one_in(8, CODES))
def test_what_is_wrong_is_not_taken_for_absent_in_the_examples_of_a_check(code: str) -> None:
    for text in texts_of(code):
        data = plain(text)
        for path in paths(data):
            if path != ("dossier",):
                for how in DAMAGES:
                    compare(data, path, how)


@cache
def whole(file: File) -> tuple[Any, tuple[Path, ...]]:
    data = plain(file.read_text(encoding="utf-8"))
    return data, tuple(path for path in paths(data) if path != ("dossier",))


@examples(100)
@given(st.sampled_from(EXAMPLES), st.integers(0), st.sampled_from(DAMAGES))
def test_what_is_wrong_in_one_place_of_a_dossier_says_nothing_of_the_others(file: File, number: int, how: str) -> None:
    data, places = whole(file)
    compare(data, places[number % len(places)], how)
