"""What every construct of the language means: true, false or unknown of a small dossier."""

from __future__ import annotations

from itertools import product

import pytest

from evgrade.facts.known import Range
from evgrade.logic import Bounds, Truth
from evgrade.rubric.conditions.base import NO_CONTEXT, Always, Context, Memory
from evgrade.rubric.conditions.grades import GradeIs, ScoreIs
from evgrade.rubric.conditions.lists import Count, Every, NoneOf, Share, Some, Sum
from evgrade.rubric.conditions.logic import All, AnyOf, Not, Term
from evgrade.rubric.conditions.values import LabelIs, OneOf, Within
from evgrade.rubric.model import Ladder

from .building import HEADER, Data, checked, condition, item_condition, ladder_rubric, rubric, truth

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


@pytest.mark.parametrize("written", [2010, "2010"])
@pytest.mark.parametrize("asked", ["2010", "'2010'", "[2009, 2010]", "['2010', 2011]"])
def test_a_year_is_the_same_as_a_number_and_as_text(written: object, asked: str) -> None:
    """YAML reads `date: 2010` as a number and `date: 2010-12` as text; a rubric need not know."""
    assert truth(f"{{review.date: {asked}}}", {"review": {"date": written}}) is True
    assert truth(f"{{review.date: {asked}}}", {"review": {"date": "2010-12"}}) is False
    assert condition("{review.date: 2010}").describe() == "review date 2010"


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


@pytest.mark.parametrize("length", range(4))
def test_any_and_none_end_early_and_say_what_counting_to_the_end_says(length: int) -> None:
    for items in product((GOOD, BAD, OPEN), repeat=length):
        dossier = trials(*items)
        for when in ("{any: trials, where: {result: benefit}}", "{none: trials, where: {result: benefit}}"):
            short = condition(when)
            assert isinstance(short, Some | NoneOf)
            long = Count(short.entries, short.where, short.bounds)
            assert short.truth(dossier, NO_CONTEXT) is long.truth(dossier, NO_CONTEXT)


A, B, NOBODYS, UNSAID_WHOSE = {"cohort": "A"}, {"cohort": "B"}, {"cohort": "none"}, {"cohort": "not_reported"}


@pytest.mark.parametrize(
    ("items", "least", "most"),
    [
        ([], 0, 0),
        ([A | GOOD, A | GOOD], 1, 1),
        ([A | GOOD, B | GOOD], 2, 2),
        ([A | GOOD, B | BAD], 1, 1),
        ([A | GOOD, A | BAD], 1, 1),
        ([A | GOOD, A], 1, 1),
        ([A | GOOD, B], 1, 2),
        ([A, A], 0, 1),
        ([NOBODYS | GOOD, NOBODYS | GOOD], 2, 2),
        ([A | GOOD, UNSAID_WHOSE | GOOD], 1, 2),
        ([A | GOOD, GOOD], 1, 2),
        ([A | GOOD, B | GOOD, GOOD], 2, 3),
        ([NOBODYS | GOOD, GOOD], 2, 2),
        ([A | BAD, GOOD, GOOD], 1, 2),
    ],
)
def test_a_count_by_cohort_counts_each_cohort_once_and_a_cohort_that_is_not_stated_may_be_any(
    items: list[Data], least: int, most: int
) -> None:
    for limit in range(5):
        count = "count: trials, by: cohort, where: {result: benefit}"
        expected = True if least >= limit else None if most >= limit else False
        assert truth(f"{{{count}, at_least: {limit}}}", trials(*items)) is expected
        expected = True if most <= limit else None if least <= limit else False
        assert truth(f"{{{count}, at_most: {limit}}}", trials(*items)) is expected


def test_by_several_fields_what_has_one_of_them_in_common_counts_once() -> None:
    shared = trials(
        {"cohort": "A", "sponsor": "x", **GOOD},
        {"cohort": "B", "sponsor": "x", **BAD},
        {"cohort": "B", "sponsor": "y", **GOOD},
    )
    count = "count: trials, where: {result: benefit}"
    assert truth(f"{{{count}, exactly: 2}}", shared) is True
    assert truth(f"{{{count}, by: cohort, exactly: 2}}", shared) is True
    assert truth(f"{{{count}, by: [cohort, sponsor], exactly: 1}}", shared) is True


