"""Values that are worked out when they are asked for."""

from __future__ import annotations

import pickle

import evgrade
from evgrade.later import Later

NALTREXONE = "examples/low-dose-naltrexone-als.dossier.yaml"


def test_the_work_is_done_when_it_is_asked_for_and_once() -> None:
    work = iter([1, 2])
    later = Later(lambda: next(work))
    assert (later.value, later.value) == (1, 1)
    assert next(work) == 2


def test_it_compares_hashes_prints_and_changes_as_its_value() -> None:
    assert Later(lambda: (1, 2)) == Later(lambda: (1, 2))
    assert Later(lambda: 1) != Later(lambda: 2)
    assert Later(lambda: 1) != 1
    assert hash(Later(lambda: "a")) == hash("a")
    assert repr(Later(lambda: "a")) == "'a'"
    assert Later(lambda: 1).map(str).value == "1"


def test_an_assessment_travels_to_another_process_with_its_reasons() -> None:
    assessment = evgrade.grade(NALTREXONE)
    travelled = pickle.loads(pickle.dumps(assessment))  # noqa: S301 - our own bytes
    assert travelled == assessment
    assert travelled.domain("trials").evidence[0].id == "plm-cohort"
    assert travelled.missing == assessment.missing != ()


def test_two_gradings_of_the_same_are_equal() -> None:
    assert evgrade.grade(NALTREXONE) == evgrade.grade(NALTREXONE)
