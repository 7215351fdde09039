"""An experimental bundle of FHIR R5: Composition, Evidence, ArtifactAssessment and Citation.

HL7's implementation guide for evidence is in ballot and builds on R6; this follows the published R5. A bundle is a
document if it holds one dossier whose date is known to the day, because a document needs the time of its creation.

Sources: HL7 FHIR 5.0.0, Bundle (invariants bdl-9 to bdl-11), Composition, Citation, Evidence and ArtifactAssessment;
its code systems statistic-type, attribute-estimate-type, certainty-type, certainty-rating and variable-role.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.computed.words import stated_words
from evgrade.exporting.exported import Data, Exported, Graded, fields_of, sections_left_out
from evgrade.exporting.references import Reference, pages, person
from evgrade.facts.known import known
from evgrade.facts.quality import tool_of
from evgrade.grading.assess import certainties
from evgrade.grading.assessment import Assessment
from evgrade.render.clean import for_xml, prose
from evgrade.rubric.model import Rubric

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
"""The fields of each section that have a place; the grades cover the other sections."""


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
    """Return the elements that make a bundle a document: its time and its identifier."""
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
        "Verdicts": [_verdict(rubric, assessment, ids) for rubric, assessment in one.by_system],
        "Summary of findings": list(_evidence(one, ids)),
        "Risk of bias": list(_risk_of_bias(one, ids)),
        "References": [_citation(reference, ids) for reference in one.dossier.references.values()],
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
        title=name,
        text=narrative(titles),
        entry=[{"reference": entry["fullUrl"]} for entry in entries],
    )


# Codes

_STATISTICS = {
    "RR": ("C93152", "Relative Risk"),
    "OR": ("C16932", "Odds Ratio"),
    "HR": ("C93150", "Hazard Ratio"),
    "RD": ("0000424", "Risk Difference"),
    "MD": ("0000457", "Mean Difference"),
    "SMD": ("0000100", "Standardized Mean Difference"),
    "coefficient": ("0000565", "Regression Coefficient"),
    "proportion": ("C44256", "Proportion"),
    "rate_ratio": ("rate-ratio", "Incidence Rate Ratio"),
}
_DOMAINS = {
    "risk_of_bias": "RiskOfBias",
    "inconsistency": "Inconsistency",
    "indirectness": "Indirectness",
    "imprecision": "Imprecision",
    "publication_bias": "PublicationBias",
    "large_effect": "LargeEffect",
    "dose_response": "DoseResponseGradient",
    "plausible_confounding": "PlausibleConfounding",
}
_RATINGS = {
    "high": "high",
    "moderate": "moderate",
    "low": "low",
    "very_low": "very-low",
    "not_serious": "no-concern",
    "serious": "serious-concern",
    "very_serious": "very-serious-concern",
    "extremely_serious": "extremely-serious-concern",
    "undetected": "no-concern",
    "strongly_suspected": "serious-concern",
    "no": "absent",
    "yes": "present",
    "large": "present",
    "very_large": "present",
}
_IDENTIFIERS = {
    "doi": "https://doi.org",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov",
    "pmcid": "https://www.ncbi.nlm.nih.gov/pmc",
}


# Citation


def _citation(reference: Reference, ids: Ids) -> Node:
    title = words(reference.get("title"))
    retraction = known(reference, "retraction")
    artifact = {
        "identifier": [
            {"system": system, "value": str(reference[kind])}
            for kind, system in _IDENTIFIERS.items()
            if kind in reference
        ],
        "dateAccessed": _date(reference.get("accessed")),
        "currentState": [concept(retraction.replace("_", " "))] if retraction else [],
        "title": [{"text": title}] if title else [],
        "publicationForm": list(filter(None, [_publication(reference)])),
        "webLocation": [{"url": reference["url"]}] if "url" in reference else [],
        "contributorship": stated(entry=[_contributor(author) for author in reference.get("author", ())]),
        "classification": _kind(reference),
        "note": note(reference.get("notes")),
    }
    resource = {"status": "active", "title": title, "citedArtifact": stated(**artifact)}
    return ids.entry("Citation", reference["id"], resource)


def _kind(reference: Reference) -> list[Node]:
    if "type" not in reference:
        return []
    return [{"type": concept("Kind of source"), "classifier": [concept(reference["type"])]}]


def _publication(reference: Reference) -> Node:
    journal = {
        "title": words(reference.get("container_title")),
        "identifier": [
            {"system": f"urn:{kind}", "value": reference[kind]} for kind in ("issn", "isbn") if kind in reference
        ],
        "publisher": stated(display=words(reference.get("publisher"))),
    }
    page = str(reference.get("page", ""))
    first, dash, last = pages(page)
    return stated(
        publishedIn=stated(**journal),
        volume=words(str(reference.get("volume", ""))),
        issue=words(str(reference.get("issue", ""))),
        articleDate=_date(reference.get("issued")),
        pageString=words(page),
        firstPage=words(first),
        lastPage=words(last) if dash else None,
    )


def _date(date: object) -> str | None:
    return None if date is None else str(date)


def _contributor(author: str) -> Node:
    parts = person(author)
    return stated(contributor={"display": words(author)}, forenameInitials=parts[1] if parts else None)


# Evidence


def _evidence(one: Graded, ids: Ids) -> Iterator[Node]:
    """Yield each outcome with its effect, its numbers and its certainty."""
    rated = certainties(one.by_grade)
    for number, outcome in enumerate(one.dossier.data.get("outcomes", ())):
        effect = known(outcome, "effect") or {}
        shown = stated_words(effect, ("outcomes", number, "effect"), one.dossier.document.written)
        references = [*outcome.get("refs", ()), *effect.get("refs", ())]
        resource = {
            "text": narrative([outcome["name"], shown]),
            "status": "active",
            "title": words(outcome["name"]),
            "description": words(outcome.get("lay_name")),
            "assertion": words(f"{outcome['name']}: {shown}") if shown else None,
            "note": [*note(outcome.get("notes")), *note(effect.get("notes"))],
            "relatedArtifact": [
                {"type": "citation", "resourceReference": ids.reference("Citation", name)}
                for name in dict.fromkeys(references)
            ],
            "variableDefinition": _variables(one, outcome),
            "studyDesign": [concept(design.replace("_", " "))] if (design := known(outcome, "design")) else [],
            "statistic": list(filter(None, [_statistic(outcome, effect, shown)])),
            "certainty": list(_certainty(outcome, rated.get(number))),
        }
        yield ids.entry("Evidence", outcome["id"], resource)


def _variables(one: Graded, outcome: Data) -> list[Node]:
    """Return the question: population, intervention, comparator and outcome."""
    data = one.dossier.data
    found: Mapping[str, Any] = next(
        (it for it in data.get("comparisons", ()) if it["id"] == outcome.get("comparison_id")), {}
    )
    roles = {
        "population": found.get("population", data["condition"]["name"]),
        "exposure": found.get("intervention", data["therapy"]["name"]),
        "referenceExposure": found.get("comparator"),
        "measuredVariable": outcome["name"],
    }
    return [
        {"description": words(text), "variableRole": concept(role, "variable-role", role)}
        for role, text in roles.items()
        if text is not None
    ]


def _statistic(outcome: Data, effect: Data, shown: str) -> Node | None:
    sizes = {
        "numberOfStudies": known(outcome, "studies"),
        "numberOfParticipants": known(outcome, "participants"),
    }
    value, measure = known(effect, "estimate"), known(effect, "measure")
    code, title = _STATISTICS.get(measure or "", ("", (measure or "").replace("_", " ")))
    found = stated(
        description=words(shown),
        statisticType=concept(title, "statistic-type", code) if title else None,
        quantity=_quantity(effect, value),
        sampleSize=stated(**sizes),
        attributeEstimate=list(_spread(effect)),
    )
    return found or None


def _quantity(effect: Data, value: float | None) -> Node | None:
    return None if value is None else stated(value=value, unit=words(effect.get("unit")))


def _spread(effect: Data) -> Iterator[Node]:
    low, high, level = (known(effect, key) for key in ("ci_low", "ci_high", "ci_level"))
    ends = {"low": _quantity(effect, low), "high": _quantity(effect, high)}
    if known(effect, "estimate") is not None and stated(**ends):
        share = {} if level is None else {"level": level / 100}
        kind = concept("Confidence interval", "attribute-estimate-type", "C53324")
        yield {"type": kind, **share, "range": stated(**ends)}
    p = known(effect, "p")
    if p is not None:
        kind = concept("P-value", "attribute-estimate-type", "C44185")
        exact = isinstance(p, int | float)
        yield {"type": kind, **({"quantity": {"value": p}} if exact else {"description": words(str(p))})}


def _certainty(outcome: Data, rated: tuple[str, tuple[str, ...]] | None) -> Iterator[Node]:
    """Yield the certainty that the reviewers state, with their reasons, and the certainty that evgrade computes."""
    parts = [
        _rating(code, judged, outcome[domain].get("reason"))
        for domain, code in _DOMAINS.items()
        if (judged := known(outcome.get(domain, {}), "judgement")) is not None
    ]
    judged = known(outcome.get("certainty", {}), "judgement")
    if judged is not None or parts:
        overall = _rating("Overall", judged, outcome.get("certainty", {}).get("reason"))
        yield overall | stated(rater="the reviewers", subcomponent=parts)
    if rated is not None and rated[0] != "not_rated":
        others = [grade.replace("_", " ") for grade in rated[1] if grade != rated[0]]
        open_ = f"While facts are missing, it could also become {', '.join(others)}." if others else None
        yield _rating("Overall", rated[0], open_) | {"rater": "evgrade, by its rubric for GRADE"}


def _rating(kind: str, judged: str | None, reason: str | None) -> Node:
    shown = (judged or "").replace("_", " ")
    return stated(
        type=concept(kind, "certainty-type", kind),
        rating=concept(shown, "certainty-rating", _RATINGS.get(judged or "", "")) if judged else None,
        note=note(reason),
    )


# ArtifactAssessment


def _verdict(rubric: Rubric, assessment: Assessment, ids: Ids) -> Node:
    """Return the verdict of a grading system: the recommendation, and each grade with its reason."""
    level, system = assessment.recommendation, f"urn:evgrade:rubric:{rubric.name}"
    grades = [
        {
            "informationType": "rating",
            "type": concept(domain.title, f"{system}:domain", domain.name),
            "classifier": [concept(domain.grade, f"{system}:{domain.name}", domain.grade)],
            "summary": words(domain.means),
        }
        for domain in assessment.domains
        if domain.judged
    ]
    given = (
        {}
        if level is None
        else {
            "classifier": [concept(level.title, f"{system}:recommendation", level.level)],
            "summary": words("; ".join([level.means, *level.because])),
        }
    )
    content = {"informationType": "rating", "type": concept("Recommendation"), **given, "component": grades}
    resource = {
        "title": words(f"Verdict by {rubric.title} {rubric.version}"),
        "date": assessment.review_date and str(assessment.review_date),
        "artifactReference": ids.reference("Composition", "review"),
        "content": [stated(**content)],
    }
    return ids.entry("ArtifactAssessment", f"verdict-{rubric.name}", resource)


def _risk_of_bias(one: Graded, ids: Ids) -> Iterator[Node]:
    """Yield the risk-of-bias judgements of each study, overall and for single outcomes."""
    for section in ("trials", "observational", "syntheses"):
        for study in one.dossier.data.get(section, ()):
            bias = known(study, "risk_of_bias")
            if bias:
                yield ids.entry("ArtifactAssessment", f"bias-{study['id']}", _bias(study, bias, ids))


def _bias(study: Data, bias: Data, ids: Ids) -> Node:
    title = bias.get("tool") or (tool.title if bias.get("domains") and (tool := tool_of(bias)) else "")
    results = [
        _judged(f"Risk of bias for {it.get('outcome') or it.get('answers')}", it) for it in bias.get("by_outcome", ())
    ]
    whole = _judged(f"Risk of bias{title and f', {title}'}", bias)
    refs = [*study.get("refs", ()), *bias.get("refs", ())]
    about = ids.reference("Citation", refs[0], study.get("title", study["id"])) if refs else {"display": study["id"]}
    judged_by = {"author": {"display": words(bias["judged_by"])}} if "judged_by" in bias else {}
    return {
        "title": words(f"Risk of bias of {study.get('title', study['id'])}"),
        "artifactReference": about,
        "content": [whole | judged_by, *results],
    }


def _judged(title: str, judged: Data) -> Node:
    parts = [
        *((name.replace("_", " "), part) for name, part in judged.get("domains", {}).items()),
        *((part["name"], part) for part in judged.get("other_domains", ())),
    ]
    return _bias_rating(title, known(judged, "overall"), judged.get("reason")) | stated(
        component=[_bias_rating(name, known(part, "judgement"), part.get("reason")) for name, part in parts]
    )


def _bias_rating(title: str, judgement: str | None, reason: str | None) -> Node:
    return stated(
        informationType="rating",
        type=concept(title),
        classifier=[concept(judgement.replace("_", " "))] if judgement else [],
        summary=words(reason),
    )


# Elements: coded concepts, references within a bundle, narrative

Node = dict[str, Any]

_TERMS = "http://terminology.hl7.org/CodeSystem"
_UNKNOWN = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
_LONGEST_ID = 64


def stated(**node: Any) -> Node:
    """Return a node without empty values, which FHIR does not allow."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