def test_of_a_list_that_nobody_made_nobody_knows_how_many_strands_it_has() -> None:
    assert truth("{count: safety.adverse_events, by: name, at_least: 1}", {}) is UNKNOWN
    assert truth("{count: safety.adverse_events, by: name, at_least: 0}", {}) is True


def test_what_is_remembered_is_what_is_asked() -> None:
    """Numbers of the same name at two places, and of two items, are not mixed up; a second question finds the first."""
    dossier = {
        "safety": {
            "serious": {"n": 1, "of": 10, "counts": "attributed"},
            "died": {"n": 1, "of": 1000, "counts": "attributed"},
        },
        "trials": [{"completed": 9, "participants": 10}, {"completed": 1, "participants": 10}],
    }
    remembering = Context({}, memory=Memory.empty())
    for when, expected in (
        ("{value: safety.serious.attributable_rate, at_least: 0.1}", True),
        ("{value: safety.died.attributable_rate, at_least: 0.1}", False),
        ("{value: safety.died.rate, at_least: 0.0005}", True),
        ("{count: trials, where: {completion_rate: {at_least: 0.5}}, exactly: 1}", True),
    ):
        asked = condition(when)
        assert asked.truth(dossier, NO_CONTEXT) is expected
        assert [asked.truth(dossier, remembering) for _ in range(2)] == [expected, expected]


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

SOUND = 'terms: {sound: {on: trials, means: Sound., phrase: "well designed", when: {allocation: randomized}}}'
HARMLESS = "terms: {harmless: {means: No harm., when: {safety.concern: none}}}"
IN_PEOPLE = "terms: {in_people: {on: mechanism.evidence, means: In people., when: {shown_in: human}}}"
LIVE = "terms: {live: {on: safety.boxed_warnings, means: At this dose., when: {therapy_dose: true}}}"


@pytest.mark.parametrize(
    ("vocabulary", "when", "dossier", "expected"),
    [
        (SOUND, "{any: trials, where: sound}", trials({"allocation": "randomized"}), True),
        (SOUND, "{any: trials, where: sound}", trials({"allocation": "na"}), False),
        (SOUND, "{any: trials, where: sound}", trials(GOOD), UNKNOWN),
        (SOUND, "{any: trials, where: [sound, {result: benefit}]}", trials({"allocation": "na", **GOOD}), False),
        (SOUND, "{any: trials, where: [sound, {result: benefit}]}", trials({"allocation": "randomized", **GOOD}), True),
        (HARMLESS, "harmless", {"safety": {"concern": "none"}}, True),
        (HARMLESS, "harmless", {"safety": {"concern": "minor"}}, False),
        (HARMLESS, "{not: harmless}", {}, UNKNOWN),
        (
            IN_PEOPLE,
            "{any: mechanism, where: {any: evidence, where: in_people}}",
            {"mechanism": [{"evidence": []}]},
            False,
        ),
        # Warnings and contraindications are the same kind of item, so a word for the one is one for the other.
        (LIVE, "{any: safety.contraindications, where: live}", {"safety": {"contraindications": [{}]}}, UNKNOWN),
    ],
)
def test_a_term_is_its_condition(vocabulary: str, when: str, dossier: Data, expected: Truth) -> None:
    assert truth(when, dossier, vocabulary) is expected


def test_a_term_may_use_a_term_that_is_defined_below_it() -> None:
    vocabulary = """\
terms:
  convincing: {on: trials, means: m, when: [sound, {result: benefit}]}
  sound: {on: trials, means: m, when: {allocation: randomized}}
"""
    assert truth("{any: trials, where: convincing}", trials({"allocation": "randomized", **GOOD}), vocabulary) is True


def test_a_term_reads_as_its_phrase_or_else_its_name() -> None:
    assert item_condition("sound", vocabulary=SOUND) == Term(
        "sound", "well designed", item_condition("{allocation: randomized}")
    )
    named = item_condition(
        "well_designed", vocabulary=SOUND.replace("sound:", "well_designed:").replace("phrase", "x-phrase")
    )
    assert isinstance(named, Term)
    assert named.phrase == "well designed"


