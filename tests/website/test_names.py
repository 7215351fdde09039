"""Names of pages: none leads out of the site, no two are the same, and none depends on the others."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.site import shown
from evgrade.site.entry import same
from evgrade.site.shown import names_of
from tests.examples import examples

KEYS = st.tuples(st.text(max_size=80), st.text(max_size=80))
NASTY = [
    ("..", ".."),
    ("../../etc/passwd", "/"),
    ("CON", "nul"),
    ("com1", "LPT9"),
    ("a.", "a "),
    ("", ""),
    ("\0", "\n"),
    ("x" * 5000, "y" * 5000),
    ("ß", "ss"),
    ("ALS", "als"),
    ("日本語", "한국어"),
    ("\ud800", "\udfff"),
]


@examples(300)
@given(st.lists(st.one_of(KEYS, st.sampled_from(NASTY)), unique=True))
def test_names_differ_whatever_a_file_system_makes_of_them(keys: list[tuple[str, str]]) -> None:
    found = names_of(keys)
    assert len({name.casefold() for name in found.values()}) == len(keys)
    for name in found.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name), name
        assert len(name) < 150


@examples(200)
@given(st.lists(KEYS, unique=True, min_size=1), KEYS)
def test_a_name_stays_when_others_are_added(keys: list[tuple[str, str]], other: tuple[str, str]) -> None:
    assert names_of(keys).items() <= names_of([*keys, other]).items()


def test_names_made_to_begin_alike_still_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "_SHORT", 0)
    found = names_of([("a b",), ("a-b",), ("c",)])
    assert len(set(found.values())) == 3
    assert found["c",] == "c-"


def test_what_people_take_for_the_same_name_is_the_same() -> None:
    assert same("  Low   dose\nNaltrexone ") == same("low dose naltrexone")
    assert same("ＬＤＮ") == same("ldn")
    assert same("riluzole") != same("edaravone")
