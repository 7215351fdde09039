"""One dossier under several systems: what each judged, and why they differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evgrade.grading.assess import assess
from evgrade.grading.compare import Compared, compare

from .building import dossier, ladder, rubric, trial


def system(*rungs: str, about: str = "benefit") -> str:
    return "domains:\n" + ladder(*rungs, head=f"    about: {about}\n")


def compared(*bodies: str, **sections: Any) -> tuple[Compared, ...]:
    given = dossier(**sections)
    return compare([assess(given, rubric(body)) for body in bodies])


COUNTS_CASES = system("A good: {any: cases, where: {result: benefit}}", "B bad: {any: trials}", "U nothing")
TRIALS_ONLY = system("A good: {any: trials, where: {result: benefit}}", "B bad: {any: trials}", "U nothing")
CASE = {"id": "case", "statement": "s", "result": "benefit"}


def test_a_subject_that_no_system_judges_is_left_out() -> None:
    (one,) = compared(TRIALS_ONLY, trials=[trial("t")])
    assert (one.subject, len(one.opinions)) == ("benefit", 1)
    assert compared("domains:\n" + ladder("A good: {any: trials}", "U nothing")) == ()


def test_subjects_stand_in_one_order_whatever_the_systems_is() -> None:
    found = compared(system("A good: {any: trials}", "U nothing", about="cost"), TRIALS_ONLY)
    assert [one.subject for one in found] == ["benefit", "cost"]


def test_systems_that_give_the_same_do_not_differ() -> None:
    (one,) = compared(TRIALS_ONLY, COUNTS_CASES)
    assert one.because is None
    (one,) = compared(TRIALS_ONLY, TRIALS_ONLY, trials=[trial("t", result="benefit")])
    assert one.because is None


def test_what_one_counts_and_the_other_does_not_is_named() -> None:
    (one,) = compared(COUNTS_CASES, TRIALS_ONLY, cases=[CASE])
    assert [opinion.domain.grade for opinion in one.opinions] == ["A", "U"]
    assert [opinion.counts for opinion in one.opinions] == [("case",), ()]
    assert one.because == "small counts case; small counts nothing"


def test_what_both_count_is_not_named() -> None:
    both = system("A good: [{any: trials}, {any: cases}]", "U nothing")
    (one,) = compared(both, TRIALS_ONLY, trials=[trial("t", result="harm")], cases=[CASE])
    assert one.because == "small also counts case; small counts nothing else"


def test_the_same_evidence_may_be_judged_otherwise() -> None:
    strict = system("A good: {count: trials, at_least: 2}", "B bad: {any: trials}", "U nothing")
    lenient = system("A good: {any: trials}", "B bad: {any: cases}", "U nothing")
    (one,) = compared(strict, lenient, trials=[trial("t")])
    assert one.because == "they count the same evidence but judge it by different rules"


def test_much_evidence_is_cut_short() -> None:
    trials = [trial(f"t{number}", result="benefit") for number in range(6)]
    (one,) = compared(TRIALS_ONLY, COUNTS_CASES, trials=trials)
    assert one.because is not None
    many = system("A good: {any: trials}", "U nothing")
    none = system("A good: {any: cases}", "U nothing")
    (one,) = compared(many, none, trials=trials)
    assert one.because == "small counts t0, t1, t2, t3 and 2 more; small counts nothing"


def test_systems_that_count_the_same_are_named_together() -> None:
    given = dossier(cases=[CASE])
    named = [(COUNTS_CASES, "one"), (TRIALS_ONLY, "two"), (TRIALS_ONLY, "three")]
    (one,) = compare([replace(assess(given, rubric(body)), rubric=name) for body, name in named])
    assert one.because == "one counts case; two and three count nothing"