CLASS = """\
classify:
  class:
    on: trials
    means: How good it is.
    ladder:
      - {label: I, name: one, means: m, when: {allocation: randomized}}
      - {label: II, name: two, means: m, when: {control: placebo}}
      - {label: III, name: three, means: m, otherwise: true}
"""


@pytest.mark.parametrize(
    ("trial", "possible"),
    [
        ({"allocation": "randomized"}, {"I"}),
        ({"allocation": "na", "control": "placebo"}, {"II"}),
        ({"allocation": "na", "control": "none"}, {"III"}),
        ({"control": "placebo"}, {"I", "II"}),
        ({"control": "none"}, {"I", "III"}),
        ({"allocation": "na"}, {"II", "III"}),
        ({}, {"I", "II", "III"}),
    ],
)
@pytest.mark.parametrize(
    "wanted", [["I"], ["II"], ["III"], ["I", "II"], ["II", "III"], ["I", "III"], ["I", "II", "III"]]
)
def test_a_label_is_that_of_the_first_rung_that_holds(trial: Data, possible: set[str], wanted: list[str]) -> None:
    asked = f"{{any: trials, where: {{class: [{', '.join(wanted)}]}}}}"
    expected = True if possible <= set(wanted) else None if possible & set(wanted) else False
    assert truth(asked, trials(trial), CLASS) is expected
    if len(wanted) == 1:
        assert truth(asked.replace("[", "").replace("]", ""), trials(trial), CLASS) is expected


def test_two_rungs_may_give_the_same_label() -> None:
    """What is unknown between two rungs with one label does not make the label unknown."""
    same = CLASS.replace("label: II,", "label: I,")
    assert truth("{any: trials, where: {class: I}}", trials({"control": "placebo"}), same) is True
    assert truth("{any: trials, where: {class: III}}", trials({"control": "placebo"}), same) is False


# Grades and the score, in the recommendation

RECOMMENDING = """\
domains:
  help:
    title: Help
    question: Does it help?
    scale: support
    ladder:
      - {{grade: A, name: first, means: m, when: {{any: trials}}}}
      - {{grade: U, name: last, means: m, otherwise: true}}
score: {{title: Score, weights: {{help: 100}}, unjudged: lowest, points: {{support: {{A: 100, B: 50, C: 0}}}}}}
recommendation:
  levels: [{{level: good, title: Good, means: m}}, {{level: bad, title: Bad, means: m}}]
  ladder:
    - {{level: good, name: first, means: m, when: {when}}}
    - {{level: bad, name: last, means: m, otherwise: true}}
"""


def recommended(when: str, context: Context) -> Truth:
    """Return whether a condition of the recommendation holds, given what was decided."""
    recommendation = rubric(RECOMMENDING.format(when=when)).recommendation
    assert recommendation is not None
    return recommendation.ladder.rungs[0].rule.condition.truth({}, context)


@pytest.mark.parametrize(
    ("asked", "grades"),
    [
        ("is: A", "A"),
        ("is: U", "U"),
        ("is: [A, U]", "AU"),
        ("in: [B, C]", "BC"),
        ("at_least: A", "A"),
        ("at_least: B", "AB"),
        ("at_least: C", "ABC"),
        ("at_most: B", "BC"),
        ("at_most: C", "C"),
        ("at_least: B, at_most: B", "B"),
        ("in: [A, B], at_most: B", "B"),
    ],
)
def test_a_grade_is_among_those_wanted(asked: str, grades: str) -> None:
    """The unjudged grade is neither at least nor at most anything."""
    for possible in ("A", "B", "C", "U", "AB", "BC", "CU", "ABCU"):
        wanted, open_grades = set(grades), set(possible)
        expected = True if open_grades <= wanted else None if open_grades & wanted else False
        assert recommended(f"{{grade: help, {asked}}}", Context({"help": frozenset(possible)})) is expected


