"""Every bound in the text of a rubric: where it is, and the object that it became."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evgrade.model import Path
from evgrade.rubric.conditions.parsing import Written
from evgrade.rubric.model import Band, Cap, Group, Points, Rubric, WrittenBound
from evgrade.yamlio.document import Document


def written_bounds(rubric: Rubric) -> tuple[WrittenBound, ...]:
    """Return every bound of a rubric, on conditions and on points, in the order of the text."""
    found = [
        *rubric.parsed,
        *(
            Written(("domains", domain.name, "points", *path), part, whole=False)
            for domain in rubric.domains
            if isinstance(domain.method, Points)
            for path, part in _on_points(domain.method)
        ),
    ]
    by_place: dict[tuple[int, int], list[Written]] = {}
    for one in found:
        place = rubric.document.location(one.path)
        by_place.setdefault((place.line, place.column), []).append(one)
    return tuple(_bound(rubric.document, by_place[place]) for place in sorted(by_place))


def _on_points(points: Points) -> Iterator[tuple[Path, Points | Group | Cap | Band]]:
    yield ("floor",), points
    yield ("ceiling",), points
    for group in dict.fromkeys(adjustment.group for adjustment in points.adjustments):
        if group is not None:
            yield ("groups", group.name, "at_most"), group
    for number, cap in enumerate(points.caps):
        yield ("caps", number, "at_most"), cap
    for number, band in enumerate(points.bands[:-1]):  # the last one takes the rest
        yield ("bands", number, "at_least"), band


def _bound(document: Document, written: Sequence[Written]) -> WrittenBound:
    path = written[0].path
    value, beside = document.data, document.data
    for step in path:
        beside = value if isinstance(value, dict) else beside
        value = value[step]
    return WrittenBound(
        paths=tuple(one.path for one in written),
        value=value,
        parts=tuple(one.part for one in written),
        whole=written[0].whole,
        beside=beside,
        rule=_rule(document.data, path),
        location=document.location(path),
    )


def _rule(data: Any, path: Path) -> str:
    """Return the name of the term, rung, cap or group that contains a bound; for a band, its grade."""
    if path[0] == "terms":
        return str(path[1])
    in_rules = path[0] == "recommendation" or (path[2] in ("ladder", "points") and path[3] != "judged_when")
    for step in path if in_rules else ():
        data = data[step]
        if isinstance(step, int):
            return str(data.get("name") or data["grade"])
    return str(path[2] if path[2] != "points" else path[4] if path[3] == "groups" else path[3])
