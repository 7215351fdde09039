"""The check of a stated I² against the effects of the studies."""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts.known import bounds_of, known
from evgrade.model import Severity

ALLOWED = 25
"""Percentage points by which estimators of the variance between studies may honestly differ in I²."""


@check("effect-heterogeneity", on="outcome", severity=Severity.WARNING, needs=("i_squared", "study_effects"))
def i_squared_fits_studies(item: Item) -> Iterator[Problem]:
    """A stated I² is near the one that the effects of all the studies give."""
    stated, effects = item.data["i_squared"], item.data["study_effects"]
    if len(effects) < 2 or known(item.data, "studies") not in (None, len(effects)):
        return
    from evgrade.facts.outcomes import heterogeneity  # noqa: PLC0415 - few dossiers list the studies
    from evgrade.facts.printed import as_printed  # noqa: PLC0415 - loads decimal

    found = heterogeneity(item.data)
    if not isinstance(found, float) or abs(stated - found) <= ALLOWED:
        return
    possible = heterogeneity(as_printed(item.data, item.dossier.document.written, item.path))
    if possible is None:
        return
    least, most = bounds_of(possible)
    if least - ALLOWED <= stated <= most + ALLOWED:
        return
    low, high = f"{least:.0f}", f"{most:.0f}"
    yield Problem(
        f"I² of {item.written('i_squared')} % is stated, but the {len(effects)} study effects give "
        + (f"{low} %" if low == high else f"{low} to {high} %"),
        at=("i_squared",),
        hint="compare I² and the study effects with the source; if some studies are not listed, state their number "
        "in `studies`",
        related=((*item.path, "study_effects"),),
    )
