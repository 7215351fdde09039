"""Every check has its prose, and does what its prose says: one example fails, one passes."""

from __future__ import annotations

import re
import sys

import pytest

from evgrade.checks import Check
from evgrade.checks.model import all_checks
from evgrade.checks.prose import Measured, all_prose, example_text, measurements, said_of, sample
from evgrade.schema.store import schema
from tests.checks.building import found_in, of

CHECKS = pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.code)


WITHOUT = {"effect-test-unchecked": "scipy"}
"""Packages whose absence is what a check finds."""


@CHECKS
def test_its_examples_do_what_they_are_examples_of(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    if check.code in WITHOUT:
        monkeypatch.setitem(sys.modules, WITHOUT[check.code], None)
    prose = all_prose()[check.code]
    findings = found_in(check.code, of(prose.fails))
    assert findings, "the failing example passes"
    assert found_in(check.code, of(prose.passes)) == []
    for finding in findings:
        assert finding.location.path, "it points at a value"
        assert finding.hint, "it says what would be right"


@CHECKS
def test_its_examples_are_dossiers_to_copy_and_run(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    if check.code in WITHOUT:
        monkeypatch.setitem(sys.modules, WITHOUT[check.code], None)
    prose = all_prose()[check.code]
    said = said_of(example_text(prose.fails), check.code)
    assert [one.message for one in said if "(line" not in one.message] == [
        one.message for one in found_in(check.code, of(prose.fails)) if "(line" not in one.message
    ]
    assert said
    assert said_of(example_text(prose.passes), check.code) == []


@CHECKS
def test_it_is_told_in_words(check: Check) -> None:
    prose = all_prose()[check.code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", check.code)
    assert prose.title == prose.title.strip(". ")
    assert all(text.rstrip().endswith(".") for text in (prose.why, prose.how))
    assert prose.source
    assert check.find.__doc__
    assert set(check.on) <= set(schema("dossier")["$defs"])


@CHECKS
def test_whatever_it_looks_at_can_state_what_it_needs(check: Check) -> None:
    """Else a key is misspelt, and the check never finds anything there."""
    whole = schema("dossier")
    for definition in check.on or (None,):
        stated = (whole if definition is None else whole["$defs"][definition])["properties"].keys()
        assert check.needs <= stated
        assert check.has_something_in(definition, stated)
        assert not any(check.has_something_in(definition, stated - {key}) for key in check.needs)
        assert not check.needs_one_of or not check.has_something_in(definition, stated - check.needs_one_of)


def test_no_prose_is_without_its_check() -> None:
    assert set(all_prose()) == {check.code for check in all_checks()}


def test_it_says_of_every_check_how_often_it_is_wrong_or_that_it_was_not_measured() -> None:
    assert set(measurements()) == {check.code for check in all_checks()}
    assert sample()


@pytest.mark.parametrize(
    "measured", [it for it in measurements().items() if isinstance(it[1], Measured)], ids=lambda it: it[0]
)
def test_no_check_is_wrong_more_often_than_three_times_in_a_thousand(measured: tuple[str, Measured]) -> None:
    _, figures = measured
    assert figures.wrong <= figures.errors + figures.warnings <= figures.looked_at
    assert figures.share <= 0.003