@pytest.mark.parametrize(
    ("bounds", "score", "expected"),
    [
        ("at_least: 60", 60, True),
        ("at_least: 60", 59.9, False),
        ("above: 60", 60, False),
        ("at_most: 60", 60, True),
        ("below: 60", 60, False),
        ("at_least: 60", Range(50, 70), UNKNOWN),
        ("at_least: 60", Range(60, 70), True),
        ("at_least: 60", Range(50, 59), False),
        ("at_least: 60", None, UNKNOWN),
    ],
)
def test_a_score_keeps_bounds(bounds: str, score: float | Range | None, expected: Truth) -> None:
    assert recommended(f"{{score: overall, {bounds}}}", Context({}, score)) is expected


def test_where_there_is_no_score_it_keeps_no_bound() -> None:
    assert recommended("{score: overall, at_least: 0}", Context({}, None, False)) is False
    assert recommended("{score: overall, at_least: 0}", Context({}, Range(50, 60), None)) is UNKNOWN
    assert recommended("{score: overall, at_least: 70}", Context({}, Range(50, 60), None)) is False


def test_the_recommendation_may_also_ask_the_dossier() -> None:
    both = "[{grade: help, is: A}, {any: trials, where: {result: benefit}}]"
    recommendation = rubric(RECOMMENDING.format(when=both)).recommendation
    assert recommendation is not None
    rung = recommendation.ladder.rungs[0].rule.condition
    assert rung.truth(trials(GOOD), Context({"help": frozenset("A")})) is True
    assert rung.truth(trials(BAD), Context({"help": frozenset("A")})) is False


# What is compiled


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        ("{all: [{safety.exposed: 5}]}", All),
        ("{any: [{safety.exposed: 5}]}", AnyOf),
        ("{not: {safety.exposed: 5}}", Not),
        ("{safety.concern: none}", OneOf),
        ("{safety.exposed: 5}", Within),
        ("{safety.exposed: [5, 6]}", AnyOf),
        ("{any: trials}", Some),
        ("{none: trials}", NoneOf),
        ("{count: trials, at_least: 1}", Count),
        ("{every: trials, where: {result: harm}}", Every),
        ("{sum: trials.participants, at_least: 1}", Sum),
        ("{share: trials, where: {result: harm}, at_least: 1}", Share),
    ],
)
def test_every_operator_has_its_condition(when: str, kind: type) -> None:
    assert type(condition(when)) is kind


def test_keys_of_ones_own_are_left_alone() -> None:
    assert condition("{any: trials, where: {result: benefit}, x-why: because}") == condition(
        "{any: trials, where: {result: benefit}}"
    )
    assert condition("{value: safety.exposed, at_least: 5, x-why: because}") == condition(
        "{value: safety.exposed, at_least: 5}"
    )


def test_a_label_and_a_last_rung_are_compiled() -> None:
    method = ladder_rubric("{any: trials, where: {class: I}}", CLASS).domain("domain").method
    assert isinstance(method, Ladder)
    counted, last = (rung.rule.condition for rung in method.rungs)
    assert last == Always()
    assert isinstance(counted, Count)
    assert isinstance(counted.where, LabelIs)
    assert counted.where.labels == ("I",)
    assert [label for label, _ in counted.where.ladder] == ["I", "II", "III"]


def test_a_grade_and_a_score_are_compiled() -> None:
    compiled = rubric(RECOMMENDING.format(when="[{grade: help, at_least: B}, {score: overall, above: 5, below: 6}]"))
    assert compiled.recommendation is not None
    assert compiled.recommendation.ladder.rungs[0].rule.condition == All(
        (GradeIs("help", "Help", frozenset("AB"), "at least B"), ScoreIs(Bounds(above=5, below=6)))
    )


def test_a_domain_may_be_named_like_a_section() -> None:
    """`grade: trials` asks for the domain, `count: trials` for the section."""
    text = RECOMMENDING.replace("help", "trials").format(when="[{grade: trials, is: A}, {count: trials, at_least: 1}]")
    assert rubric(text).recommendation is not None


