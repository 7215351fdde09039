"""Whatever is in a record of ClinicalTrials.gov: it is taken or named, never dropped, and what comes out is valid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.importing.ctgov.study import study
from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.model import EvgradeError
from tests.importing.entries import errors_of
from tests.registry_records import SHAPES, a_study, everything


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if parts is None:
        yield pointer, value
        return
    for key, part in parts:
        yield from leaves(part, f"{pointer}/{key}")


def told(pointer: str, record: Record) -> bool:
    """Whether a note is at a pointer, or at something that it lies within."""
    return any(pointer == note.place or pointer.startswith(f"{note.place}/") for note in record.notes)


def texts(value: Any) -> Iterator[str]:
    for _, leaf in leaves(value):
        yield str(leaf).casefold()


_SAYS_WHAT_ANOTHER_VALUE_IS = frozenset(
    {
        *("groupId", "groupIds", "id", "type", "paramType", "dispersionType", "reportingStatus", "ciNumSides"),
        *("studyType", "timePerspective", "nonInferiorityType", "hasResults", "units", "denomUnitsSelected"),
    }
)
"""Keys whose words decide which field another value belongs to, and are not copied themselves."""


def is_in(said: str, value: Any) -> bool:
    """Whether a value is in what was taken, in its own words or in those of a dossier."""
    printed = str(value).casefold()
    return any(one in said for one in (printed.strip("=").lstrip("0"), printed.replace("_", " "), f"< {printed[1:]}"))


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_value_of_a_record_is_taken_or_lies_below_a_note(name: str) -> None:
    data = SHAPES[name]()
    record = study(deepcopy(data), "a.json", "")
    said = " | ".join(texts(record.entries))
    dropped = [
        pointer
        for pointer, value in leaves(data)
        if not told(pointer, record)
        and not is_in(said, value)
        and _SAYS_WHAT_ANOTHER_VALUE_IS.isdisjoint(pointer.split("/"))
    ]
    assert not dropped


def test_a_field_that_nobody_knows_is_named() -> None:
    data = a_study()
    data["protocolSection"]["newModule"] = {"a/b": [1, 2], "c": {"d": "e"}}
    record = study(data, "a.json", "")
    assert {"/protocolSection/newModule/a~1b", "/protocolSection/newModule/c/d"} <= {one.place for one in record.notes}


def test_people_are_not_copied() -> None:
    record = study(everything(), "a.json", "")
    said = json.dumps(record.entries, default=str)
    assert "Contact Person" not in said
    assert "Principal Person" not in said


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_what_comes_of_a_record_is_valid(name: str) -> None:
    assert not errors_of(study(SHAPES[name](), "a.json", ""))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"18 Years"', "NaN"), "not a valid number"),
        (('"count": 101', '"count": -Infinity'), "not a valid number"),
        (('"acronym": "EVERYTHING"', '"acronym": "A", "acronym": "B"'), "twice"),
        (('"count": 101', f'"count": {"9" * 5000}'), "too long"),
        (('"count": 101', f'"count": {"[" * 100_000}{"]" * 100_000}'), "deep"),
    ],
)
def test_a_hostile_file_is_one_clear_error(change: tuple[str, str], said: str) -> None:
    with pytest.raises(EvgradeError, match=said):
        list(records(json.dumps(everything()).replace(*change).encode(), "a.json"))


@pytest.mark.slow
def test_many_of_everything_are_read_in_time_that_grows_with_them() -> None:
    data = a_study()
    protocol, results = data["protocolSection"], data["resultsSection"]
    many = range(20_000)
    protocol["armsInterventionsModule"]["armGroups"] = [{"label": f"arm {n}"} for n in many]
    protocol["referencesModule"]["references"] = [{"pmid": f"{n + 1}", "type": "RESULT"} for n in many]
    results["adverseEventsModule"]["eventGroups"] = [{"id": f"EG{n}", "title": f"arm {n}"} for n in many]
    results["participantFlowModule"]["groups"] = [{"id": f"FG{n}", "title": f"Arm {n}"} for n in many]
    started = monotonic()
    study(data, "a.json", "")
    assert monotonic() - started < 100  # what grows with the square of it takes many minutes


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in places(part, (*path, key)))]


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        [
            [],
            {},
            [{}],
            [[]],
            [{}] * 300,
            "9" * 400,
            10**400,
            "\ud800",
            "NaN",
            "-1",
            "1e9",
            "0",
            "0.000",
            "a\x00b",
            " ",
            "NA",
        ]
    ),
    st.recursive(st.none(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner)),
)


@given(changes=st.lists(st.tuples(st.sampled_from(places(everything())[1:]), ANYTHING), min_size=1, max_size=3))
def test_anything_in_any_place_gives_valid_entries_or_notes(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    data = everything()
    for place, value in changes:
        owner: Any = data
        try:
            for key in place[:-1]:
                owner = owner[key]
            owner[place[-1]] = value
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change took the place away
    record = study(data, "a.json", "")
    assert not errors_of(record)
