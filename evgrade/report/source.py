"""Where a page comes from: the review, its search, files and versions, and how to make the page again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.assessment import Assessment
from evgrade.rubric.model import Rubric


def source_of(dossier: Dossier, graded: Sequence[tuple[Rubric, Assessment]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    review, first = dossier.data.get("review", {}), graded[0][1]
    search = review.get("search", {})
    name = PurePath(first.dossier_file).name
    conflicts = review.get("conflicts_of_interest", {})
    rows: tuple[tuple[str, Sequence[object]], ...] = (
        ("Question", [review.get("question", "")]),
        ("Asked for by", [review.get("requested_by", "")]),
        ("Authors", review.get("members", ())),
        ("How it was made", [review.get("process", "")]),
        ("Searched", [search.get("date", ""), *search.get("sources", ()), search.get("strategy", "")]),
        ("Funding", review.get("funding", ()) or (["none"] if "funding" in review else [])),
        (
            "Conflicts of interest",
            [conflicts.get("statement", "") or ("none declared" if known(conflicts, "declared") is False else "")],
        ),
        ("Replaces", [review.get("replaces", "")]),
        ("History", [f"{one['date']}: {one['change']}" for one in review.get("history", ())]),
        ("Next review", [review.get("next_review", "")]),
        ("Dossier", [f"{name}, SHA-256 {first.dossier_sha256}"]),
        ("Graded by", [f"{one.rubric} {one.rubric_version}, SHA-256 {one.rubric_sha256}" for _, one in graded]),
        ("Made with", [f"evgrade {first.version}"]),
        (
            "To make it again",
            [f"evgrade report {name} {' '.join(f'-r {one.rubric}' for _, one in graded)}"],
        ),
    )
    for title, values in rows:
        wording = tuple(str(value) for value in values if value not in ("", None))
        if wording:
            yield title, wording


_FLOW = {
    "identified": "Records found",
    "duplicates": "Duplicates removed",
    "screened": "Records screened",
    "excluded": "Excluded by title and abstract",
    "sought": "Reports sought",
    "not_retrieved": "Could not be had",
    "assessed": "Reports assessed",
    "included_studies": "Studies included",
    "included_reports": "Reports of included studies",
    "ongoing": "Ongoing studies",
    "awaiting": "Awaiting classification",
}


def flow_of(flow: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, title in _FLOW.items():
        if known(flow, key) is not None:
            yield title, f"{int(flow[key]):,}"
        if key == "assessed":
            for one in flow.get("excluded_reports", ()):
                yield f"Excluded: {one['reason']}", f"{int(one['n']):,}" if known(one, "n") is not None else ""