@pytest.mark.parametrize(
    ("when", "dossier"),
    [
        ("{any: safety.adverse_events, where: {value: of, is: 100}}", {"safety": {"adverse_events": [{"of": 100}]}}),
        ("{safety.any.rate: {at_least: 0.1}}", {"safety": {"any": {"n": 1, "of": 10}}}),
        (
            "{any: verdicts, where: {any: grades, where: {value: grade, is: A}}}",
            {"verdicts": [{"grades": [{"domain": "risks", "grade": "A"}]}]},
        ),
        (
            "{any: panel, where: {any: grades, where: {grade: A, domain: risks}}}",
            {"panel": [{"grades": [{"domain": "risks", "grade": "A"}]}]},
        ),
    ],
)
def test_a_field_named_like_a_word_of_the_language_can_be_asked_for(when: str, dossier: Data) -> None:
    assert truth(when, dossier) is True
    assert truth(when, {}) is not True


CRITERIA = "{number_of: [{cost.covered: true}, {safety.concern: none}, {any: trials}], exactly: 2}"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"cost": {"covered": True}, "safety": {"concern": "none"}}, True),
        ({"cost": {"covered": True}, "safety": {"concern": "none"}, "trials": [{"id": "a", "statement": "s"}]}, False),
        ({"cost": {"covered": True}}, None),
        ({"cost": {"covered": True}, "safety": {"concern": "minor"}}, False),
        ({"safety": {"concern": "minor"}}, False),
        ({}, None),
    ],
)
def test_a_number_of_conditions_holds(sections: Data, expected: Truth) -> None:
    assert truth(CRITERIA, sections) is expected


ADDED_UP = {
    "outcome": "death",
    "arms": [
        {"name": "therapy", "role": "intervention", "participants": 100, "events": 10},
        {"name": "placebo", "role": "control", "participants": 100, "events": 30},
    ],
}


@pytest.mark.parametrize("asked", ["needed_to_treat: {at_most: 5}", "fragility: {at_least: 1}"])
@pytest.mark.parametrize(
    ("when", "section", "item", "expected"),
    [
        ("{any: trials, where: {any: effects, where: {%s}}}", "trials", {"effects": [ADDED_UP]}, True),
        ("{any: observational, where: {any: effects, where: {%s}}}", "observational", {"effects": [ADDED_UP]}, True),
        ("{any: syntheses, where: {any: effects, where: {%s}}}", "syntheses", {"effects": [ADDED_UP]}, UNKNOWN),
        ("{any: syntheses, where: {none: effects, where: {%s}}}", "syntheses", {"effects": [ADDED_UP]}, UNKNOWN),
        ("{any: outcomes, where: {effect.%s}}", "outcomes", {"effect": ADDED_UP, "studies": 1}, True),
        ("{any: outcomes, where: {effect.%s}}", "outcomes", {"effect": ADDED_UP, "studies": 3}, UNKNOWN),
        ("{any: outcomes, where: {effect.%s}}", "outcomes", {"effect": ADDED_UP}, UNKNOWN),
        ("{any: outcomes, where: {any: study_effects, where: {%s}}}", "outcomes", {"study_effects": [ADDED_UP]}, True),
    ],
)
def test_arms_added_up_over_several_studies_give_no_number_needed_to_treat(
    asked: str, when: str, section: str, item: Data, expected: Truth
) -> None:
    assert truth(when % asked, {section: [item]}) is expected


def test_a_term_about_the_effects_of_trials_is_not_used_on_pooled_ones() -> None:
    """It may ask for what pooled effects never have."""
    body = """\
terms:
  strong: {on: trials.effects, means: It is strong., when: {needed_to_treat: {at_most: 5}}}
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {grade: A, name: a, means: So., when: {any: syntheses, where: {any: effects, where: strong}}}
      - {grade: U, name: u, means: Not so., otherwise: true}
"""
    _, findings = checked(HEADER + body)
    assert [one.message for one in findings] == ["the term `strong` is about an effect, and this is a pooled effect"]


# Excuses

PRESUMING = Context({}, presuming=True)
ALL_CAUSES = "{safety.died.counts: all_causes}"
ATTRIBUTED, WHATEVER_THE_CAUSE, UNSTATED = (
    {"safety": {"died": died}} for died in ({"counts": "attributed"}, {"counts": "all_causes"}, {})
)


