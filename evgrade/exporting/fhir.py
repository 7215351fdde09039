"""An experimental bundle of FHIR R5: Composition, Evidence, ArtifactAssessment and Citation.

HL7's guide for evidence builds on R6 and is in ballot; this is the published R5, which that guide has left. A bundle is
a document if it is of one dossier whose date is known to the day, as a document has the time at which it was made.

Source: HL7 FHIR 5.0.0, Bundle (invariants bdl-9 to bdl-11) and Composition.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from evgrade.exporting.exported import Exported, fields_of, sections_left_out
from evgrade.exporting.fhir_elements import Ids, Node, concept, narrative, note, stated, unknown, words
from evgrade.exporting.fhir_resources import citation, evidence, risk_of_bias, verdict
from evgrade.exporting.graded import Graded

VERSION = "evgrade.fhir/1"

_CARRIED = fields_of(
    therapy="name",
    condition="name",
    review="title date group edition plain_summary conclusion",
    trials="id title risk_of_bias",
    observational="id risk_of_bias",
    syntheses="id risk_of_bias",
    outcomes=(
        "id name lay_name comparison_id design studies participants effect notes refs certainty risk_of_bias "
        "inconsistency indirectness imprecision publication_bias large_effect dose_response "
        "plausible_confounding"
    ),
    comparisons="id population intervention comparator",
    references=(
        "id type author title container_title issued accessed volume issue page url publisher doi pmid pmcid "
        "issn isbn retraction notes"
    ),
)
"""What of each section has a place; the grades stand for the sections that are not here."""


def fhir(dossiers: Sequence[Graded]) -> Exported:
    several = len(dossiers) > 1
    entries = [
        entry
        for number, one in enumerate(dossiers, start=1)
        for entry in _entries(one, Ids(_digest(one), f"{number}-" if several else ""))
    ]
    bundle = {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": "urn:evgrade:format", "code": VERSION}]},
        **({"type": "collection"} if several else _document(dossiers[0])),
        "entry": entries,
    }
    left = dict.fromkeys(gone for one in dossiers for gone in sections_left_out(one.dossier.data, _CARRIED))
    return Exported(json.dumps(bundle, ensure_ascii=False, indent=2) + "\n", tuple(left))


def _document(one: Graded) -> Node:
    """Return what makes a bundle a document: when it was made, and what identifies it."""
    date = str(one.dossier.data.get("review", {}).get("date", ""))
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        return {"type": "collection"}
    return {
        "identifier": {"system": "urn:evgrade:dossier:sha256", "value": _digest(one)},
        "type": "document",
        "timestamp": f"{date}T00:00:00Z",
    }


def _digest(one: Graded) -> str:
    return one.by_system[0][1].dossier_sha256


def _entries(one: Graded, ids: Ids) -> Iterator[Node]:
    sections = {
        "Verdicts": [verdict(rubric, assessment, ids) for rubric, assessment in one.by_system],
        "Summary of findings": list(evidence(one, ids)),
        "Risk of bias": list(risk_of_bias(one, ids)),
        "References": [citation(reference, ids) for reference in one.dossier.references.values()],
    }
    yield ids.entry("Composition", "review", _composition(one, sections))
    for entries in sections.values():
        yield from entries


def _composition(one: Graded, sections: dict[str, list[Node]]) -> Node:
    data = one.dossier.data
    review, title = data.get("review", {}), f"{data['therapy']['name']} for {data['condition']['name']}"
    group, date = words(review.get("group")), review.get("date")
    wording = [review.get(key, "") for key in ("plain_summary", "conclusion")]
    return {
        "text": narrative([review.get("title", title), *wording]),
        "version": words(review.get("edition")),
        "status": "final",
        "type": concept("Assessment of the evidence for a therapy"),
        **({"_date": unknown()} if date is None else {"date": str(date)}),
        "author": [{"display": group} if group else unknown()],
        "title": words(review.get("title")) or words(title),
        "note": note(" ".join(filter(None, wording))),
        "section": [_section(name, entries) for name, entries in sections.items() if entries],
    }


def _section(name: str, entries: Sequence[Node]) -> Node:
    titles = [entry["resource"].get("title", entry["resource"]["id"]) for entry in entries]
    return stated(
        {
            "title": name,
            "text": narrative(titles),
            "entry": [{"reference": entry["fullUrl"]} for entry in entries],
        }
    )
