"""What the grades would be without the evidence that rests on retracted papers alone."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evgrade
from evgrade.checks import with_checks
from evgrade.dossier import Dossier, examine
from evgrade.grading.assess import assess, assess_with_retractions
from evgrade.grading.resting import _STANDS, pooling, resting_on
from evgrade.render.pages.words import without_retracted
from evgrade.rubric.load import load_rubric, shipped_names
from evgrade.schema.store import schema
from evgrade.yamlio.document import without
from evgrade.yamlio.reader import read
from tests.rubric.building import ladder_rubric

SOUND = {
    "agent": "same",
    "condition": "same",
    "allocation": "randomized",
    "masking": "double",
    "control": "placebo",
    "participants": 300,
    "result": "benefit",
    "publication": "peer_reviewed",
    "risk_of_bias": {"overall": "low"},
}
REFERENCES = [{"id": "bad", "retraction": "retracted"}, {"id": "good", "title": "A paper"}]


def trial(name: str, *refs: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "statement": "It helped.", "refs": list(refs), **fields}


def dossier(**sections: Any) -> Dossier:
    data = {"dossier": 1, "therapy": {"name": "a"}, "condition": {"name": "b"}, "references": REFERENCES, **sections}
    loaded, findings = examine(json.dumps(data, indent=1).encode(), "dossier.yaml")
    assert loaded is not None, findings
    return with_checks(loaded)


def rests(**sections: Any) -> list[tuple[str | int, ...]]:
    return list(resting_on(sections, {"bad"}))


class TestWhatRestsOnThem:
    def test_an_item_all_of_whose_sources_are_retracted(self) -> None:
        trials = [trial("a", "bad"), trial("b", "bad", "good"), trial("c", "good"), trial("d")]
        assert rests(trials=trials) == [("trials", 0)]

    def test_a_registry_number_does_not_keep_it(self) -> None:
        assert rests(trials=[trial("a", "bad", registry=["NCT00000001"])]) == [("trials", 0)]

    def test_a_part_of_an_item_that_stays(self) -> None:
        effects = [{"outcome": "death", "refs": ["bad"]}, {"outcome": "pain"}]
        assert rests(trials=[trial("a", "good", effects=effects)]) == [("trials", 0, "effects", 0)]

    def test_findings_inherit_from_their_mechanism(self) -> None:
        evidence = [{"id": "e"}, {"id": "f", "refs": ["good"]}]
        assert rests(mechanism=[{"id": "m", "refs": ["bad"], "evidence": evidence}]) == [
            ("mechanism", 0, "evidence", 0)
        ]
        assert rests(mechanism=[{"id": "m", "refs": ["bad"], "evidence": evidence[:1]}]) == [("mechanism", 0)]

    def test_what_names_only_items_that_go_goes_too(self) -> None:
        sections = {
            "trials": [trial("a", "bad")],
            "outcomes": [{"id": "o", "contributing": ["a"]}, {"id": "p", "contributing": ["a", "b"]}],
            "safety": {"adverse_events": [{"id": "x", "item": "a"}, {"id": "y", "item": "a", "refs": ["good"]}]},
        }
        assert rests(**sections) == [("trials", 0), ("outcomes", 0), ("safety", "adverse_events", 0)]

    def test_what_is_no_evidence_stays(self) -> None:
        assert rests(claims=[trial("a", "bad")], verdicts=[trial("b", "bad")], therapy={"refs": ["bad"]}) == []


class TestGrades:
    def test_they_are_those_of_a_dossier_without_the_items(self) -> None:
        kept = trial("b", "good", participants=10, result="benefit", control="placebo", agent="same")
        whole = dossier(
            trials=[trial("a", "bad", **SOUND), kept], claims=[{"id": "c", "statement": "So.", "answered_by": ["a"]}]
        )
        rubric = load_rubric("evgrade-default")
        given = assess_with_retractions(whole, rubric).without_retracted
        assert given is not None
        bare = assess(dossier(trials=[kept]), rubric)
        assert [one.after for one in given.domains] == [domain.grade for domain in bare.domains]
        assert [one.before for one in given.domains] == [domain.grade for domain in assess(whole, rubric).domains]
        assert given.domains != ()
        assert any(one.before != one.after for one in given.domains)
        assert (given.references, given.left_out, given.beside) == (("bad",), ("a",), ())
        assert bare.score is not None
        assert given.score is not None
        assert given.score.after == bare.score.value
        assert bare.recommendation is not None
        assert given.recommendation is not None
        assert given.recommendation.after == bare.recommendation.level

    def test_what_cites_others_too_is_kept_and_named(self) -> None:
        whole = dossier(trials=[trial("a", "bad", "good", **SOUND)])
        given = assess_with_retractions(whole, load_rubric("evgrade-default")).without_retracted
        assert given is not None
        assert (given.left_out, given.beside) == ((), ("a",))
        assert all(one.before == one.after for one in given.domains)

    def test_without_retracted_evidence_there_is_nothing_to_show(self) -> None:
        rubric = load_rubric("evgrade-default")
        assert assess_with_retractions(dossier(trials=[trial("a", "good")]), rubric).without_retracted is None
        claim = {"id": "c", "statement": "So.", "refs": ["bad"]}
        assert assess_with_retractions(dossier(claims=[claim]), rubric).without_retracted is None

    def test_python_users_see_it(self) -> None:
        assert evgrade.grade(dossier(trials=[trial("a", "bad", **SOUND)])).without_retracted is not None

    @pytest.mark.slow
    def test_every_shipped_rubric_can_do_without(self) -> None:
        whole = dossier(
            trials=[trial("a", "bad", **SOUND)], outcomes=[{"id": "o", "name": "Death", "contributing": ["a"]}]
        )
        for rubric in shipped_names():
            given = evgrade.grade(whole, rubric).without_retracted
            assert given is not None
            assert given.left_out == ("a", "o")


TWO = [trial("a", "bad"), trial("b", "good")]
POOLED = {"outcome": "death", "measure": "RR", "estimate": 0.7, "ci_low": 0.6, "ci_high": 0.8}
JUDGED = {
    "importance": "critical",
    "design": "randomized",
    "effect": POOLED,
    "result": "benefit",
    "certainty": {"judgement": "high"},
    **{name: {"judgement": "not_serious"} for name in ("risk_of_bias", "inconsistency", "indirectness", "imprecision")},
    "publication_bias": {"judgement": "undetected"},
}


def outcome(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "name": name, **fields}


def pools(**sections: Any) -> list[tuple[str | int, ...]]:
    return list(pooling(sections, {"bad"}, resting_on(sections, {"bad"})))


class TestWhatPoolsThem:
    def test_what_names_a_study_that_is_left_out(self) -> None:
        assert pools(
            trials=TWO, outcomes=[outcome("o", contributing=["a", "b"]), outcome("p", contributing=["b"])]
        ) == [("outcomes", 0)]
        assert pools(trials=TWO, syntheses=[trial("s", "good", contributing=["b", "a"])]) == [("syntheses", 0)]

    def test_what_is_left_out_itself_is_not_among_them(self) -> None:
        assert pools(trials=TWO, outcomes=[outcome("o", contributing=["a"])]) == []
        assert pools(syntheses=[trial("s", "bad")]) == []

    def test_what_names_another_that_pools_one(self) -> None:
        sections = {
            "trials": TWO,
            "syntheses": [trial("s", "good", contributing=["a", "b"])],
            "outcomes": [outcome("o", contributing=["s"]), outcome("p", contributing=["b"])],
        }
        assert pools(**sections) == [("syntheses", 0), ("outcomes", 0)]

    def test_a_study_effect_that_cites_a_retracted_paper(self) -> None:
        effects = [{"outcome": "death", "refs": ["good"]}, {"outcome": "death", "refs": ["bad"]}]
        assert pools(outcomes=[outcome("o", study_effects=effects), outcome("p", study_effects=effects[:1])]) == [
            ("outcomes", 0)
        ]

    def test_what_cites_one_among_its_sources_unless_it_is_of_one_study(self) -> None:
        both = ["good", "bad"]
        assert pools(outcomes=[outcome("o", refs=both)]) == [("outcomes", 0)]
        assert pools(outcomes=[outcome("o", refs=both, studies=2)]) == [("outcomes", 0)]
        assert pools(outcomes=[outcome("o", refs=both, studies=1)]) == []
        assert pools(outcomes=[outcome("o", refs=["good"], effect={"outcome": "death", "refs": both})]) == [
            ("outcomes", 0)
        ]
        assert pools(syntheses=[trial("s", "good", effects=[{"outcome": "death", "refs": both}])]) == [("syntheses", 0)]
        assert pools(trials=[trial("a", *both)]) == []

    def test_a_study_with_other_sources_is_still_there_to_be_pooled(self) -> None:
        kept = [trial("a", "bad", "good"), trial("b", "good")]
        assert pools(trials=kept, outcomes=[outcome("o", contributing=["a", "b"])]) == []


class TestWhatIsPooledIsUnknown:
    def test_the_certainty_of_an_outcome_is_open_and_the_range_is_given(self) -> None:
        whole = dossier(trials=TWO, outcomes=[outcome("o", contributing=["a", "b"], **JUDGED)])
        given = assess_with_retractions(whole, load_rubric("grade")).without_retracted
        assert given is not None
        assert (given.left_out, given.pooled, given.beside) == (("a",), ("o",), ())
        [certainty] = [one for one in given.domains if one.name == "certainty"]
        assert (certainty.before, certainty.before_possible) == ("high", ("high",))
        assert certainty.possible == ("high", "moderate", "low", "very_low", "not_rated")
        said = dict(without_retracted(given))
        assert said["No longer known, as they pool retracted results"] == "o"
        assert said[certainty.title] == "high becomes not_rated (possible: high moderate low very_low)"
        assert "unchanged" not in said["Recommendation"]

    @pytest.mark.parametrize("section", ["syntheses", "outcomes"])
    @pytest.mark.parametrize(
        ("result", "said"),
        [("benefit", "A becomes U (possible: A)"), ("no_benefit", "U, no longer settled (possible: A)")],
    )
    def test_a_grade_that_is_no_longer_settled_is_not_called_unchanged(
        self, section: str, result: str, said: str
    ) -> None:
        rubric = ladder_rubric(f"{{any: {section}, where: {{result: benefit}}}}")
        item = {"id": "s", "contributing": ["a", "b"], "result": result, "refs": ["good"]}
        item |= {"name": "death"} if section == "outcomes" else {"statement": "Two trials."}
        given = assess_with_retractions(dossier(trials=TWO, **{section: [item]}), rubric).without_retracted
        assert given is not None
        assert given.pooled == ("s",)
        assert dict(without_retracted(given))["Domain"] == said

    def test_what_pools_nothing_retracted_is_unchanged(self) -> None:
        rubric = ladder_rubric("{any: outcomes, where: {result: benefit}}")
        whole = dossier(trials=TWO, outcomes=[outcome("o", contributing=["b"], result="benefit")])
        given = assess_with_retractions(whole, rubric).without_retracted
        assert given is not None
        assert given.pooled == ()
        assert dict(without_retracted(given))["Domain"] == "A, unchanged"

    def test_all_that_was_judged_of_a_pool_is_forgotten_unless_it_is_known_to_stand(self) -> None:
        properties = {
            key for name in ("synthesis", "outcome") for key in schema("dossier")["$defs"][name]["properties"]
        }
        assert properties >= _STANDS
        assert {"effect", "effects", "study_effects", "result", "certainty", "studies"} <= properties - _STANDS


KEYS = st.text("abc", min_size=1, max_size=2)
VALUES = st.recursive(
    st.integers(0, 9) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=4)
    ),
    max_leaves=12,
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, child in steps for found in [(*path, key), *paths(child, (*path, key))]]


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_what_remains_keeps_its_place(data: dict[str, Any], draw: st.DataObject) -> None:
    """Whatever is left out, all else stands on the line where it stood."""
    document = read(json.dumps(data, indent=1).encode(), "x.yaml")
    everything = paths(document.data)
    gone = set(draw.draw(st.lists(st.sampled_from(everything), max_size=3))) if everything else set()
    rest = without(document, gone)
    expected = copy.deepcopy(document.data)
    for path in sorted(gone, key=lambda one: [str(step).zfill(3) for step in one], reverse=True):
        holder = at(expected, path[:-1])
        del holder[path[-1]]
    assert rest.data == expected
    stays = [path for path in everything if not any(path[: len(one)] == one for one in gone)]
    assert [rest.location(path).line for path in paths(rest.data)] == [document.location(path).line for path in stays]
