"""What every construct of the language means: true, false or unknown of a small dossier."""

from __future__ import annotations

import pytest

from evgrade.facts import Range
from evgrade.logic import Bounds, Truth
from evgrade.rubric.language import (
    NOTHING_DECIDED,
    All,
    Always,
    AnyOf,
    Count,
    Every,
    GradeIs,
    LabelIs,
    Not,
    OneOf,
    ScoreIs,
    Share,
    Standing,
    Sum,
    Term,
    Within,
)

from .building import Data, condition, item_condition, ladder_rubric, rubric, truth

UNKNOWN = None


def trials(*items: Data) -> Data:
    return {"trials": list(items)}


GOOD = {"result": "benefit"}
BAD = {"result": "no_benefit"}
OPEN: Data = {}
SILENT = {"result": "unclear"}
UNSAID = {"result": "not_reported"}


# Fields


@pytest.mark.parametrize(
    ("when", "dossier", "expected"),
    [
        ("{safety.concern: none}", {"safety": {"concern": "none"}}, True),
        ("{safety.concern: none}", {"safety": {"concern": "minor"}}, False),
        ("{safety.concern: none}", {"safety": {"concern": "unclear"}}, UNKNOWN),
        ("{safety.concern: none}", {"safety": {"concern": "not_reported"}}, UNKNOWN),
        ("{safety.concern: none}", {"safety": {}}, UNKNOWN),
        ("{safety.concern: none}", {}, UNKNOWN),
        ("{safety.concern: [none, minor]}", {"safety": {"concern": "minor"}}, True),
        ("{safety.concern: [none, minor]}", {"safety": {"concern": "serious"}}, False),
        ("{safety.concern: [none, minor]}", {}, UNKNOWN),
        ("{safety.concern: {is: none}}", {"safety": {"concern": "none"}}, True),
        ("{safety.concern: {in: [none, minor]}}", {"safety": {"concern": "moderate"}}, False),
        ("{value: safety.concern, is: none}", {"safety": {"concern": "none"}}, True),
        ("{value: safety.concern, in: [none, minor]}", {"safety": {"concern": "serious"}}, False),
        ("{value: safety.concern, is: none}", {}, UNKNOWN),
        ("{therapy.name: LDN}", {"therapy": {"name": "LDN"}}, True),
        ("{therapy.name: [LDN, naltrexone]}", {"therapy": {"name": "ldn"}}, False),
        ("{cost.covered: true}", {"cost": {"covered": True}}, True),
        ("{cost.covered: true}", {"cost": {"covered": False}}, False),
        ("{cost.covered: false}", {"cost": {"covered": False}}, True),
        ("{cost.covered: false}", {"cost": {"covered": "unclear"}}, UNKNOWN),
        ("{safety.exposed: 5}", {"safety": {"exposed": 5}}, True),
        ("{safety.exposed: 5}", {"safety": {"exposed": 6}}, False),
        ("{safety.exposed: 5}", {}, UNKNOWN),
        ("{safety.exposed: [5, 7]}", {"safety": {"exposed": 7}}, True),
        ("{safety.exposed: [5, 7]}", {"safety": {"exposed": 6}}, False),
        ("{safety.exposed: [5, 7]}", {}, UNKNOWN),
        ("{safety.exposed: 0}", {"safety": {"exposed": 0}}, True),
    ],
)
def test_a_field_has_a_value(when: str, dossier: Data, expected: Truth) -> None:
    assert truth(when, dossier) is expected


@pytest.mark.parametrize(
    ("bound", "below", "at", "above"),
    [
        ("at_least", False, True, True),
        ("at_most", True, True, False),
        ("above", False, False, True),
        ("below", True, False, False),
    ],
)
def test_a_number_keeps_a_bound(bound: str, below: Truth, at: Truth, above: Truth) -> None:
    for when in (f"{{safety.exposed: {{{bound}: 10}}}}", f"{{value: safety.exposed, {bound}: 10}}"):
        for exposed, expected in ((9, below), (10, at), (11, above)):
            assert truth(when, {"safety": {"exposed": exposed}}) is expected
        assert truth(when, {"safety": {}}) is UNKNOWN


