"""«Did you mean» repairs slips of the pen, and never points at another meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.schema.aliases import choice_meant, collapsed, key_meant, trade_words
from evgrade.schema.explain import known_here
from evgrade.schema.store import schema
from evgrade.schema.suggest import Suggestions, nearest, slip_of
from tests.crossed import one_tuple_in
from tests.examples import examples

from .fields import fields, mappings

CHOICES = sorted({(key, tuple(map(str, node["enum"]))) for _, key, node in fields() if "enum" in node})
TRADE = frozenset(trade_words())
KEYS = sorted((name, tuple(node["properties"])) for name, node in mappings())
PREFIXES = ("un", "non", "non_", "not_", "no_", "in", "im", "dis", "de", "an", "anti", "without_", "pre", "post")
SUFFIXES = ("less", "_less", "_free", "_not")


def opposites(name: str) -> list[str]:
    """Return a name with every affix that turns its meaning, and without the one that it has."""
    turned = [f"{prefix}{name}" for prefix in PREFIXES] + [f"{name}{suffix}" for suffix in SUFFIXES]
    last = name.rpartition("_")
    turned += [f"{last[0]}_{prefix}{last[2]}" for prefix in PREFIXES if last[0]]
    turned += [f"a{name}"] if len(name) > 3 else []  # an aOR is an OR, an adjusted one
    return turned + [name.removeprefix(prefix) for prefix in PREFIXES[:-2] if name.startswith(prefix)]


def suggested(word: str, known: Sequence[str], field: str, definition: str | None) -> set[str]:
    """Return all that is suggested for a value, or in a mapping for a key."""
    meant = choice_meant(word, known, field) if definition is None else key_meant(word, known, definition)
    options = {option.text for option in meant.options} if meant else set()
    return options | {slip for slip in [slip_of(word, known)] if slip}


@pytest.mark.parametrize(("field", "known"), CHOICES, ids=lambda part: part if isinstance(part, str) else "")
def test_no_value_is_suggested_for_its_opposite(field: str, known: tuple[str, ...]) -> None:
    never_suggested(field, known, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("definition", "known"), one_tuple_in(3, KEYS), ids=lambda part: part if isinstance(part, str) else ""
)
def test_no_key_is_suggested_for_its_opposite(definition: str, known: tuple[str, ...]) -> None:
    never_suggested("", known, definition)


def never_suggested(field: str, known: tuple[str, ...], definition: str | None) -> None:
    for name in known:
        for word in opposites(name):
            if collapsed(word) == collapsed(name) or not word:
                continue
            # Whether or not the opposite is a name too.
            for some in (known, tuple(one for one in known if collapsed(one) != collapsed(word))):
                assert name not in suggested(word, some, field, definition), (word, name)


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("published", ["unpublished", "preprint"]),
        ("retired", ["none", "retracted", "corrected"]),
        ("risk ratio", ["RR", "rate_ratio"]),
        ("noninferiority_margin", ["noninferiority_sound"]),
        ("phase5", ["phase1", "phase2", "phase3", "phase4"]),
        ("q2", ["q1", "q3"]),
        ("ci_mid", ["ci_low", "ci_high"]),
        ("superior", ["inferior"]),
        ("masked", ["unmasked"]),
        ("causes", ["cases"]),
        ("symptomatic", ["asymptomatic"]),
        ("harmless", ["harm"]),
    ],
)
def test_a_sibling_is_no_slip(word: str, known: list[str]) -> None:
    assert slip_of(word, known) is None


@examples(400)
@given(st.data())
def test_a_slip_within_a_word_is_understood(data: st.DataObject) -> None:
    """One letter missing, twice or swapped with the next: what people do when they type."""
    _, known = data.draw(st.sampled_from([*CHOICES, *KEYS]))
    name = data.draw(st.sampled_from([one for one in known if len(one) > 5] or ["participants"]))
    at = data.draw(st.integers(2, len(name) - 2))
    assume(name[at].isalpha() and name[at - 1].isalpha() and name[at + 1].isalpha())
    word = data.draw(
        st.sampled_from(
            [
                name[:at] + name[at + 1 :],
                name[:at] + name[at] + name[at:],
                name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            ]
        )
    )
    assume(len(max(name.split("_"), key=len)) > 5 and all(len(part) > 4 for part in name.replace("-", "_").split("_")))
    assume(word not in TRADE)
    assert slip_of(word, known) in (name, None)
    if word not in known:
        assert slip_of(word, [name]) == name


def test_case_hyphens_and_spelling_are_no_slips() -> None:
    known = ["at_least", "phase3", "randomized", "non_randomized"]
    for word, name in {"atleast": "at_least", "phase-3": "phase3", "Randomised": "randomized"}.items():
        assert slip_of(word, known) == name


def test_identifiers_that_people_gave_are_compared_by_letters() -> None:
    assert nearest("smith-7", ["smith-7-a", "jones"]) == "smith-7-a"
    assert nearest("x", ["smith"]) is None


def test_a_key_that_is_looked_for_is_never_hidden() -> None:
    trial = schema("dossier")["$defs"]["trial"]
    for word in ("colour", "why_halted"):
        hint = known_here(word, trial, "trial", Suggestions())
        named = re.findall(r"(?<=[ ,])[a-z_]+(?=[,;])", hint.replace(",", ",,"))
        assert set(trial["properties"]) <= set(named), word


def test_a_key_that_belongs_further_in_is_told_its_place() -> None:
    hint = known_here("noninferiority_margin", schema("dossier")["$defs"]["trial"], "trial", Suggestions())
    assert hint.startswith("`noninferiority_margin` belongs in `effects`; known here")
    assert known_here("trials", schema("dossier")["$defs"]["trial"], "trial", Suggestions()).startswith("known here")


def test_keys_of_which_none_is_near_stand_in_their_groups() -> None:
    hint = known_here("colour", schema("dossier")["$defs"]["trial"], "trial", Suggestions())
    assert hint.startswith("known here: Identity: id, title, ")
    assert "; Design: phase, " in hint


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("reason_for_stop", "why_stopped"),
        ("number_randomised", "randomized_unit"),
        ("assessor_blind", "assessor_masked"),
    ],
)
def test_the_keys_nearest_in_meaning_come_first(word: str, first: str) -> None:
    trial = schema("dossier")["$defs"]["trial"]
    hint = known_here(word, trial, "trial", Suggestions())
    assert hint.startswith("known here, nearest in meaning first: ")
    assert first in hint.split(": ")[1].split(", ")[:6]
