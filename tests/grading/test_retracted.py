"""What the grades would be without the evidence that rests on retracted papers alone."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import evgrade
from evgrade.checks import with_checks
from evgrade.dossier import Dossier, examine
from evgrade.grading.assess import assess
from evgrade.grading.retracted import assess_with_retractions, resting_on
from evgrade.rubric.load import load_rubric
from evgrade.yamlio.reader import read
from evgrade.yamlio.without import without

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
        assert given.score[1] == bare.score.value
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

    def test_every_shipped_rubric_can_do_without(self) -> None:
        whole = dossier(
            trials=[trial("a", "bad", **SOUND)], outcomes=[{"id": "o", "name": "Death", "contributing": ["a"]}]
        )
        for rubric in ("alsuntangled-toe", "grade", "ocebm-2011", "aan-2004", "uspstf", "natural-standard"):
            given = evgrade.grade(whole, rubric).without_retracted
            assert given is not None
            assert given.left_out == ("a", "o")


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
