"""Outcomes with the effects of the studies that answer them, so that nobody states an effect twice."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from evgrade.computed.linked import Candidate, Links, refusal, usable
from evgrade.dossier import Dossier
from evgrade.facts.printed import as_printed
from evgrade.grading.resting import resting_on
from evgrade.model import Path
from evgrade.rubric.fields import Data


class Answering:
    """The items of a dossier, an outcome that lists no study effects with those of the studies that answer it."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier

    @cached_property
    def _links(self) -> Links:
        return Links(self._dossier.data)

    @cached_property
    def _retracted(self) -> frozenset[Path]:
        return frozenset(resting_on(self._dossier.data, self._dossier.retracted))

    def stated(self, item: Data, path: Path) -> Data:
        """Return an item with numbers as they are."""
        studies = self.studies(item, path)
        return {**item, "study_effects": [one.effect for one in studies]} if studies else item

    def printed(self, item: Data, path: Path) -> Data:
        """Return an item in which each number is all that it may have been before rounding."""
        written = self._dossier.document.written
        printed: dict[str, Any] = as_printed(item, written, path)
        studies = self.studies(item, path)
        if studies:
            printed["study_effects"] = [as_printed(one.effect, written, one.path) for one in studies]
        return printed

    def studies(self, item: Data, path: Path) -> list[Candidate]:
        """Return the studies of an outcome; none where some cannot be taken, for the others would not be all."""
        if path[0] != "outcomes" or "study_effects" in item:
            return []
        candidates = self._links.to(item)
        taken, left = usable(self._links, item, candidates, self._retracted)
        whole = all({"measure", "estimate", "ci_low", "ci_high"} <= one.effect.keys() for one in taken)
        return taken if whole and not left and refusal(taken) is None else []