def test_two_bounds_are_both_kept() -> None:
    when = "{safety.exposed: {above: 10, at_most: 20}}"
    assert [truth(when, {"safety": {"exposed": exposed}}) for exposed in (10, 11, 20, 21)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ("below: 1201", True),
        ("below: 1200", UNKNOWN),
        ("below: 600", False),
        ("below: 601", UNKNOWN),
        ("at_most: 1200", True),
        ("at_most: 600", UNKNOWN),
        ("at_most: 599", False),
        ("at_least: 600", True),
        ("at_least: 1200", UNKNOWN),
        ("at_least: 1201", False),
        ("above: 599", True),
        ("above: 600", UNKNOWN),
        ("above: 1200", False),
        ("is: 600", UNKNOWN),
        ("is: 599", False),
    ],
)
def test_a_number_known_within_bounds_decides_where_all_of_them_agree(bounds: str, expected: Truth) -> None:
    """50 to 100 dollars a month are 600 to 1200 a year."""
    price = {"cost": {"currency": "USD", "low": 50, "high": 100, "per": "month"}}
    assert truth(f"{{value: cost.annual_usd, {bounds}}}", price) is expected


def test_several_fields_must_all_have_their_values() -> None:
    where = "{any: trials, where: {allocation: randomized, result: benefit}}"
    assert truth(where, trials({"allocation": "randomized", **GOOD})) is True
    assert truth(where, trials({"allocation": "randomized", **BAD})) is False
    assert truth(where, trials({"allocation": "randomized"})) is UNKNOWN
    assert truth(where, trials({"allocation": "na"})) is False


# Joining conditions

CONCERN = {True: "{safety.concern: none}", False: "{safety.concern: serious}", None: "{safety.exposed: 5}"}
KNOWN = {"safety": {"concern": "none"}}


@pytest.mark.parametrize("one", [True, False, None])
@pytest.mark.parametrize("other", [True, False, None])
def test_all_any_and_not_are_those_of_kleene(one: Truth, other: Truth) -> None:
    parts = f"[{CONCERN[one]}, {CONCERN[other]}]"
    both = False if False in (one, other) else None if None in (one, other) else True
    either = True if True in (one, other) else None if None in (one, other) else False
    assert truth(parts, KNOWN) is both
    assert truth(f"{{all: {parts}}}", KNOWN) is both
    assert truth(f"{{any: {parts}}}", KNOWN) is either
    assert truth(f"{{not: {CONCERN[one]}}}", KNOWN) is (None if one is None else not one)


def test_a_list_of_one_condition_is_that_condition() -> None:
    assert isinstance(condition("[{safety.concern: none}]"), OneOf)
    assert isinstance(condition("{safety.concern: none, safety.exposed: 5}"), All)


# Lists


@pytest.mark.parametrize(
    ("items", "some", "none", "every"),
    [
        ([], False, True, True),
        ([GOOD], True, False, True),
        ([BAD], False, True, False),
        ([OPEN], UNKNOWN, UNKNOWN, UNKNOWN),
        ([SILENT], UNKNOWN, UNKNOWN, UNKNOWN),
        ([UNSAID], UNKNOWN, UNKNOWN, UNKNOWN),
        ([GOOD, BAD], True, False, False),
        ([GOOD, OPEN], True, False, UNKNOWN),
        ([BAD, OPEN], UNKNOWN, UNKNOWN, False),
        ([GOOD, BAD, OPEN], True, False, False),
    ],
)
def test_any_none_and_every(items: list[Data], some: Truth, none: Truth, every: Truth) -> None:
    where = "where: {result: benefit}"
    assert truth(f"{{any: trials, {where}}}", trials(*items)) is some
    assert truth(f"{{none: trials, {where}}}", trials(*items)) is none
    assert truth(f"{{every: trials, {where}}}", trials(*items)) is every


@pytest.mark.parametrize(
    ("bounds", "none", "one", "one_or_two", "two"),
    [
        ("at_least: 2", False, False, UNKNOWN, True),
        ("at_most: 1", True, True, UNKNOWN, False),
        ("exactly: 1", False, True, UNKNOWN, False),
        ("exactly: 2", False, False, UNKNOWN, True),
        ("exactly: 0", True, False, False, False),
        ("above: 1", False, False, UNKNOWN, True),
        ("below: 2", True, True, UNKNOWN, False),
        ("at_least: 1", False, True, True, True),
        ("at_most: 2", True, True, True, True),
        ("at_least: 1, at_most: 1", False, True, UNKNOWN, False),
    ],
)
def test_a_count_is_an_interval(bounds: str, none: Truth, one: Truth, one_or_two: Truth, two: Truth) -> None:
    when = f"{{count: trials, where: {{result: benefit}}, {bounds}}}"
    assert truth(when, {}) is none
    assert truth(when, trials(BAD)) is none
    assert truth(when, trials(GOOD, BAD)) is one
    assert truth(when, trials(GOOD, OPEN)) is one_or_two
    assert truth(when, trials(GOOD, GOOD)) is two