@pytest.mark.parametrize(
    ("dossier", "known", "printed"),
    [(ATTRIBUTED, True, True), (WHATEVER_THE_CAUSE, False, False), (UNSTATED, None, True)],
)
def test_an_excuse_counts_for_none_until_it_is_established(dossier: Data, known: Truth, printed: Truth) -> None:
    """It is true, false or unknown as `not` is; only what is printed presumes that it does not hold."""
    unless, without = condition(f"{{unless: {ALL_CAUSES}}}"), condition(f"{{not: {ALL_CAUSES}}}")
    assert unless.truth(dossier, NO_CONTEXT) is without.truth(dossier, NO_CONTEXT) is known
    assert unless.truth(dossier, PRESUMING) is printed
    assert without.truth(dossier, PRESUMING) is known


@pytest.mark.parametrize(
    ("when", "known", "printed"),
    [
        (f"[{{safety.concern: serious}}, {{unless: {ALL_CAUSES}}}]", None, True),
        (f"[{{safety.concern: minor}}, {{unless: {ALL_CAUSES}}}]", False, False),
        (f"[{{safety.exposed: 5}}, {{unless: {ALL_CAUSES}}}]", None, None),
        (f"{{any: [{{safety.concern: minor}}, {{unless: {ALL_CAUSES}}}]}}", None, True),
        (f"{{not: {{unless: {ALL_CAUSES}}}}}", None, False),
        (f"{{unless: [{ALL_CAUSES}, {{safety.concern: serious}}]}}", None, True),
        (f"{{unless: [{ALL_CAUSES}, {{safety.concern: minor}}]}}", True, True),
        (f"{{number_of: [{{unless: {ALL_CAUSES}}}, {{safety.concern: serious}}], exactly: 2}}", None, True),
        ("{any: trials, where: {unless: {agent: related}}}", None, True),
        ("{none: trials, where: {unless: {agent: related}}}", None, False),
        ("{every: trials, where: {unless: {agent: related}}}", None, True),
        ("{count: trials, where: {unless: {agent: related}}, exactly: 2}", None, True),
        ("{sum: trials.participants, where: {unless: {agent: related}}, at_least: 30}", None, True),
        ("{share: trials, where: {unless: {agent: related}}, at_least: 1}", None, True),
    ],
)
def test_an_excuse_may_be_part_of_any_condition(when: str, known: Truth, printed: Truth) -> None:
    dossier = {"safety": {"concern": "serious"}, "trials": [{"participants": 10}, {"participants": 20}]}
    assert truth(when, dossier) is known
    assert condition(when).truth(dossier, PRESUMING) is printed


def test_an_excuse_reads_as_unless() -> None:
    assert condition(f"{{unless: {ALL_CAUSES}}}").describe() == f"unless {condition(ALL_CAUSES).describe()}"


# The dossier, asked from an item


def asked_of_trials(where: str, dossier: Data) -> list[Truth]:
    """Return what a condition says of each trial of a dossier."""
    asked = item_condition(where)
    return [asked.truth(trial, Context({}, dossier=dossier)) for trial in dossier["trials"]]


@pytest.mark.parametrize(
    ("therapy", "expected"), [({"kind": "behavioural"}, True), ({"kind": "drug"}, False), ({}, UNKNOWN)]
)
def test_an_item_can_ask_about_the_whole_dossier(therapy: Data, expected: Truth) -> None:
    dossier = {"therapy": therapy, **trials(GOOD, BAD)}
    assert asked_of_trials("{in_dossier: {therapy.kind: behavioural}}", dossier) == [expected, expected]
    both = asked_of_trials("[{result: benefit}, {in_dossier: {therapy.kind: behavioural}}]", dossier)
    assert both == [expected, False]


def test_the_dossier_can_be_asked_about_its_lists_and_by_its_terms() -> None:
    dossier = trials(GOOD, BAD)
    assert asked_of_trials("{in_dossier: {count: trials, exactly: 2}}", dossier) == [True, True]
    named = "terms: {talking: {means: m, when: {therapy.kind: behavioural}}}"
    asked = item_condition("{in_dossier: talking}", vocabulary=named)
    assert asked.truth(GOOD, Context({}, dossier={"therapy": {"kind": "behavioural"}})) is True


