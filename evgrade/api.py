"""Grading for Python users: one dossier, or many."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evgrade.batch.pool import Pool
from evgrade.checked import Checked, Outcome
from evgrade.checking import check, check_source, dossier_of, load_dossier, validate
from evgrade.discover import Skipped, Source, discover
from evgrade.dossier import Dossier
from evgrade.grading.assess import assess_with_retractions
from evgrade.grading.assessment import Assessment
from evgrade.model import EvgradeError, NothingToGradeError, unexpected
from evgrade.rubric.load import DEFAULT, RubricText, load_rubric, read_rubric
from evgrade.rubric.model import Rubric
from evgrade.yamlio.source import shown_name

__all__ = ["Checked", "NothingToGradeError", "check", "grade", "grade_many", "validate"]


def grade(dossier: str | os.PathLike[str] | Dossier, rubric: str | os.PathLike[str] | Rubric = DEFAULT) -> Assessment:
    """Grade a dossier under a rubric. Both may be paths or loaded objects; the rubric may also be a name.

    Example:
        >>> import evgrade
        >>> assessment = evgrade.grade("examples/low-dose-naltrexone-als.dossier.yaml")
        >>> assessment.recommendation.title
        'Not recommended at this time'
        >>> [(domain.name, domain.grade) for domain in assessment.domains]
        [('mechanism', 'D'), ('preclinical', 'D'), ('trials', 'D'), ('safety', 'C'), ('cost', 'A')]

    Raises:
        UnreadableError: a file cannot be read.
        InvalidDossierError: the dossier is not valid; `findings` say why.
        UnknownRubricError: there is no such rubric.
        InvalidRubricError: the rubric is not valid; `findings` say why.
    """
    loaded = dossier if isinstance(dossier, Dossier) else load_dossier(os.fspath(dossier))
    system = rubric if isinstance(rubric, Rubric) else load_rubric(os.fspath(rubric))
    return assess_with_retractions(loaded, system)


Graded = tuple[str, Assessment | EvgradeError]


def grade_many(
    paths: Iterable[str | os.PathLike[str]], rubric: str | os.PathLike[str] = DEFAULT, *, jobs: int = 1
) -> Iterator[Graded]:
    """Yield the assessments of all dossiers among files and folders, each with the name of its file, as they are ready.

    They come in the order of the names, whatever `jobs` is, and memory does not grow with their number. A dossier that
    cannot be graded comes with the error instead, and the rest go on. Files in a folder that are not dossiers are left
    out.

    Args:
        paths: dossiers, and folders of them.
        rubric: the name or the path of the grading system.
        jobs: the number of processes.

    Example:
        >>> import evgrade
        >>> for file, result in evgrade.grade_many(["examples/als/vitamin-e-als.dossier.yaml"]):
        ...     print(file, result.recommendation.title)
        examples/als/vitamin-e-als.dossier.yaml Not recommended at this time

    Raises:
        UnreadableError: a folder that is named cannot be listed, or the rubric cannot be read.
        UnknownRubricError: there is no such rubric.
        InvalidRubricError: the rubric is not valid; `findings` say why.
    """
    text = read_rubric(os.fspath(rubric))
    text.compiled()  # report its mistakes here, once
    sources = discover([os.fspath(path) for path in paths], Skipped())
    return (graded for graded in Pool(jobs).run(_Assessing(text), sources) if graded is not None)


@dataclass(frozen=True, slots=True)
class _Assessing:
    """Grades files in full; None for a file in a folder that is not a dossier."""

    rubric: RubricText

    def __call__(self, sources: Iterable[Source]) -> Iterator[Graded | None]:
        return map(self._assessed, sources)

    def _assessed(self, source: Source) -> Graded | None:
        name = shown_name(source.path)
        try:
            checked = check_source(source)
            if checked.status is Outcome.SKIPPED:
                return None
            return name, grade(dossier_of(checked), self.rubric.compiled())
        except EvgradeError as error:
            return name, error
        except Exception as error:  # a mistake in evgrade must not stop the other files
            return self.lost(source, unexpected(error))

    def prepare(self) -> None:
        self.rubric.compiled()

    def lost(self, source: Source, reason: str) -> Graded:
        name = shown_name(source.path)
        return name, EvgradeError(f"{name} could not be graded: {reason}")