def test_a_count_without_where_counts_all() -> None:
    assert truth("{count: trials, exactly: 2}", trials(OPEN, BAD)) is True
    assert truth("{any: trials}", {}) is False
    assert truth("{any: trials}", trials(OPEN)) is True
    assert truth("{none: trials}", {}) is True


def test_a_section_is_closed_and_what_is_inside_is_open() -> None:
    """A section that is missing is empty; a list inside an item, or inside a mapping, is not known."""
    assert truth("{any: trials}", {}) is False
    assert truth("{every: trials, where: {result: benefit}}", {}) is True
    for when in (
        "{any: safety.adverse_events}",
        "{none: safety.adverse_events}",
        "{every: safety.adverse_events, where: {seriousness: serious}}",
        "{count: safety.adverse_events, at_least: 1}",
        "{count: safety.adverse_events, at_most: 5}",
        "{sum: safety.adverse_events.n, at_least: 5}",
        "{share: safety.adverse_events, where: {seriousness: serious}, at_least: 0.5}",
        "{any: therapy.regulatory}",
    ):
        assert truth(when, {}) is UNKNOWN
        assert truth(when, {"safety": {}, "therapy": {}}) is UNKNOWN
    assert truth("{any: safety.adverse_events}", {"safety": {"adverse_events": []}}) is False
    assert truth("{none: safety.adverse_events}", {"safety": {"adverse_events": []}}) is True
    nested = "{any: mechanism, where: {any: evidence, where: {shown_in: human}}}"
    assert truth(nested, {"mechanism": [{"evidence": [{"shown_in": "human"}]}]}) is True
    assert truth(nested, {"mechanism": [{"evidence": []}]}) is False
    assert truth(nested, {"mechanism": [{}]}) is UNKNOWN


def test_even_a_list_that_nobody_made_has_no_fewer_than_no_entries() -> None:
    assert truth("{count: safety.adverse_events, at_least: 0}", {}) is True
    assert truth("{sum: safety.adverse_events.n, at_least: 0}", {}) is True


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], Range(0, 0)),
        ([{"participants": 10, **GOOD}], Range(10, 10)),
        ([{"participants": 10, **BAD}], Range(0, 0)),
        ([{"participants": 10, **GOOD}, {"participants": 5, **GOOD}], Range(15, 15)),
        ([{"participants": 10, **GOOD}, {"participants": 5}], Range(10, 15)),
        ([{"participants": 10, **GOOD}, GOOD], Range(10, float("inf"))),
        ([{"participants": 10}, BAD], Range(0, 10)),
    ],
)
def test_a_sum_lies_between_what_surely_counts_and_what_could(items: list[Data], expected: Range) -> None:
    for limit in (0, 5, 10, 15, 1000):
        least = truth(f"{{sum: trials.participants, where: {{result: benefit}}, at_least: {limit}}}", trials(*items))
        most = truth(f"{{sum: trials.participants, where: {{result: benefit}}, at_most: {limit}}}", trials(*items))
        assert least is (True if expected.low >= limit else None if expected.high >= limit else False)
        assert most is (True if expected.high <= limit else None if expected.low <= limit else False)


def test_a_sum_of_a_derived_value_takes_its_bounds() -> None:
    trial = {"completed": 8, "participants": 10}
    assert truth("{sum: trials.completion_rate, at_least: 1.6}", trials(trial, trial)) is True
    assert truth("{sum: trials.completion_rate, at_least: 1.7}", trials(trial, trial)) is False
    assert truth("{sum: trials.completion_rate, at_least: 1.6}", trials(trial, OPEN)) is UNKNOWN