def test_an_inner_item_can_ask_about_the_whole_dossier() -> None:
    when = "{any: trials, where: {any: effects, where: {in_dossier: {therapy.kind: drug}}}}"
    dossier = {"therapy": {"kind": "drug"}, **trials({"effects": [{}]})}
    assert condition(when).truth(dossier, Context({}, dossier=dossier)) is True
    assert condition(when).truth({**dossier, "therapy": {"kind": "diet"}}, Context({}, dossier=dossier)) is True


# The comparison in question


@pytest.mark.parametrize(
    ("comparisons", "own", "expected"),
    [
        (None, None, True),
        ([], None, True),
        (["a"], None, True),
        (["a"], "a", True),
        (["a", "b"], "a", True),
        (["a", "b"], "b", False),
        (["a", "b"], None, UNKNOWN),
    ],
)
def test_an_outcome_belongs_to_the_comparison_in_question(
    comparisons: list[str] | None, own: str | None, expected: Truth
) -> None:
    """One comparison needs no name; of several, the recommendation is about the first."""
    asked = item_condition("{in_question: true}", on="outcomes")
    outcome = {} if own is None else {"comparison_id": own}
    dossier = {} if comparisons is None else {"comparisons": [{"id": name} for name in comparisons]}
    assert asked.truth(outcome, Context({}, dossier=dossier)) is expected


def test_another_comparison_can_be_in_question() -> None:
    asked = item_condition("{in_question: true}", on="outcomes")
    dossier = {"comparisons": [{"id": "a"}, {"id": "b"}]}
    context = Context({}, dossier=dossier, comparison="b")
    assert [asked.truth({"comparison_id": name}, context) for name in ("a", "b")] == [False, True]


# Items that other items list


def review(result: str | None, *contributing: str, states: bool = True) -> Data:
    """Return a review, which states what it pools unless it says otherwise."""
    pooled = {"contributing": list(contributing)} if states else {}
    return pooled if result is None else {"result": result, **pooled}


@pytest.mark.parametrize(
    ("reviews", "listed", "in_a_positive_one"),
    [
        ([], False, False),
        ([review("benefit", "a")], True, True),
        ([review("benefit", "b")], False, False),
        ([review("benefit")], False, False),
        ([review("no_benefit", "a")], True, False),
        ([review(None, "a")], True, UNKNOWN),
        ([review(None, "b")], False, False),
        ([review("benefit", states=False)], UNKNOWN, UNKNOWN),
        ([review("no_benefit", states=False)], UNKNOWN, False),
        ([review(None, states=False)], UNKNOWN, UNKNOWN),
        ([review("benefit", states=False), review("benefit", "a")], True, True),
        ([review("no_benefit", "a"), review("benefit", "b")], True, False),
        ([review("no_benefit", "a"), review("benefit", states=False)], True, UNKNOWN),
    ],
)
def test_a_trial_is_among_those_that_a_review_pools(
    reviews: list[Data], listed: Truth, in_a_positive_one: Truth
) -> None:
    dossier = {**trials({"id": "a"}), "syntheses": reviews}
    assert asked_of_trials("{listed_in: syntheses.contributing}", dossier) == [listed]
    assert asked_of_trials("{listed_in: syntheses.contributing, where: {result: benefit}}", dossier) == [
        in_a_positive_one
    ]


def test_what_lists_items_may_be_a_section_that_is_not_there() -> None:
    assert asked_of_trials("{listed_in: syntheses.contributing}", trials({"id": "a"})) == [False]
    assert asked_of_trials("{listed_in: outcomes.contributing}", trials({"id": "a"})) == [False]


def test_the_entry_that_lists_an_item_may_itself_ask_about_the_dossier() -> None:
    where = "{listed_in: syntheses.contributing, where: {in_dossier: {therapy.kind: drug}}}"
    dossier = {"therapy": {"kind": "drug"}, **trials({"id": "a"}), "syntheses": [review("benefit", "a")]}
    assert asked_of_trials(where, dossier) == [True]
    assert asked_of_trials(where, {**dossier, "therapy": {}}) == [UNKNOWN]
