"""Worked cases: grade a rubric's own examples and compare the results with the expected ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evgrade.dossier import Dossier, examine
from evgrade.grading.decide import decide
from evgrade.grading.suggestions import suggestions_of
from evgrade.model import EvgradeError, Finding, InvalidError
from evgrade.rubric.cases import cases_of
from evgrade.rubric.model import NOTHING_RECORDED, OPEN, Case, Rubric
from evgrade.schema.suggest import listed
from evgrade.schema.validate import validate
from evgrade.yamlio.source import read_bytes


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of a worked case: its differences from the expected answer, none if it holds."""

    case: Case
    differs: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the rubric gives the expected answer."""
        return not self.differs


def run_cases(rubric: Rubric) -> Iterator[CaseResult]:
    """Yield the result of every worked case of a rubric, in its order."""
    for case in cases_of(rubric):
        try:
            dossier = _dossier(rubric, case)
        except InvalidError as error:
            yield CaseResult(case, (error.message,), error.findings)
        except EvgradeError as error:
            yield CaseResult(case, (error.message,))
        else:
            yield CaseResult(case, tuple(_differences(case, dossier, rubric)))


def _dossier(rubric: Rubric, case: Case) -> Dossier:
    if case.dossier is None:
        path = str(Path(rubric.file).parent / str(case.path))
        dossier, found = examine(read_bytes(path), path)
        if dossier is None:
            raise InvalidError(f"{path} is not a valid dossier", tuple(found))
        return dossier
    findings = validate(case.dossier, "dossier")
    if findings:
        raise InvalidError("its dossier is not valid", tuple(findings))
    return Dossier(case.dossier)


def _differences(case: Case, dossier: Dossier, rubric: Rubric) -> Iterator[str]:
    given = decide(dossier.data, rubric)
    got = {name: (judged.grade, judged.possible) for name, judged in given.grades.items()}
    expected = dict(case.grades)
    got["recommendation"] = (
        (NOTHING_RECORDED, frozenset()) if given.level is None else (given.level.gives, given.level.possible)
    )
    if case.recommendation is not None:
        expected["recommendation"] = case.recommendation
    for name, grade in expected.items():
        if got[name][0] != grade:
            yield f"{name} is {got[name][0]}, expected {grade}"
    for name, grades in case.possible.items():
        if got[name][1] != set(grades):
            yield f"possible for {name}: {listed(_in_order(rubric, name, got[name][1]))}; expected {listed(grades)}"
    suggestions = suggestions_of(dossier, rubric) if case.suggests else ()
    for name, judgement in case.suggests.items():
        for one in suggestions:
            if one.name == name and (one.judgement or OPEN) != judgement:
                yield f"{name} is suggested to be {one.judgement or OPEN}, expected {judgement}"
    if case.score is not None:
        value = None if given.scored is None else given.scored.value
        if value is None or not case.score[0] <= value <= case.score[1]:
            yield f"the score is {value}, expected {case.score[0]:g} to {case.score[1]:g}"


def _in_order(rubric: Rubric, name: str, possible: frozenset[str]) -> Sequence[str]:
    """Return the grades, or the levels, that are possible, best first."""
    if name != "recommendation":
        return rubric.domain(name).scale.in_order(possible)
    return [level.name for level in rubric.recommendation.in_order(possible)] if rubric.recommendation else []