@pytest.mark.parametrize(
    ("items", "low", "high"),
    [
        ([("r", "g")], 1.0, 1.0),
        ([("r", "b")], 0.0, 0.0),
        ([("r", "g"), ("r", "b")], 0.5, 0.5),
        ([("r", "g"), ("n", "b")], 1.0, 1.0),
        ([("r", "g"), ("r", "?")], 0.5, 1.0),
        ([("r", "g"), ("?", "b")], 0.5, 1.0),
        ([("r", "g"), ("?", "g")], 1.0, 1.0),
        ([("r", "b"), ("?", "g")], 0.0, 0.5),
        ([("r", "g"), ("?", "?")], 0.5, 1.0),
        ([("r", "b"), ("?", "?"), ("?", "b")], 0.0, 0.5),
    ],
)
def test_a_share_lies_between_what_the_doubtful_could_make_of_it(
    items: list[tuple[str, str]], low: float, high: float
) -> None:
    """Of each item: whether it belongs (randomized, not, not known), whether it matches (good, bad, not known)."""
    words = {"r": {"allocation": "randomized"}, "n": {"allocation": "na"}, "g": GOOD, "b": BAD, "?": {}}
    some = trials(*({**words[member], **words[match]} for member, match in items))
    for limit in (0.0, 0.25, 0.5, 0.75, 1.0):
        when = f"{{share: trials, where: {{result: benefit}}, of: {{allocation: randomized}}, at_least: {limit}}}"
        assert truth(when, some) is (True if low >= limit else None if high >= limit else False)


def test_a_share_of_nothing_keeps_no_bound() -> None:
    for bound in ("at_least: 0", "at_most: 1", "below: 0.5"):
        when = f"{{share: trials, where: {{result: benefit}}, of: {{allocation: randomized}}, {bound}}}"
        assert truth(when, {}) is False
        assert truth(when, trials({"allocation": "na", **GOOD})) is False
        # Nobody knows whether there is anything to take a share of.
        assert truth(when, trials({**BAD})) is UNKNOWN
    high = "{share: trials, where: {result: benefit}, of: {allocation: randomized}, above: 0.5}"
    assert truth(high, trials(BAD)) is False
    assert truth(high, trials(GOOD)) is UNKNOWN
    assert truth(high, trials(OPEN)) is UNKNOWN


def test_a_share_without_of_is_taken_of_all() -> None:
    assert truth("{share: trials, where: {result: benefit}, at_least: 0.5}", trials(GOOD, BAD)) is True
    assert truth("{share: trials, where: {result: benefit}, above: 0.5}", trials(GOOD, BAD)) is False


# Vocabulary

TERMS = """\
terms:
  sound: {on: trials, means: Sound., phrase: "well designed", when: {allocation: randomized}}
  helped: {on: trials, means: It helped., when: [sound, {result: benefit}]}
  harmless: {means: No harm., when: {safety.concern: none}}
  by_humans: {on: mechanism.evidence, means: In people., when: {shown_in: human}}
"""


def test_a_term_is_its_condition() -> None:
    sound_and_good = {"allocation": "randomized", **GOOD}
    assert truth("{any: trials, where: helped}", trials(sound_and_good), TERMS + _uses("sound")) is True
    for when, data, expected in (
        ("{any: trials, where: helped}", trials(sound_and_good), True),
        ("{any: trials, where: helped}", trials(GOOD), UNKNOWN),
        ("{any: trials, where: helped}", trials({"allocation": "na", **GOOD}), False),
        ("{any: trials, where: [sound, {result: benefit}]}", trials(sound_and_good), True),
        ("harmless", {"safety": {"concern": "none"}}, True),
        ("harmless", {"safety": {"concern": "minor"}}, False),
        ("{not: harmless}", {}, UNKNOWN),
        ("{any: mechanism, where: {any: evidence, where: by_humans}}", {"mechanism": [{"evidence": []}]}, False),
    ):
        assert truth(when, data, TERMS + _uses("x")) is expected


def _uses(_: str) -> str:
    """Return labels whose ladders use all terms, so that none is unused."""
    rung = "{label: II, name: two, means: m, otherwise: true}"
    return f"""\
classify:
  class:
    on: trials
    means: Its class.
    ladder:
      - {{label: I, name: one, means: m, when: helped}}
      - {{label: I, name: one-more, means: m, when: [sound, {{masking: double}}]}}
      - {rung}
  level:
    on: mechanism.evidence
    means: Its level.
    ladder:
      - {{label: I, name: one, means: m, when: by_humans}}
      - {rung}
domains:
  other:
    title: Other
    question: Is there harm?
    scale: support
    ladder:
      - {{grade: A, name: first, means: m, when: harmless}}
      - {{grade: U, name: last, means: m, otherwise: true}}
""".split("domains:")[0].replace("by_humans", "by_humans")
