"""JSON-LD in the terms of schema.org: therapy, condition, studies, sources, and the ratings of the evidence.

It says no more than the verdict: ratings are explained in the words of their grading system. Properties and types:
https://schema.org, version 29.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evgrade.computed.words import stated_words
from evgrade.exporting.exported import Data, Exported, Graded, fields_of, sections_left_out
from evgrade.exporting.references import Reference, person
from evgrade.facts.known import known
from evgrade.grading.assess import certainties
from evgrade.grading.assessment import Assessment
from evgrade.rubric.model import Rubric

VERSION = "evgrade.json-ld/1"
Node = dict[str, Any]

_THERAPIES = {
    "drug": "Drug",
    "biologic": "Drug",
    "supplement": "DietarySupplement",
    "device": "MedicalDevice",
    "procedure": "MedicalProcedure",
}
_STATUSES = {
    "not_yet_recruiting": "NotYetRecruiting",
    "recruiting": "Recruiting",
    "active": "ActiveNotRecruiting",
    "suspended": "Suspended",
    "terminated": "Terminated",
    "completed": "Completed",
    "withdrawn": "Withdrawn",
}
_MASKED = {
    "none": "OpenTrial",
    "single": "SingleBlindedTrial",
    "double": "DoubleBlindedTrial",
    "triple": "TripleBlindedTrial",
}
_OBSERVED = {"cohort": "CohortStudy", "cross_sectional": "CrossSectional", "registry": "Registry"}
_SOURCES = {
    "article-journal": "ScholarlyArticle",
    "article": "ScholarlyArticle",
    "paper-conference": "ScholarlyArticle",
    "book": "Book",
    "chapter": "Chapter",
    "dataset": "Dataset",
    "legislation": "Legislation",
    "regulation": "Legislation",
    "post": "SocialMediaPosting",
    "post-weblog": "BlogPosting",
    "report": "Report",
    "thesis": "Thesis",
    "webpage": "WebPage",
    "software": "SoftwareApplication",
}
_CARRIED = fields_of(
    therapy="name other_names kind description codes",
    condition="name other_names description codes",
    review="title plain_summary date edition group",
    claims="id statement by standing standing_reason",
    trials="id title statement condition agent refs registry status allocation masking control sponsor",
    observational="id statement condition agent refs design",
    outcomes="id name effect",
    references=(
        "id type author title container_title issued volume issue page publisher doi pmid pmcid issn isbn url "
        "language retraction"
    ),
)
"""The fields of each section that have a place; the grades cover the other sections."""


def json_ld(dossiers: Sequence[Graded]) -> Exported:
    nodes = [
        node
        for number, one in enumerate(dossiers, start=1)
        for node in _nodes(one, f"#{number}-" if len(dossiers) > 1 else "#")
    ]
    left = dict.fromkeys(gone for one in dossiers for gone in sections_left_out(one.dossier.data, _CARRIED))
    return Exported(json.dumps(_document(nodes), ensure_ascii=False, indent=2) + "\n", tuple(left))


def for_page(one: Graded) -> str:
    """Return the graph for the `<script type="application/ld+json">` of a page; no text in it can end the script."""
    text = json.dumps(_document(list(_nodes(one, "#"))), separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _document(nodes: Sequence[Node]) -> Node:
    return {"@context": "https://schema.org", "@graph": nodes}


def _nodes(one: Graded, base: str) -> Iterator[Node]:
    data = one.dossier.data
    review = data.get("review", {})
    about = [{"@id": f"{base}therapy"}, {"@id": f"{base}condition"}]
    yield _stated(
        {
            "@id": f"{base}review",
            "@type": "CreativeWork",
            "schemaVersion": VERSION,
            "name": review.get("title") or f"{data['therapy']['name']} for {data['condition']['name']}",
            "about": about,
            "abstract": review.get("plain_summary"),
            "datePublished": str(review.get("date", "")),
            "version": review.get("edition"),
            "author": _organization(review.get("group")),
            "citation": [{"@id": _source(base, name)} for name in one.dossier.references],
        }
    )
    yield _therapy(data["therapy"], base)
    yield _named("MedicalCondition", data["condition"], f"{base}condition")
    yield from (_verdict(rubric, assessment, base, about) for rubric, assessment in one.by_system)
    for claim in data.get("claims", ()):
        yield from _claim(claim, base, about)
    yield from _findings(one, base, about)
    yield from (_trial(trial, base) for trial in data.get("trials", ()))
    yield from (_observational(study, base) for study in data.get("observational", ()))
    yield from (_article(reference, base) for reference in one.dossier.references.values())


def _stated(node: Mapping[str, Any]) -> Node:
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


def _named(kind: str, entry: Data, node: str) -> Node:
    codes = [
        {"@type": "MedicalCode", "codeValue": str(code), "codingSystem": system.upper()}
        for system, code in entry.get("codes", {}).items()
        if isinstance(code, str | int)
    ]
    return _stated(
        {
            "@id": node,
            "@type": kind,
            "name": entry["name"],
            "alternateName": list(entry.get("other_names", ())),
            "description": entry.get("description"),
            "code": codes,
        }
    )


def _therapy(therapy: Data, base: str) -> Node:
    return _named(_THERAPIES.get(therapy.get("kind", ""), "MedicalTherapy"), therapy, f"{base}therapy")


def _organization(name: str | None) -> Node | None:
    return {"@type": "Organization", "name": name} if name else None


# Ratings


def _verdict(rubric: Rubric, assessment: Assessment, base: str, about: Sequence[Node]) -> Node:
    """Return a verdict with its grades."""
    level, system = assessment.recommendation, f"{rubric.title} {rubric.version}"
    grades = [
        _rating(domain.title, domain.grade, domain.means, domain.possible)
        for domain in assessment.domains
        if domain.judged
    ]
    overall = [] if level is None else [_rating("Recommendation", level.title, level.means, level.possible_titles)]
    return _stated(
        {
            "@id": f"{base}verdict-{rubric.name}",
            "@type": "Review",
            "name": system,
            "itemReviewed": about[0],
            "about": about[1],
            "reviewBody": None if level is None else f"{level.title}. {level.means}",
            "reviewRating": [*overall, *grades],
            "author": _organization(assessment.review_group),
            "datePublished": str(assessment.review_date or ""),
        }
    )


def _rating(aspect: str, grade: str, means: str, possible: Sequence[str]) -> Node:
    others = [one for one in possible if one != grade]
    more = [f"while facts are missing, it could also become {', '.join(others)}"] if others else []
    return _stated(
        {
            "@type": "Rating",
            "reviewAspect": aspect,
            "ratingValue": grade,
            "ratingExplanation": "; ".join([*filter(None, [means.rstrip(".")]), *more]),
        }
    )


def _claim(claim: Data, base: str, about: Sequence[Node]) -> Iterator[Node]:
    """Yield a claim by proponents, and how well the evidence supports it, if judged."""
    node = _entry(base, claim)
    yield _stated(
        {
            "@id": node,
            "@type": "Claim",
            "text": claim["statement"],
            "author": _organization(claim.get("by")),
            "about": about,
        }
    )
    standing = known(claim, "standing")
    if standing is not None:
        rating = _rating("Support by the evidence", standing.replace("_", " "), claim.get("standing_reason", ""), ())
        yield {
            "@id": f"{node}/review",
            "@type": "ClaimReview",
            "claimReviewed": claim["statement"],
            "itemReviewed": {"@id": node},
            "reviewRating": rating,
        }


def _findings(one: Graded, base: str, about: Sequence[Node]) -> Iterator[Node]:
    """Yield the effect on each outcome as a claim, in the digits of its source, with its certainty by GRADE."""
    rated = certainties(one.by_grade)
    for number, outcome in enumerate(one.dossier.data.get("outcomes", ())):
        words = stated_words(
            known(outcome, "effect") or {}, ("outcomes", number, "effect"), one.dossier.document.written
        )
        if not words:
            continue
        node, text = _entry(base, outcome), f"{outcome['name']}: {words}"
        yield {"@id": node, "@type": "Claim", "text": text, "about": list(about)}
        grade, possible = rated.get(number, ("not_rated", ()))
        if grade != "not_rated":
            rating = _rating("Certainty of the evidence (GRADE)", grade.replace("_", " "), "", possible)
            yield {
                "@id": f"{node}/certainty",
                "@type": "ClaimReview",
                "claimReviewed": text,
                "itemReviewed": {"@id": node},
                "reviewRating": rating,
            }


# Studies and sources


def _study(study: Data, base: str, kind: str) -> Node:
    same = {"same": f"{base}condition"}.get(study.get("condition", ""))
    return {
        "@id": _entry(base, study),
        "@type": kind,
        "name": study.get("title"),
        "description": study["statement"],
        "healthCondition": {"@id": same} if same else None,
        "studySubject": {"@id": f"{base}therapy"} if study.get("agent") == "same" else None,
        "subjectOf": [{"@id": _source(base, name)} for name in study.get("refs", ())],
    }


def _trial(trial: Data, base: str) -> Node:
    designs = [
        "RandomizedTrial" if trial.get("allocation") == "randomized" else None,
        _MASKED.get(trial.get("masking", "")),
        "PlaceboControlledTrial" if trial.get("control") == "placebo" else None,
    ]
    status = _STATUSES.get(trial.get("status", ""))
    return _stated(
        {
            **_study(trial, base, "MedicalTrial"),
            "identifier": list(trial.get("registry", ())),
            "status": f"https://schema.org/{status}" if status else None,
            "trialDesign": [f"https://schema.org/{design}" for design in designs if design],
            "sponsor": _organization(trial.get("sponsor")),
        }
    )


def _observational(study: Data, base: str) -> Node:
    design = _OBSERVED.get(study.get("design", ""))
    return _stated(
        {
            **_study(study, base, "MedicalObservationalStudy"),
            "studyDesign": f"https://schema.org/{design}" if design else None,
        }
    )


def _entry(base: str, entry: Data) -> str:
    return f"{base}entry-{entry['id']}"


def _source(base: str, name: str) -> str:
    return f"{base}reference-{name}"


def _article(reference: Reference, base: str) -> Node:
    """Return a source; its status tells if it was retracted or corrected."""
    identifiers = [
        {"@type": "PropertyValue", "propertyID": kind.upper(), "value": str(reference[kind])}
        for kind in ("doi", "pmid", "pmcid")
        if kind in reference
    ]
    addresses = [f"https://doi.org/{reference['doi']}"] if "doi" in reference else []
    return _stated(
        {
            "@id": _source(base, reference["id"]),
            "@type": _SOURCES.get(reference.get("type", ""), "CreativeWork"),
            "name": reference.get("title"),
            "author": [_author(author) for author in reference.get("author", ())],
            "datePublished": str(reference.get("issued", "")),
            "isPartOf": _container(reference),
            "pagination": str(reference["page"]) if "page" in reference else None,
            "publisher": _organization(reference.get("publisher")),
            "identifier": identifiers,
            "isbn": reference.get("isbn"),
            "inLanguage": reference.get("language"),
            "url": reference.get("url"),
            "sameAs": addresses,
            "creativeWorkStatus": known(reference, "retraction"),
        }
    )


def _container(reference: Reference) -> Node | None:
    """Return the container of a source: issue, volume and journal, as far as stated."""
    kind = "Periodical" if reference.get("type") == "article-journal" else "CreativeWork"
    found = _stated({"name": reference.get("container_title"), "issn": reference.get("issn")})
    part = {"@type": kind, **found} if found else None
    for field, kind, number in (
        ("volume", "PublicationVolume", "volumeNumber"),
        ("issue", "PublicationIssue", "issueNumber"),
    ):
        if field in reference:
            part = _stated({"@type": kind, number: str(reference[field]), "isPartOf": part})
    return part


def _author(author: str) -> Node:
    parts = person(author)
    if parts is None:
        return {"@type": "Organization", "name": author}
    return {"@type": "Person", "name": author, "familyName": parts[0]}
