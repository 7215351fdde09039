"""The check of a stated I² against the effects of the studies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts.known import bounds_of
from evgrade.model import Path, Severity

ALLOWED = 25
"""Percentage points by which estimators of the variance between studies may honestly differ in I²."""


@check("effect-heterogeneity", on="outcome", severity=Severity.WARNING, needs="i_squared")
def i_squared_fits_studies(item: Item) -> Iterator[Problem]:
    """A stated I² is near the one that the effects of all the studies give."""
    stated, studies = item.data["i_squared"], item.studies()
    if len(studies) < 2:
        return
    from evgrade.facts.outcomes import heterogeneity  # noqa: PLC0415 - few dossiers list the studies
    from evgrade.facts.printed import as_printed  # noqa: PLC0415 - loads decimal

    found = heterogeneity({"study_effects": [study.data for study in studies]})
    if not isinstance(found, float) or abs(stated - found) <= ALLOWED:
        return
    written = item.dossier.document.written
    possible = heterogeneity({"study_effects": [as_printed(study.data, written, study.path) for study in studies]})
    if possible is None:
        return
    least, most = bounds_of(possible)
    if least - ALLOWED <= stated <= most + ALLOWED:
        return
    low, high = f"{least:.0f}", f"{most:.0f}"
    yield Problem(
        f"I² of {item.written('i_squared')}% is stated, but the {len(studies)} study effects give "
        + (f"{low}%" if low == high else f"{low} to {high}%"),
        at=("i_squared",),
        hint="compare I² and the study effects with the source; if some studies are not listed, state their number "
        "in `studies`",
        related=places_of(item, studies),
    )


def places_of(item: Item, studies: Sequence[Item]) -> tuple[Path, ...]:
    """Return where the effects of the studies of an outcome stand: in a list of its own, or each in its study."""
    if "study_effects" in item.data:
        return ((*item.path, "study_effects"),)
    return tuple(study.path for study in studies)