def words(text: str | None) -> str | None:
    """Return text for FHIR: on one line, without control characters; None if it is empty."""
    return prose(text) or None if text is not None else None


def concept(text: str, system: str = "", code: str = "") -> Node:
    """Return a concept as text, with a code if it has one."""
    coding = [{"system": system if ":" in system else f"{_TERMS}/{system}", "code": code}] if code else []
    return stated(coding=coding, text=words(text))


def note(text: str | None) -> list[Node]:
    return [{"text": words(text)}] if words(text) else []


def unknown() -> Node:
    """Return a required element whose value is unknown."""
    return {"extension": [_UNKNOWN]}


def narrative(lines: Iterable[str]) -> Node:
    """Return lines as XHTML, with all markup in them escaped."""
    shown = "".join(f"<p>{for_xml(prose(line))}</p>" for line in lines if prose(line))
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{shown or "<p>-</p>"}</div>'}


@dataclass(frozen=True, slots=True)
class Ids:
    """Reproducible names for the resources of a dossier, made of the bytes of its file, the kind and the id.

    Attributes:
        digest: the SHA-256 of the file.
        prefix: distinguishes several dossiers, even identical ones; empty for a single dossier.
    """

    digest: str
    prefix: str = ""

    def address(self, kind: str, name: str) -> str:
        """Return the address of a resource within the bundle: a UUID of version 8."""
        found = hashlib.sha256(f"{self.prefix}{self.digest}/{kind}/{name}".encode()).hexdigest()
        variant = "89ab"[int(found[16], 16) % 4]
        parts = (found[:8], found[8:12], f"8{found[13:16]}", f"{variant}{found[17:20]}", found[20:32])
        return f"urn:uuid:{'-'.join(parts)}"

    def reference(self, kind: str, name: str, display: str = "") -> Node:
        return stated(reference=self.address(kind, name), display=words(display))

    def entry(self, kind: str, name: str, resource: Mapping[str, Any]) -> Node:
        """Return a resource as an entry of a bundle; FHIR's ids have no underscore."""
        address = self.address(kind, name)
        full = f"{self.prefix}{name}"
        plain = full.replace("_", "-")
        short = plain if plain == full and len(plain) <= _LONGEST_ID else f"{plain[:55]}-{address[-8:]}"
        return {"fullUrl": address, "resource": {"resourceType": kind, "id": short, **stated(**resource)}}
