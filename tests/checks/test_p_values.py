"""The checks of p values, against the interval and against the test statistic."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evgrade.model import Severity
from tests.checks.building import found_in, of_effect, read
from tests.checks.test_effects import interval


@pytest.mark.parametrize(
    ("p", "message", "hint"),
    [
        ("0", "p = 0, but a p value cannot be 0", "0.001"),
        ("0.000", "p = 0.000, but a p value cannot be 0", "0.001"),
        ("0.00", "p = 0.00, but a p value cannot be 0", "0.01"),
        ("0.0000", "p = 0.0000, but a p value cannot be 0", "0.0001"),
        ('"< .000"', "p < .000, but a p value cannot be 0", "0.001"),
    ],
)
def test_no_p_value_is_0(p: str, message: str, hint: str) -> None:
    (finding,) = of_effect("effect-p-impossible", f"p: {p}")
    assert (finding.message, finding.severity) == (message, Severity.WARNING)
    assert finding.hint == f'write "< {hint}" if a smaller one was rounded to 0'


@pytest.mark.parametrize("p", ['"> 1.00"', '"< 1.5"'])
def test_nor_above_1(p: str) -> None:
    (finding,) = of_effect("effect-p-impossible", f"p: {p}")
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("p", ["1", "1.00", "0.0001", '"< 0.001"', '"> .05"', '"> .00"', '"< 1.00"'])
def test_other_p_values_are_possible(p: str) -> None:
    assert not of_effect("effect-p-impossible", f"p: {p}")


@pytest.mark.parametrize(("numbers", "p"), [("0.85 0.74 0.96", "0.01"), ("0.81 0.60 1.08", "0.15")])
def test_remdesivir(numbers: str, p: str) -> None:
    """HL7/ebm, commit 246f7bb, Evidence-day-mortality-remdesivir-vs-placebo-meta-example: rounding explains both p."""
    assert not of_effect("effect-p-interval", f"{interval('RR', numbers)}, p: {p}")
    assert not of_effect("effect-significance", f"{interval('RR', numbers)}, p: {p}")


def test_a_contradiction_is_told_with_its_numbers() -> None:
    (finding,) = of_effect("effect-p-interval", f"{interval('RR', '0.85 0.74 0.98')}, p: 0.40")
    assert finding.message == "p = 0.40, but RR 0.85 (0.74 to 0.98) gives p from 0.0141 to 0.0360"
    assert finding.location.path[-1] == "p"
    assert [place.path[-1] for place in finding.related] == ["estimate"]


@pytest.mark.parametrize(
    ("effect", "p", "found"),
    [
        (interval("RR", "0.90 0.79 1.03"), "0.001", True),
        (interval("HR", "0.90 0.79 1.03"), '"< 0.001"', True),
        (interval("RR", "0.70 0.55 0.89"), "0.5", True),
        (interval("OR", "0.50 0.40 0.62"), '"> 0.05"', True),
        (interval("MD", "-2.1 -4.0 -0.2"), "0.0001", True),
        (interval("MD", "-2.10 -4.02 -0.18"), "0.03", False),
        (interval("MD", "-2.10 -4.02 -0.18") + ", ci_level: 90", "0.07", False),
        (interval("MD", "-2.10 -4.02 -0.18") + ", ci_level: 97.5", "0.6", True),
        (interval("MD", "-2.10 -3.05 -1.15"), '"< 0.05"', False),  # a bound is not a number
        (interval("RR", "0.70 0.55 0.89"), '"< 0.0001"', False),  # far out in the tails tests differ
        (interval("RR", "1 1 1"), "0.6", False),
        (interval("OR", "0.0 0.0 0.4"), "0.001", False),
        (interval("other", "0.90 0.79 1.03"), "0.001", False),
        ("estimate: 0.90, ci_low: 0.79, ci_high: 1.03", "0.001", False),
        # A trailing zero is a statement.
        (interval("RR", "0.9 0.8 1.0"), "0.5", False),
        (interval("RR", "0.90 0.80 1.00"), "0.5", True),
        # One mistake, one finding: the level is wrong here.
        (interval("RR", "0.85 0.74 0.98") + ", ci_level: 0.95", "0.024", False),
        # A test of one side has half the p.
        (interval("RR", "0.90 0.79 1.03") + ", test: {statistic: z, value: 2, one_tailed: true}", "0.06", False),
        (interval("RR", "0.90 0.79 1.03") + ", p_sides: one", "0.06", False),
        (interval("RR", "0.90 0.79 1.03") + ", p_sides: one", "0.94", False),  # of the other side
        (interval("RR", "0.90 0.79 1.03") + ", p_sides: one", "0.001", True),
        (interval("RR", "0.90 0.79 1.03") + ", p_sides: one", '"> 0.025"', False),
        # What p is for, or corrected for, the interval is not.
        (interval("RR", "0.90 0.79 1.03") + ", p_for: superiority", "0.001", True),
        (interval("RR", "0.90 0.79 1.03") + ", p_for: noninferiority", "0.001", False),
        (interval("RR", "0.90 0.79 1.03") + ", p_for: interaction", "0.001", False),
        (interval("RR", "0.70 0.55 0.89") + ", p_adjusted: true", "0.5", False),
        (interval("RR", "0.70 0.55 0.89") + ", p_adjusted: not_reported", "0.5", True),
        # A one-sided bound of 97.5% is that of an interval of 95% with two sides.
        ("measure: RR, estimate: 0.90, ci_high: 1.03, ci_sides: one, ci_level: 97.5", "0.12", False),
        ("measure: RR, estimate: 0.90, ci_high: 1.03, ci_sides: one, ci_level: 97.5", "0.001", True),
        ("measure: MD, estimate: 2.1, ci_low: 0.2, ci_sides: one, ci_level: 97.5", "0.03", False),
        ("measure: MD, estimate: 2.1, ci_low: 0.2, ci_sides: one, ci_level: 97.5", "0.6", True),
        ("measure: RR, estimate: 0.90, ci_low: 0.79, ci_high: not_estimable", "0.001", False),
        ("measure: RR, estimate: 0.90, ci_high: 1.03", "0.001", False),
        (interval("log_ratio", "-0.11 -0.24 0.03"), "0.001", True),
        (interval("coefficient", "2.10 0.18 4.02"), "0.03", False),
        (interval("ratio_of_means", "0.90 0.79 1.03"), "0.001", True),
    ],
)
def test_only_clear_contradictions_count(effect: str, p: str, found: bool) -> None:
    assert bool(of_effect("effect-p-interval", f"{effect}, p: {p}")) is found


@pytest.mark.parametrize(
    ("arms", "found"),
    [
        ("events: 12, participants: 30", True),
        ("events: 2, participants: 30", False),
        ("events: 28, participants: 30", False),
    ],
)
def test_few_events_excuse_much(arms: str, found: bool) -> None:
    effect = f"{interval('OR', '0.90 0.79 1.03')}, p: 0.001, arms: [{{name: a, {arms}}}, {{name: b}}]"
    assert bool(of_effect("effect-p-interval", effect)) is found
    assert bool(of_effect("effect-significance", effect)) is not found


@pytest.mark.parametrize(
    ("hypothesis", "found"), [("superiority", 1), ("unclear", 1), ("noninferiority", 0), ("equivalence", 0)]
)
def test_a_p_of_noninferiority_answers_another_question(hypothesis: str, found: int) -> None:
    effect = f"{{outcome: o, {interval('RR', '0.98 0.90 1.07')}, p: 0.0001}}"
    text = f"trials: [{{id: t, statement: s, hypothesis: {hypothesis}, effects: [{effect}]}}]"
    assert len(found_in("effect-p-interval", read(text))) == found


@pytest.mark.parametrize(
    ("effect", "p", "message"),
    [
        (
            interval("RR", "0.85 0.74 0.96"),
            "0.06",
            "p = 0.06 is not significant, but the interval of RR 0.85 (0.74 to 0.96) excludes 1",
        ),
        (
            interval("MD", "-2.0 -4.2 0.2"),
            '"< .05"',
            "p < .05 is significant, but the interval of MD -2.0 (-4.2 to 0.2) includes 0",
        ),
        (interval("MD", "-2.0 -4.2 0.2"), "0.050", None),  # 0.0499 or 0.0501
        (interval("RR", "0.85 0.72 1.00"), "0.04", None),  # 0.999 or 1.001
        (interval("RR", "0.85 0.74 0.96") + ", ci_level: 90", "0.07", None),
        (interval("RR", "0.85 0.74 0.96"), "0.01", None),
        (interval("RR", "0.90 0.79 1.03"), "0.001", None),  # found as `effect-p-interval`
    ],
)
def test_significance(effect: str, p: str, message: str | None) -> None:
    found = of_effect("effect-significance", f"{effect}, p: {p}")
    assert [finding.message.partition(";")[0] for finding in found] == [message] * bool(message)
    assert all(finding.severity is Severity.NOTE for finding in found)


# The published cases of statcheck: test-error.R and test-decisionerror.R, commit b288d94.

STATCHECK = [
    ("t", "[28]", "2.20", ".03", True, False),
    ("F", "[2, 28]", "2.20", ".15", True, False),
    ("r", "[28]", ".22", ".26", True, False),
    ("chi2", "[28]", "22.20", ".79", True, False),
    ("z", "", "2.20", ".04", True, False),
    ("t", "[28]", "2.20", ".06", True, True),
    ("t", "[28]", "1.20", ".03", True, True),
    ("F", "[2, 28]", "22.20", ".06", True, True),
    ("F", "[2, 28]", "2.20", ".03", True, True),
    ("r", "[28]", ".22", ".03", True, True),
    ("r", "[28]", ".52", ".06", True, True),
    ("chi2", "[28]", "2.20", ".03", True, True),
    ("chi2", "[28]", "52.20", ".06", True, True),
    ("z", "", "1.20", ".03", True, True),
    ("z", "", "2.20", ".06", True, True),
    ("z", "", "-2.42", ".016", False, False),
    ("t", "[28]", "2", ".02", False, False),
    ("t", "[28]", "2", ".14", False, False),
    ("t", "[28]", "2.2", ".03", False, False),
    ("t", "[28]", "2.2", ".04", False, False),
    ("t", "[28]", "2.20", ".036", False, False),
    ("t", "[28]", "2.20", ".037", False, False),
    ("t", "[28]", "2.20", '"> .05"', True, True),
    ("t", "[28]", "2.0", '"< .05"', False, False),
]


def with_p(statistic: str, df: str, value: str, p: str, more: str = "") -> str:
    degrees = f", df: {df}" if df else ""
    return f"test: {{statistic: {statistic}, value: {value}{degrees}{more}}}, p: {p}"


@pytest.mark.parametrize(("statistic", "df", "value", "p", "error", "decision"), STATCHECK)
def test_what_statcheck_finds(statistic: str, df: str, value: str, p: str, error: bool, decision: bool) -> None:
    found = of_effect("effect-test", with_p(statistic, df, value, p))
    assert len(found) == error
    assert all(("changes the decision" in finding.message) is decision for finding in found)


def test_a_p_of_zero_is_found_once() -> None:
    """The last case of statcheck: t(28) = 22.20, p = .000."""
    effect = with_p("t", "[28]", "22.20", ".000")
    assert not of_effect("effect-test", effect)
    assert of_effect("effect-p-impossible", effect)


@pytest.mark.parametrize("p", ["0.000", '"< .000"', "0.00"])
def test_a_p_of_zero_is_compared_as_one_that_was_rounded_to_it(p: str) -> None:
    """Then it is not advised to write "< 0.001" for a p near a half."""
    effect = with_p("t", "[28]", "0.70", p)
    (finding,) = of_effect("effect-test", effect)
    assert finding.severity is Severity.WARNING
    assert "gives p from 0.48" in finding.message
    assert not of_effect("effect-p-impossible", effect)
    beside_an_interval = f"{interval('RR', '0.90 0.79 1.03')}, p: {p}"
    assert of_effect("effect-p-interval", beside_an_interval)
    assert not of_effect("effect-p-impossible", beside_an_interval)
    beside_a_clear_one = f"{interval('RR', '0.60 0.50 0.72')}, p: {p}"
    assert not of_effect("effect-p-interval", beside_a_clear_one)
    assert of_effect("effect-p-impossible", beside_a_clear_one)


def test_a_test_is_told_with_its_numbers() -> None:
    (finding,) = of_effect("effect-test", with_p("F", "[2, 28]", "2.20", "0.030"))
    assert finding.message == (
        "p = 0.030, but F(2, 28) = 2.20 gives p from 0.129 to 0.130; at 0.05 that changes the decision"
    )


def test_one_tail_must_be_declared() -> None:
    assert of_effect("effect-test", with_p("t", "[28]", "2.20", ".018"))
    assert not of_effect("effect-test", with_p("t", "[28]", "2.20", ".018", ", one_tailed: true"))


def test_one_tail_may_be_the_other_one() -> None:
    """An effect on the unexpected side has a p near 1."""
    assert not of_effect("effect-test", with_p("t", "[28]", "-2.20", ".982", ", one_tailed: true"))
    (finding,) = of_effect("effect-test", with_p("t", "[28]", "-2.20", ".5", ", one_tailed: true"))
    assert finding.hint is not None
    assert "one_tailed" not in finding.hint
    assert "p_sides" not in finding.hint


def test_a_corrected_p_is_not_compared_with_its_statistic() -> None:
    """F(9, 99) = 2.87, p = .103 after the correction of Greenhouse and Geisser."""
    assert of_effect("effect-test", with_p("F", "[9, 99]", "2.87", ".103"))
    assert not of_effect("effect-test", with_p("F", "[9, 99]", "2.87", ".103") + ", p_adjusted: true")


def test_the_purpose_of_p_goes_before_the_hypothesis_of_its_trial() -> None:
    """One hazard ratio can have a p of noninferiority and one of superiority."""
    effects = f"""[{{outcome: o, {interval("HR", "0.86 0.74 0.99")}, p: '< 0.001', p_for: noninferiority}},
                   {{outcome: o, {interval("HR", "0.95 0.80 1.13")}, p: '< 0.001', p_for: superiority}}]"""
    text = f"trials: [{{id: t, statement: s, hypothesis: noninferiority, effects: {effects}}}]"
    (finding,) = found_in("effect-p-interval", read(text))
    assert finding.location.path[:4] == ("trials", 0, "effects", 1)


TWO = "outcomes: [{{id: o, name: n, {more}effect: {{outcome: o, measure: RR, estimate: 0.70, ci_low: {ci}, p: {p}}}}}]"


@pytest.mark.parametrize(
    ("more", "ci", "p", "found"),
    [
        # Two studies: t with 1 degree of freedom reaches 12.7 standard errors, and z = 1.9 has p = 0.31 by it.
        ("studies: 2, ", "0.066, ci_high: 7.43", "0.25", False),
        ("", "0.066, ci_high: 7.43", "0.25", False),  # nobody knows how many there are
        ("studies: 2, ", "0.066, ci_high: 7.43", "0.06", True),
        ("studies: 3, ", "0.314, ci_high: 1.56", "0.19", False),
        ("studies: 10, ", "0.066, ci_high: 7.43", "0.25", True),
    ],
)
def test_two_or_three_studies_may_be_pooled_by_hartung_and_knapp(more: str, ci: str, p: str, found: bool) -> None:
    text = TWO.format(more=more, ci=ci, p=p)
    codes = {one.code for code in ("effect-p-interval", "effect-significance") for one in found_in(code, read(text))}
    assert bool(codes) is found


@pytest.mark.parametrize(
    "effect",
    [
        with_p("t", "", "2.20", ".9"),  # no degrees of freedom
        with_p("F", "[2]", "2.20", ".9"),
        with_p("r", "[28]", "1.20", ".9"),
        with_p("chi2", "[28]", "-1.20", ".9"),
        "test: {statistic: t, value: 2.20, df: [28]}",
    ],
)
def test_what_cannot_be_recomputed_is_left(effect: str) -> None:
    assert not of_effect("effect-test", effect)


@pytest.mark.parametrize(
    ("effect", "messages"),
    [
        (with_p("r", "[28]", "1.20", ".9"), ["r = 1.20, and a correlation lies between -1 and 1"]),
        (with_p("r", "[28]", "-1.00", '"< .001"'), []),
        (with_p("chi2", "[28]", "-1.20", ".9"), ["chi2 = -1.20, and chi2 is never negative"]),
        (with_p("F", "[2]", "2.20", ".9"), ["F has 2 numbers of degrees of freedom, and 1 is stated"]),
        (with_p("z", "[28]", "2.20", ".9"), ["z has no degrees of freedom, and 1 is stated"]),
        (with_p("t", "[2, 28]", "-2.20", ".9"), ["t has 1 number of degrees of freedom, and 2 are stated"]),
        (with_p("t", "", "-2.20", ".9"), []),
    ],
)
def test_statistics_that_cannot_be(effect: str, messages: list[str]) -> None:
    assert [finding.message for finding in of_effect("effect-test-impossible", effect)] == messages


def test_without_scipy_it_is_said_once_how_many_tests_were_left(monkeypatch: pytest.MonkeyPatch) -> None:
    effects = ", ".join(
        f"{{outcome: o, {effect}}}"
        for effect in (
            with_p("t", "[28]", "2.20", ".9"),
            with_p("z", "", "2.20", ".9"),
            with_p("F", "[2]", "2.20", ".9"),
            "test: {statistic: t, value: 2.20, df: [28]}",
            with_p("chi2", "[3]", "2.20", ".9"),
        )
    )
    checked = read(f"trials: [{{id: t, statement: s, effects: [{effects}]}}]")
    assert found_in("effect-test-unchecked", checked) == []
    assert len(found_in("effect-test", checked)) == 3
    monkeypatch.setitem(sys.modules, "scipy", None)
    assert len(found_in("effect-test", checked)) == 1, "z needs no scipy"
    (finding,) = found_in("effect-test-unchecked", checked)
    assert finding.message == "2 test statistics were not compared with the p value, as that needs the package scipy"
    assert finding.severity is Severity.NOTE
    assert finding.hint == "pip install 'evgrade[statistics]'"


HONEST = """
trials:
  - id: t
    statement: s
    effects:
      - outcome: o
        measure: RR
        estimate: 0.67
        ci_low: 0.41
        ci_high: 1.09
        p: 0.11
        arms:
          - {name: a, role: intervention, participants: 100, events: 20, percent: 20}
          - {name: b, role: control, participants: 100, events: 30, percent: 30}
