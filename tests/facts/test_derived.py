"""Every derived value: what it is, when it is not known, and between which bounds it then lies."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.facts.derived import Derived
from evgrade.facts.known import Quantity, Range, bounds_of, known, within
from evgrade.facts.quality import GUIDELINES, RISKS, ROB_2, SYRCLE, tools
from evgrade.facts.registry import POOLED_EFFECT, REGISTRY, derived_names, derived_value
from evgrade.model import UNKNOWN_WORDS
from evgrade.schema.store import schema
from evgrade.stats.two_by_two import TwoByTwo, fragility_index
from tests.examples import examples

Data = dict[str, Any]


def computed(definition: str, name: str, holder: Data) -> Quantity:
    derived = derived_value(definition, name)
    assert derived is not None
    return derived.compute(holder)


# Known and unknown


@pytest.mark.parametrize(
    ("holder", "value"),
    [
        ({"key": 5}, 5),
        ({"key": 0}, 0),
        ({"key": False}, False),
        ({"key": ""}, ""),
        ({"key": []}, []),
        ({"key": "no"}, "no"),
        ({"key": "unclear"}, None),
        ({"key": "not_reported"}, None),
        ({}, None),
    ],
)
def test_a_value_is_known_unless_it_is_absent_or_the_source_is_silent(holder: Data, value: object) -> None:
    assert known(holder, "key") == value
    assert type(known(holder, "key")) is type(value)


def test_bounds_that_meet_are_a_number_and_bounds_of_everything_are_nothing() -> None:
    assert within(5, 5) == 5
    assert within(0, 5) == Range(0, 5)
    assert within(0, math.inf) == Range(0, math.inf)
    assert within(-math.inf, math.inf) is None
    assert bounds_of(5) == (5, 5)
    assert bounds_of(Range(0, 5)) == (0, 5)


# Values

ATTRIBUTED = {"counts": "attributed"}
ALL_CAUSES = {"counts": "all_causes"}


@pytest.mark.parametrize("definition", ["proportion", "harmed"])
@pytest.mark.parametrize(
    ("holder", "rate"),
    [
        ({"n": 1, "of": 4}, 0.25),
        ({"n": 0, "of": 4}, 0.0),
        ({"n": 4, "of": 4}, 1.0),
        ({"n": 0}, 0.0),
        ({"n": 1}, None),
        ({"of": 4}, None),
        ({}, None),
    ],
)
def test_a_rate_is_how_many_of_how_many(definition: str, holder: Data, rate: Quantity) -> None:
    assert computed(definition, "rate", holder) == rate


@pytest.mark.parametrize("definition", ["proportion", "harmed", "adverse_event"])
@pytest.mark.parametrize(
    ("holder", "rate"),
    [
        # A printed percentage was rounded, so it stands for all shares that round to it.
        ({"percent": 12}, Range(0.115, 0.125)),
        ({"percent": 12.5}, Range(0.1245, 0.1255)),
        ({"percent": 0}, Range(0, 0.005)),
        ({"percent": 100}, Range(0.995, 1)),
        # Of a known number of people it is the share of whole people that rounds to it.
        ({"percent": 33, "of": 3}, 1 / 3),
        ({"percent": 0, "of": 100}, 0.0),
        ({"percent": 1, "of": 1000}, Range(0.005, 0.015)),
        ({"percent": 50, "of": 3}, Range(0.495, 0.505)),
        # Counts are exact, and beside them the percentage says nothing more; a check finds where they disagree.
        ({"n": 1, "of": 3, "percent": 33}, 1 / 3),
        ({"n": 1, "of": 3, "percent": 80}, 1 / 3),
        ({"n": 1, "percent": 33}, Range(0.325, 0.335)),
        # What is too small for a number of the format says nothing.
        ({"percent": 1e-310}, None),
    ],
)
def test_a_percentage_stands_in_for_counts_that_are_not_stated(definition: str, holder: Data, rate: Quantity) -> None:
    assert computed(definition, "rate", holder) == rate


@pytest.mark.parametrize(
    ("holder", "rate"),
    [
        ({"percent": 12, "counts": "attributed"}, Range(0.115, 0.125)),
        ({"percent": 12}, Range(0, 0.125)),
        ({"percent": 12, "counts": "all_causes", "control": {"n": 1, "of": 20}}, Range(0.065, 0.075)),
        ({"n": 5, "of": 20, "counts": "all_causes", "control": {"percent": 12.5, "of": 40}}, 0.125),
        ({"percent": 12, "counts": "all_causes", "control": {"percent": 12}}, Range(0, 0.01)),
        ({"percent": 12, "counts": "all_causes", "control": {"percent": 30}}, 0.0),
    ],
)
def test_harm_owed_to_the_therapy_is_bounded_by_percentages(holder: Data, rate: Quantity) -> None:
    value = computed("harmed", "attributable_rate", holder)
    assert value is not None
    assert bounds_of(value) == pytest.approx(bounds_of(rate or 0.0))


@pytest.mark.parametrize(
    ("holder", "rate"),
    [
        ({"n": 5, "of": 20, "control": {"n": 5, "of": 40}}, 0.125),
        ({"n": 5, "of": 20, "control": {"n": 9, "of": 20}}, 0.0),
        ({"n": 5, "of": 20}, Range(0, 0.25)),
        ({"n": 0, "of": 20}, 0.0),
        ({"n": 5}, None),
    ],
)
def test_a_listed_harm_is_owed_to_the_therapy_as_far_as_it_is_more_common(holder: Data, rate: Quantity) -> None:
    assert computed("adverse_event", "attributable_rate", holder) == rate


@pytest.mark.parametrize(
    ("holder", "is_harm"),
    [
        ({}, 1.0),
        ({"n": 3}, 1.0),
        ({"n": 3, "of": 50}, 1.0),
        ({"percent": 0}, 1.0),
        ({"n": 3, "of": 50, "control": {"n": 2, "of": 50}}, 1.0),
        ({"n": 0}, 0.0),
        ({"percent": 0, "of": 50}, 0.0),
        ({"n": 3, "of": 50, "control": {"n": 3, "of": 50}}, 0.0),
        ({"n": 3, "of": 50, "control": {"n": 9, "of": 50}}, 0.0),
    ],
)
def test_a_listed_harm_is_one_unless_its_own_counts_say_otherwise(holder: Data, is_harm: Quantity) -> None:
    assert computed("adverse_event", "is_harm", holder) == is_harm


@pytest.mark.parametrize(
    ("holder", "people"),
    [
        ({"users": 1}, 1.0),
        ({"users": 1, "evaluated": 1}, 1.0),
        ({"users": 20, "evaluated": 3}, 20.0),
        ({"evaluated": 3}, Range(3, math.inf)),
        ({}, None),
    ],
)
def test_a_report_is_about_those_who_took_it(holder: Data, people: Quantity) -> None:
    assert computed("case", "people", holder) == people


@pytest.mark.parametrize(
    ("holder", "is_empty"),
    [({}, 0.0), ({"studies": 1}, 0.0), ({"studies": 0}, 1.0), ({"studies": 0, "result": "benefit"}, 1.0)],
)
def test_a_review_is_empty_where_it_says_so(holder: Data, is_empty: Quantity) -> None:
    assert computed("synthesis", "is_empty", holder) == is_empty


def judged(**domains: str) -> Data:
    return {"domains": {name: {"judgement": judgement} for name, judgement in domains.items()}}


ALL_LOW = judged(**dict.fromkeys(ROB_2, "low"))


@pytest.mark.parametrize(
    ("holder", "worst"),
    [
        ({"overall": "low"}, 0.0),
        ({"overall": "some_concerns"}, 1.0),
        ({"overall": "high"}, 2.0),
        ({"overall": "unclear"}, None),
        ({}, None),
        (ALL_LOW, 0.0),
        # One domain is enough to be no better than it, whatever the others are.
        (judged(missing_outcome_data="high"), 2.0),
        (judged(missing_outcome_data="some_concerns"), Range(1, 2)),
        (judged(missing_outcome_data="low"), Range(0, 2)),
        (judged(missing_outcome_data="unclear"), None),
        ({"overall": "some_concerns", **judged(missing_outcome_data="low")}, 1.0),
        # Where the two disagree, which a check says, the worse counts.
        ({"overall": "low", **judged(missing_outcome_data="high")}, 2.0),
    ],
)
def test_a_study_is_as_biased_as_its_worst_domain(holder: Data, worst: Quantity) -> None:
    assert computed("risk_of_bias", "worst", holder) == worst


def test_the_domains_of_risk_of_bias_are_those_of_the_format() -> None:
    definitions = schema("dossier")["$defs"]
    assert tuple(definitions["animal_risk_of_bias"]["properties"]["domains"]["properties"]) == SYRCLE
    assert set(definitions["bias_domains"]["properties"]) == {name for tool in tools() for name in tool.domains}
    assert tools()[0].needed == ROB_2


def test_the_levels_of_risk_of_bias_are_those_of_the_format() -> None:
    levels = set(schema("dossier")["$defs"]["bias_judgement"]["properties"]["judgement"]["enum"]) - UNKNOWN_WORDS
    assert levels == RISKS.keys()
    assert levels == {level for tool in tools() for level in tool.levels}


KEPT = dict.fromkeys(GUIDELINES, True)


@pytest.mark.parametrize(
    ("holder", "departs"),
    [
        ({"well_designed": True}, 0.0),
        ({"well_designed": False}, 1.0),
        ({"well_designed": False, **KEPT}, 1.0),
        ({"well_designed": True, "blinded": False}, 0.0),
        (KEPT, 0.0),
        ({"blinded": False}, 1.0),
        ({**KEPT, "blinded": "unclear"}, None),
        ({"blinded": True}, None),
        ({}, None),
    ],
)
def test_a_study_departs_as_the_reviewers_judged_or_by_one_guideline(holder: Data, departs: Quantity) -> None:
    assert computed("preclinical", "departs", holder) == departs


@pytest.mark.parametrize(
    ("holder", "rate"),
    [
        # Only attributed harms are counted: that is their rate, whatever befell the others.
        ({"n": 2, "of": 20, **ATTRIBUTED}, 0.1),
        ({"n": 2, "of": 20, **ATTRIBUTED, "control": {"n": 1, "of": 20}}, 0.1),
        ({"n": 0, "of": 20, **ATTRIBUTED}, 0.0),
        # All are counted: what is more than in the control group.
        ({"n": 5, "of": 20, **ALL_CAUSES, "control": {"n": 5, "of": 40}}, 0.125),
        ({"n": 5, "of": 20, **ALL_CAUSES, "control": {"n": 5, "of": 20}}, 0.0),
        ({"n": 5, "of": 20, **ALL_CAUSES, "control": {"n": 9, "of": 20}}, 0.0),
        # All are counted and there is no control group, or nobody says how it fared.
        ({"n": 5, "of": 20, **ALL_CAUSES}, Range(0, 0.25)),
        ({"n": 5, "of": 20, **ALL_CAUSES, "control": {"n": 5}}, Range(0, 0.25)),
        ({"n": 5, "of": 20, **ALL_CAUSES, "control": {}}, Range(0, 0.25)),
        ({"n": 0, "of": 20, **ALL_CAUSES}, 0.0),
        # It is not said what is counted: between the excess and all.
        ({"n": 5, "of": 20}, Range(0, 0.25)),
        ({"n": 5, "of": 20, "counts": "unclear"}, Range(0, 0.25)),
        ({"n": 5, "of": 20, "counts": "not_reported", "control": {"n": 5, "of": 40}}, Range(0.125, 0.25)),
        ({"n": 5, "of": 20, "control": {"n": 9, "of": 20}}, Range(0, 0.25)),
        ({"n": 0, "of": 20}, 0.0),
        # Nobody says how many.
        ({"of": 20, **ATTRIBUTED}, None),
        ({"n": 5, **ALL_CAUSES, "control": {"n": 5, "of": 40}}, None),
        ({}, None),
    ],
)
def test_harm_owed_to_the_therapy_is_not_the_harm_of_the_illness(holder: Data, rate: Quantity) -> None:
    assert computed("harmed", "attributable_rate", holder) == rate


@pytest.mark.parametrize(
    ("holder", "rate"),
    [
        ({"completed": 8, "participants": 10}, 0.8),
        ({"completed": 0, "participants": 10}, 0.0),
        ({"participants": 10}, None),
        ({"completed": 8}, None),
        ({"completed": 0, "participants": 0}, None),
    ],
)
def test_a_completion_rate_is_who_stayed_of_who_took_part(holder: Data, rate: Quantity) -> None:
    assert computed("trial", "completion_rate", holder) == rate


@pytest.mark.parametrize(
    ("period", "times"), [("day", 365.25), ("week", 365.25 / 7), ("month", 12), ("year", 1), ("course", 1)]
)
def test_a_price_is_paid_so_many_times_in_the_first_year(period: str, times: float) -> None:
    assert computed("cost", "annual", {"low": 10, "high": 10, "per": period}) == pytest.approx(10 * times)


@pytest.mark.parametrize(
    ("holder", "annual"),
    [
        ({"low": 25, "high": 49, "per": "month"}, Range(300, 588)),
        ({"low": 49, "high": 25, "per": "month"}, Range(300, 588)),
        ({"low": 25, "high": 25, "per": "month"}, 300),
        ({"low": 0, "high": 0, "per": "month"}, 0),
        ({"low": 25, "per": "month"}, Range(300, math.inf)),
        ({"high": 49, "per": "month"}, Range(0, 588)),
        ({"per": "month"}, None),
        ({"low": 25, "high": 49}, None),
        ({}, None),
    ],
)
def test_a_price_of_a_year_has_the_bounds_of_the_price(holder: Data, annual: Quantity) -> None:
    assert computed("cost", "annual", holder) == annual


@pytest.mark.parametrize(
    ("holder", "annual"),
    [
        ({"currency": "USD", "low": 25, "high": 49, "per": "month"}, Range(300, 588)),
        ({"currency": "USD", "usd_per_unit": 2, "low": 25, "high": 25, "per": "month"}, 300),
        ({"currency": "EUR", "usd_per_unit": 2, "low": 25, "high": 25, "per": "month"}, 600),
        ({"currency": "EUR", "usd_per_unit": 2, "low": 25, "high": 49, "per": "month"}, Range(600, 1176)),
        ({"currency": "EUR", "usd_per_unit": 2, "low": 25, "per": "month"}, Range(600, math.inf)),
        ({"currency": "EUR", "low": 25, "high": 25, "per": "month"}, None),
        ({"usd_per_unit": 2, "low": 25, "high": 25, "per": "month"}, None),
        ({"currency": "USD", "per": "month"}, None),
    ],
)
def test_a_price_in_dollars_needs_a_currency_and_its_rate(holder: Data, annual: Quantity) -> None:
    assert computed("cost", "annual_usd", holder) == annual


# What would have to be stated


@pytest.mark.parametrize(
    ("definition", "name", "holder", "missing"),
    [
        ("proportion", "rate", {}, ["n", "of"]),
        ("proportion", "rate", {"of": 5}, ["n"]),
        ("harmed", "attributable_rate", {"n": 1, "of": 5}, ["counts", "control.n", "control.of"]),
        ("harmed", "attributable_rate", {"n": 1, "of": 5, "counts": "unclear"}, ["counts", "control.n", "control.of"]),
        ("harmed", "attributable_rate", {"n": 1, "of": 5, **ALL_CAUSES, "control": {"of": 5}}, ["control.n"]),
        ("harmed", "attributable_rate", {"of": 5, **ATTRIBUTED}, ["n"]),
        ("harmed", "attributable_rate", {"n": 1, "of": 5, **ATTRIBUTED}, []),
        ("cost", "annual_usd", {"currency": "USD", "low": 5, "per": "day"}, ["high"]),
        ("cost", "annual_usd", {"currency": "EUR", "low": 5, "high": 5, "per": "day"}, ["usd_per_unit"]),
        ("cost", "annual_usd", {"low": 5, "high": 5}, ["currency", "usd_per_unit", "per"]),
        ("trial", "completion_rate", {"participants": 5}, ["completed"]),
        ("effect", "events", {"arms": [{"events": 1}, {}]}, ["arms.1.events"]),
        ("effect", "events", {}, ["arms.events"]),
        ("effect", "magnitude", {"measure": "RR"}, ["estimate"]),
    ],
)
def test_what_is_not_stated_and_matters_is_named(definition: str, name: str, holder: Data, missing: list[str]) -> None:
    derived = derived_value(definition, name)
    assert derived is not None
    assert [".".join(map(str, path)) for path in derived.unstated(holder)] == missing


# Laws


def _count(limit: int = 20) -> st.SearchStrategy[int]:
    return st.integers(1, limit)


@st.composite
def proportions(draw: st.DrawFn) -> Data:
    of = draw(_count())
    n = draw(st.integers(0, of))
    return {"n": n, "of": of, "percent": _percent(draw, n, of)}


@st.composite
def costs(draw: st.DrawFn) -> Data:
    low, high = sorted([draw(st.integers(0, 50)), draw(st.integers(0, 50))])
    currency = draw(st.sampled_from(["USD", "EUR"]))
    per = draw(st.sampled_from(["day", "week", "month", "year", "course"]))
    return {
        "low": low,
        "high": high,
        "per": per,
        "currency": currency,
        "usd_per_unit": draw(st.sampled_from([0.5, 1, 2])),
    }


@st.composite
def trials(draw: st.DrawFn) -> Data:
    participants = draw(_count())
    return {"participants": participants, "completed": draw(st.integers(0, participants))}


@st.composite
def harms(draw: st.DrawFn) -> Data:
    counts = draw(st.sampled_from(["attributed", "all_causes"]))
    return {**draw(proportions()), "counts": counts, "control": draw(proportions())}


@st.composite
def events(draw: st.DrawFn) -> Data:
    """Draw a listed harm, which more people had than in the control group."""
    of = draw(_count())
    n = draw(st.integers(1, of))
    control = draw(proportions())
    assume(control["n"] * of < n * control["of"])
    return {"n": n, "of": of, "percent": _percent(draw, n, of), "control": control}


@st.composite
def reports(draw: st.DrawFn) -> Data:
    users = draw(_count())
    return {"users": users, "evaluated": draw(st.integers(0, users))}


def _percent(draw: st.DrawFn, n: int, of: int) -> float:
    return round(100 * n / of, draw(st.sampled_from([None, 1, 2])))


def risks_of_bias(names: tuple[str, ...]) -> st.SearchStrategy[Data]:
    """Draw domains, and an overall judgement that is no better than the worst of them."""
    judgements = ("low", "some_concerns", "high")
    domains = st.fixed_dictionaries({name: st.sampled_from(judgements) for name in names})

    def with_overall(drawn: dict[str, str]) -> st.SearchStrategy[Data]:
        worst = max(map(judgements.index, drawn.values()))
        least = ("low",) if worst == 0 else judgements[worst:]
        return st.sampled_from(least).map(lambda overall: {"overall": overall, **judged(**drawn)})

    return domains.flatmap(with_overall)


@st.composite
def animal_studies(draw: st.DrawFn) -> Data:
    kept = {name: draw(st.booleans()) for name in GUIDELINES}
    return {"well_designed": all(kept.values()), **kept}


@st.composite
def effects(draw: st.DrawFn) -> Data:
    low, estimate, high = sorted(draw(st.lists(st.floats(0.1, 10), min_size=3, max_size=3)))
    measure = draw(st.sampled_from(["RR", "OR", "HR"]))
    arms = [{"role": role, **draw(_arms())} for role in ("intervention", "control")]
    assume(arms[0]["events"] * arms[1]["participants"] != arms[1]["events"] * arms[0]["participants"])
    assume(fragility_index(TwoByTwo(*(arm[key] for arm in arms for key in ("events", "participants")))) is not None)
    return {"measure": measure, "estimate": estimate, "ci_low": low, "ci_high": high + 0.1, "arms": arms}


@st.composite
def _arms(draw: st.DrawFn) -> Data:
    participants = draw(st.integers(1, 100))
    return {"participants": participants, "events": draw(st.integers(0, participants))}


@st.composite
def outcomes(draw: st.DrawFn) -> Data:
    effect = draw(effects())
    assume(effect["arms"][1]["events"])  # no absolute interval is told from a risk of 0
    return {
        "studies": 1,
        "participants": draw(st.integers(1, 10_000)),
        "effect": effect,
        "prediction_low": draw(st.floats(0.1, 1)),
        "prediction_high": draw(st.floats(1, 10)),
        "study_effects": draw(st.lists(effects(), min_size=2, max_size=4)),
    }


COMPLETE = {
    "proportion": proportions(),
    "harmed": harms(),
    "trial": trials(),
    "observational_study": trials(),
    "cost": costs(),
    "effect": effects(),
    "outcome": outcomes(),
    "adverse_event": events(),
    "risk_of_bias": risks_of_bias(ROB_2),
    "animal_risk_of_bias": risks_of_bias(SYRCLE),
    "preclinical": animal_studies(),
    "case": reports(),
    "synthesis": st.fixed_dictionaries({"studies": _count()}),
}


@st.composite
def partly(draw: st.DrawFn, holder: Data) -> Data:
    """Draw what is left of a mapping when somebody does not say all of it."""
    left: Data = {}
    for key, value in holder.items():
        if isinstance(value, dict):
            value = draw(partly(value))  # noqa: PLW2901 - what is left of it
        elif isinstance(value, list):
            value = [draw(partly(entry)) for entry in value]  # noqa: PLW2901
        fates = ["keep", "keep", "drop", "unclear"] if key == "counts" else ["keep", "keep", "drop"]
        fate = draw(st.sampled_from(fates))
        if fate != "drop":
            left[key] = value if fate == "keep" else fate
    return left


@st.composite
def knowledge(draw: st.DrawFn) -> tuple[Derived, Data, Data, Data]:
    """Draw a derived value, and a mapping that has it as ever more is known of it."""
    derived = draw(st.sampled_from(REGISTRY))
    everything = draw(COMPLETE[derived.definition])
    more = draw(partly(everything))
    return derived, draw(partly(more)), more, everything


@examples(250)
@given(knowledge())
def test_what_is_returned_holds_whatever_the_unknown_turns_out_to_be(drawn: tuple[Derived, Data, Data, Data]) -> None:
    derived, little, more, everything = drawn
    exact = derived.compute(everything)
    assert exact is not None
    for less, greater in ((little, more), (more, everything), (little, everything)):
        before, after = derived.compute(less), derived.compute(greater)
        if before is not None:
            assert after is not None
            assert bounds_of(before)[0] <= bounds_of(after)[0] <= bounds_of(after)[1] <= bounds_of(before)[1]


@examples(250)
@given(knowledge())
def test_where_a_value_is_open_something_that_matters_is_not_stated(drawn: tuple[Derived, Data, Data, Data]) -> None:
    """And where all that matters is stated, the value is a number; a price with two ends is no more open than it is."""
    derived, little, _, everything = drawn
    value = derived.compute(little)
    missing = derived.unstated(little)
    if value is None:
        assert missing
    if not missing:
        assert value == derived.compute(everything)
    assert derived.unstated(everything) == ()


@examples(200)
@given(knowledge())
def test_a_share_is_one_and_nothing_is_negative(drawn: tuple[Derived, Data, Data, Data]) -> None:
    derived, *holders = drawn
    for holder in holders:
        value = derived.compute(holder)
        low, high = (0.0, 0.0) if value is None else bounds_of(value)
        assert low <= high
        assert low >= 0 or derived.name == "absolute_per_1000"
        assert not derived.is_share or high <= 1


# The registry


@pytest.mark.parametrize("derived", REGISTRY, ids=lambda derived: f"{derived.definition}.{derived.name}")
def test_a_derived_value_says_what_it_is_and_where_it_comes_from(derived: Derived) -> None:
    assert derived.described
    assert derived.formula
    assert derived.source
    node = schema("dossier")["$defs"][derived.definition]
    assert derived.inputs
    for path in derived.inputs:
        properties = node["properties"]
        *outer, last = path.split(".")
        for name in outer:
            below = properties[name].get("items", properties[name])
            if "$ref" in below:
                below = schema("dossier")["$defs"][below["$ref"].removeprefix("#/$defs/")]
            properties = below["properties"]
        assert last in properties
    assert derived_value(derived.definition, derived.name) is derived
    assert derived.name in derived_names(derived.definition)
    assert f"`{derived.name}`" in node["description"] or derived.definition == "trial"


def test_no_two_derived_values_have_one_name() -> None:
    names = [(derived.definition, derived.name) for derived in REGISTRY]
    assert len(names) == len(set(names))


def test_there_is_no_derived_value_without_a_definition() -> None:
    assert derived_value(None, "rate") is None
    assert derived_value("harmed", "nothing") is None
    assert derived_names(None) == ()
    assert derived_names("cost") == ("annual", "annual_usd")


# Arms that were added up over several studies

ADDED_UP = {
    "outcome": "death",
    "arms": [
        {"name": "therapy", "role": "intervention", "participants": 100, "events": 10},
        {"name": "placebo", "role": "control", "participants": 100, "events": 30},
    ],
}


@pytest.mark.parametrize("name", ["needed_to_treat", "fragility"])
@pytest.mark.parametrize("studies", [1, 2, 0, "unclear", None])
def test_only_the_arms_of_one_study_give_a_value_of_both(name: str, studies: int | str | None) -> None:
    holder = {"effect": ADDED_UP} | ({} if studies is None else {"studies": studies})
    expected = computed("effect", name, ADDED_UP) if studies == 1 else None
    assert computed("outcome", f"effect.{name}", holder) == expected
    derived = derived_value("outcome", f"effect.{name}")
    assert derived is not None
    assert derived.unstated(holder) == ((("studies",),) if studies in ("unclear", None) else ())


@pytest.mark.parametrize("name", ["needed_to_treat", "fragility"])
def test_a_pooled_effect_of_a_review_has_no_such_value(name: str) -> None:
    assert computed("effect", name, ADDED_UP) is not None
    assert computed(POOLED_EFFECT, name, ADDED_UP) is None
    assert computed(POOLED_EFFECT, "events", ADDED_UP) == 40


def test_a_ratio_pooled_study_by_study_may_be_applied_to_the_risk_of_the_control_arms() -> None:
    pooled = {**ADDED_UP, "measure": "RR", "estimate": 0.5}
    assert (
        computed(POOLED_EFFECT, "absolute_per_1000", pooled) == computed("effect", "absolute_per_1000", pooled) == -150
    )
