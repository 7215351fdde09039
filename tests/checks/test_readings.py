"""Numbers that do not fit, and what else they may mean: the finding says by which level, scale, tail or direction."""

from __future__ import annotations

import pytest

from evgrade.model import Finding, Severity
from tests.checks.building import of_effect
from tests.checks.test_effects import interval
from tests.checks.test_p_values import with_p


def reading(finding: Finding) -> str:
    """Return what a finding says after the numbers."""
    return finding.message.partition("; ")[2]


@pytest.mark.parametrize(
    ("effect", "code", "said"),
    [
        (
            f"{interval('MD', '5.39 0.05 10.73')}, p: .097",
            "effect-significance",
            "as a 90% interval the three fit: is `ci_level` right?",
        ),
        (
            f"{interval('MD', '5.39 -1.63 12.41')}, p: .048",
            "effect-significance",
            "as a 99% interval the three fit: is `ci_level` right?",
        ),
        (
            f"{interval('MD', '5.39 0.05 10.73')}, ci_level: 90, p: .0967",
            None,
            "",
        ),
        (
            f"{interval('MD', '5.00 -0.53 10.53')}, p: .038",
            "effect-significance",
            "half of it, 0.0382, is what is printed: a one-tailed test?",
        ),
        (
            f"{interval('MD', '5.00 3.00 7.00')}, p: .012",
            "effect-p-interval",
            "with bounds one standard error from the estimate the three fit: is this an interval at all?",
        ),
        (
            f"{interval('MD', '0.85 0.75 0.97')}, p: .014",
            "effect-p-interval",
            "as a ratio the three fit: is `measure` right?",
        ),
    ],
)
def test_level_tail_and_scale_of_an_interval(effect: str, code: str | None, said: str) -> None:
    found = [finding for one in ("effect-p-interval", "effect-significance") for finding in of_effect(one, effect)]
    assert [finding.code for finding in found] == ([] if code is None else [code])
    assert all(reading(finding) == said for finding in found)


def test_a_difference_called_a_ratio_is_one_finding() -> None:
    effect = f"{interval('rate_ratio', '1.857 0.263 3.351')}, p: 0.015"
    (finding,) = of_effect("effect-off-centre", effect)
    assert reading(finding) == "as a difference, or as the logarithm of a ratio, the three fit: is `measure` right?"
    assert not of_effect("effect-p-interval", effect)
    (finding,) = of_effect("effect-off-centre", interval("rate_ratio", "1.857 0.263 3.351"))
    assert reading(finding) == (
        "as a difference, or as the logarithm of a ratio, the estimate lies in the middle: is `measure` right?"
    )


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ("OR 0.64 1.35 1.86", "its inverse, 1.56, lies in the middle: do estimate and interval compare the other way"),
        ("HR 2.5 0.31 0.52", "its inverse, 0.4, lies in the middle"),
        ("MD -0.47 0.09 0.85", "0.47 lies in the middle: was a sign lost?"),
        ("RD 0.2 -0.31 -0.10", "-0.2 lies in the middle: was a sign lost?"),
        ("RR 3.1 0.42 2.14", ""),
        ("MD 7 1 2", ""),
    ],
)
def test_direction_of_an_estimate_outside_its_interval(numbers: str, said: str) -> None:
    measure, _, rest = numbers.partition(" ")
    (finding,) = of_effect("effect-outside-interval", interval(measure, rest))
    assert reading(finding).startswith(said)
    assert bool(reading(finding)) is bool(said)
    assert finding.severity is Severity.ERROR


def test_a_narrow_interval_lies_in_the_middle_of_every_scale_which_tells_nothing() -> None:
    """As of a hazard ratio with the p of a test of noninferiority."""
    (finding,) = of_effect("effect-p-interval", f'{interval("HR", "0.89 0.78 1.01")}, p: "< 0.001"')
    assert reading(finding) == ""


@pytest.mark.parametrize(
    ("test", "severity", "said"),
    [
        (with_p("t", "[28]", "2.20", ".03"), "note", ": cut off rather than rounded"),
        (with_p("F", "[2, 28]", "2.20", ".12"), "note", ": cut off rather than rounded"),
        (with_p("z", "", "1.20", ".24"), "note", ": rounded up rather than down"),
        (with_p("t", "[28]", "2.200", ".035"), "note", ": off by one in its last digit"),
        (with_p("F", "[2, 42]", "8.03", '"< 0.001"'), "note", ": rounded, it is 0.001 and not below it"),
        (with_p("t", "[28]", "1.710", '"> 0.10"'), "note", ": rounded, it is 0.10 and not above it"),
        (with_p("F", "[3, 44]", "0.67", "0.580"), "note", ": 0.58 with a zero added"),
        (with_p("F", "[3, 44]", "0.80", "0.490"), "warning", ""),
        # Near 0.05 a last digit can change the decision, which is no small thing.
        (with_p("chi2", "[1]", "3.57", ".05"), "warning", ": cut off rather than rounded"),
        # 3.84 may have been 3.844, which is significant: nothing is certain to change.
        (with_p("chi2", "[1]", "3.84", ".049"), "note", ": cut off rather than rounded"),
        (with_p("t", "[28]", "2.04", '"< .05"'), "warning", ": rounded, it is 0.05 and not below it"),
        (with_p("t", "[28]", "2.20", ".018"), "note", "; half of it, 0.0181, is what is printed: a one-tailed test?"),
        (with_p("r", "[28]", ".22", ".121"), "note", "; half of it, 0.121, is what is printed: a one-tailed test?"),
        (
            with_p("F", "[1, 32]", "3.02", ".046"),
            "note",
            "; half of it, 0.0459, is what is printed: a one-tailed test?",
        ),
        (
            with_p("F", "[4, 52]", "0.44", "0.39"),
            "warning",
            "; half of it, 0.39, is what is printed, but F has only one tail",
        ),
        (
            with_p("F", "[2, 16]", "4.86", "0.014"),
            "warning",
            "; with 2 and 32 degrees of freedom it fits, as for repeated measures",
        ),
        (
            with_p("t", "[28]", "2.20", ".0362", ", one_tailed: true"),
            "note",
            "; twice it, 0.0362, is what is printed: a two-tailed test?",
        ),
        (
            with_p("F", "[48, 1]", "5.7", ".021"),
            "warning",
            "; with its degrees of freedom the other way round, F(1, 48), it fits",
        ),
        (
            with_p("r", "[21]", ".45", ".039"),
            "warning",
            "; with 19 degrees of freedom it fits: is 21 the number of people?",
        ),
        (with_p("F", "[1, 11]", "5.21", ".046"), "warning", "; with 1 and 10 degrees of freedom it fits"),
        (
            with_p("F", "[3, 38]", "4.74", ".0266"),
            "warning",
            "; 4 times it is what is printed: corrected for 4 comparisons?",
        ),
        (
            with_p("F", "[1, 53]", "4.72", ".34"),
            "warning",
            "; 10 times it is what is printed: is its decimal point in the right place?",
        ),
        (with_p("t", "[46]", "0.46", ".53"), "warning", ""),
    ],
)
def test_what_the_p_of_a_test_may_be(test: str, severity: str, said: str) -> None:
    (finding,) = of_effect("effect-test", test)
    assert finding.severity.value == severity
    told = finding.message.replace("; at 0.05 that changes the decision", "")
    assert said in told
    assert said or told[-1].isdigit()