"""


def test_checking_honest_effects_loads_nothing_heavy() -> None:
    code = f"""
import sys
from tests.checks.building import read
from evgrade.checks import with_checks
checked = read({HONEST!r})
before = set(sys.modules)
assert [finding.code for finding in with_checks(checked).findings] == ["source-uncited"]
loaded = {{"decimal", "fractions", "statistics", "scipy"}} & (set(sys.modules) - before)
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_petos_odds_ratio_beside_an_exact_test() -> None:
    """Of 4/15 v 10/16 Peto's interval excludes 1, and Fisher's exact p is not significant."""
    arms = (
        "arms: [{name: a, role: intervention, participants: 15, events: 4}, "
        "{name: b, role: control, participants: 16, events: 10}]"
    )
    stated = f"{interval('OR', '0.247 0.061 0.992')}, p: 0.073"
    assert of_effect("effect-significance", stated)
    assert not of_effect("effect-significance", f"{stated}, {arms}")


@pytest.mark.parametrize(
    ("numbers", "p", "found"),
    [
        ("null_value: 0, estimate: 0.3, ci_low: 0.1, ci_high: 0.5", "0.2", True),
        ("null_value: 0, estimate: 0.3, ci_low: -0.1, ci_high: 0.7", "0.01", True),
        ("null_value: 0, estimate: 0.3, ci_low: 0.1, ci_high: 0.5", "0.01", False),
        ("null_value: 0.5, estimate: 0.62, ci_low: 0.56, ci_high: 0.68", "0.2", True),  # a C statistic
        ("null_value: 0.5, estimate: 0.62, ci_low: 0.49, ci_high: 0.75", "0.2", False),
        ("null_value: 0, estimate: 0.3, ci_low: 0.0, ci_high: 0.7", "0.03", False),  # rounded
        ("estimate: 0.3, ci_low: 0.1, ci_high: 0.5", "0.2", False),
        ("null_value: 0, estimate: 0.3, ci_low: 0.1, ci_high: 0.5, p_for: trend", "0.2", False),
    ],
)
def test_another_measure_may_say_what_no_effect_is(numbers: str, p: str, found: bool) -> None:
    assert bool(of_effect("effect-significance", f"measure: other, {numbers}, p: {p}")) is found
