"""Evidence for and against a therapy: every item in the sections that a domain reads, in one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from evgrade.facts.known import known
from evgrade.facts.quality import RISKS
from evgrade.grading.account import Direction, Evidence, EvidenceItem
from evgrade.model import Path
from evgrade.rubric.model import Domain
from evgrade.rubric.phrases import number

_SIDES = {
    "benefit": Direction.FOR,
    "supports": Direction.FOR,
    "established": Direction.FOR,
    "plausible": Direction.FOR,
    "no_benefit": Direction.AGAINST,
    "harm": Direction.AGAINST,
    "contradicts": Direction.AGAINST,
    "implausible": Direction.AGAINST,
}
"""The direction of results, directions and relevances; all others speak for neither side."""

_RESULTS = {
    "supports": "supports it",
    "contradicts": "contradicts it",
    "pending": "no results yet",
    "not_assessed": "benefit not assessed",
}

LISTED = ("syntheses", "outcomes", "trials", "observational", "cases", "preclinical", "mechanism")
"""The sections that list evidence, in the order in which readers want it."""

Words = tuple[tuple[str, Mapping[Any, str]], ...]
"""Fields with the wording of their values; other values are not mentioned."""

DESIGNS: Mapping[str, Words] = {
    "trials": (
        ("allocation", {"randomized": "randomized", "non_randomized": "not randomized", "na": "one arm"}),
        (
            "masking",
            {
                "none": "open label",
                "single": "single-masked",
                "double": "double-masked",
                "triple": "triple-masked",
                "quadruple": "quadruple-masked",
            },
        ),
        ("assessor_masked", {True: "assessors masked", False: "assessors not masked"}),
        ("objective_outcome", {True: "objective outcome"}),
        (
            "control",
            {
                "placebo": "compared with placebo",
                "sham": "compared with a sham treatment",
                "active": "compared with another treatment",
                "usual_care": "compared with usual care",
                "attention": "compared with attention alone",
                "waiting_list": "compared with a waiting list",
                "no_treatment": "compared with no treatment",
                "dose_comparison": "doses compared",
                "historical": "compared with past patients (historical controls)",
                "none": "no control group",
            },
        ),
        ("powered", {True: "large enough to tell", False: "too small to tell"}),
        ("randomized_unit", {"cluster": "clusters randomized", "body_part": "parts of the body randomized"}),
        (
            "why_stopped",
            {
                "benefit": "stopped early for benefit",
                "futility": "stopped early for futility",
                "harm": "stopped early for harm",
                "slow_recruitment": "stopped for slow recruitment",
                "funding": "stopped for lack of funding",
            },
        ),
        ("funder", {"industry": "industry-funded"}),
    ),
    "observational": (
        (
            "design",
            {
                "cohort": "cohort",
                "case_control": "case-control study",
                "nested_case_control": "nested case-control study",
                "historically_controlled": "historically controlled",
                "before_after": "before-and-after study",
                "registry": "registry",
                "surveillance": "surveillance",
                "cross_sectional": "cross-sectional",
            },
        ),
        ("prospective", {True: "prospective", False: "retrospective"}),
        ("question", {"harm": "asks about harm"}),
    ),
    "syntheses": (
        (
            "design",
            {
                "randomized_trials": "of randomized trials",
                "n_of_1_trials": "of n-of-1 trials",
                "nested_case_control": "of nested case-control studies",
                "non_randomized": "of non-randomized studies",
                "mixed": "of studies of several designs",
            },
        ),
        ("meta_analysis", {True: "pooled", False: "not pooled"}),
        ("consistent", {True: "studies agree", False: "studies disagree"}),
        ("question", {"harm": "asks about harm"}),
    ),
    "outcomes": (
        (
            "design",
            {
                "randomized": "randomized trials",
                "non_randomized": "non-randomized studies",
                "case_series": "case series",
            },
        ),
        ("importance", {"critical": "critical outcome", "important": "important outcome", "limited": "minor outcome"}),
    ),
    "cases": (
        (
            "kind",
            {
                "case_report": "case report",
                "case_series": "case series",
                "registry": "registry",
                "patient_reported_cohort": "patients' own reports",
                "survey": "survey",
                "expanded_access": "expanded access",
            },
        ),
        ("controlled", {True: "with a comparison group", False: "no comparison group"}),
        ("diagnosis_validated", {True: "diagnosis validated", False: "diagnosis not validated"}),
        ("benefit_validated", {True: "benefit validated", False: "benefit not validated"}),
    ),
    "preclinical": (
        ("setting", {"in_vivo": "in vivo", "ex_vivo": "ex vivo", "in_vitro": "in vitro", "in_silico": "in silico"}),
        ("recognized_model", {True: "recognized model", False: "not a recognized model"}),
        ("randomized", {True: "randomized", False: "not randomized"}),
        ("blinded", {True: "blinded", False: "not blinded"}),
    ),
    "mechanism": (
        (
            "shown_in",
            {"human": "in people", "animal": "in animals", "cell": "in cells", "theory": "theoretical, not observed"},
        ),
    ),
}

ANYWHERE: Words = (
    ("agent", {"related": "a related agent"}),
    ("condition", {"related": "another condition", "healthy": "healthy people"}),
    (
        "publication",
        {
            "preprint": "preprint",
            "abstract": "abstract only",
            "thesis": "thesis",
            "company": "company report",
            "website": "website",
            "unpublished": "unpublished",
        },
    ),
)

BIAS = {
    "low": "low risk of bias",
    "some_concerns": "some concerns about bias",
    "moderate": "moderate risk of bias",
    "unclear_risk": "unclear risk of bias",
    "high": "high risk of bias",
    "very_high": "very high risk of bias",
    "serious": "serious risk of bias",
    "critical": "critical risk of bias",
    "no_information": "no information about bias",
}


def weighed(
    data: Mapping[str, Any], domain: Domain, deciding: Iterable[Evidence], evidence_at: Callable[[Path], Evidence]
) -> tuple[EvidenceItem, ...]:
    """Return every item of the sections that a domain reads: deciding items first, then by section and size.

    Args:
        data: the dossier.
        domain: the domain.
        deciding: the evidence that its grade rests on.
        evidence_at: the item of the dossier at a path.
    """
    rests_on = {one.path[:end] for one in deciding for end in range(2, len(one.path) + 1)}
    items = [
        _item(evidence_at(path), section, entry, decides=path in rests_on)
        for section in LISTED
        if section in domain.sections
        for path, entry in _entries(data, section)
    ]
    # The sort is stable, so equal items stay in the order of the dossier.
    items.sort(key=lambda one: (not one.decides, LISTED.index(one.section), -(one.people or 0)))
    return tuple(items)


def _entries(data: Mapping[str, Any], section: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for place, entry in enumerate(data.get(section, ())):
        yield (section, place), entry
        if section == "mechanism":
            yield from (((section, place, "evidence", n), one) for n, one in enumerate(entry.get("evidence", ())))


def _key(path: Path) -> str:
    """Return the field that holds the result of an entry."""
    return ("relevance" if len(path) == 2 else "direction") if path[0] == "mechanism" else "result"


def _direction(entry: Mapping[str, Any], path: Path) -> Direction:
    value = known(entry, _key(path))
    if known(entry, "question") == "harm" and value != "harm":
        return Direction.UNCLEAR  # a study of harm that found none is no evidence of benefit
    return _SIDES.get(value, Direction.UNCLEAR)


def _item(evidence: Evidence, section: str, entry: Mapping[str, Any], *, decides: bool) -> EvidenceItem:
    key = _key(evidence.path)
    studies, people = _count(entry, "studies"), people_of(entry, section)
    return EvidenceItem(
        evidence=evidence,
        section=section,
        direction=_direction(entry, evidence.path),
        decides=decides,
        result=_result(key, known(entry, key)),
        studies=studies,
        people=people,
        size=_size(entry, section, studies, people),
        design=tuple(_design(entry, section)),
        risk_of_bias=_bias(entry, section),
        effects=tuple(_effects(entry)),
    )


def _result(key: str, value: str | None) -> str:
    if value is None:
        return f"{key} not stated"
    words = _RESULTS.get(value, value.replace("_", " "))
    return f"relevance {words}" if key == "relevance" else words


def _count(entry: Mapping[str, Any], key: str) -> int | None:
    value = known(entry, key)
    return value if isinstance(value, int) else None


def people_of(entry: Mapping[str, Any], section: str) -> int | None:
    """Return the number of people or animals in an entry; None if it is not stated."""
    keys = {"cases": ("evaluated", "users"), "preclinical": ("sample_size",)}.get(
        section, ("participants", "completed")
    )
    return next((found for key in keys if (found := _count(entry, key)) is not None), None)


def how_many(value: int, noun: str, nouns: str) -> str:
    """Return a number with its noun: 1 person, 2,733 people."""
    return f"{number(value)} {noun if value == 1 else nouns}"


def _size(entry: Mapping[str, Any], section: str, studies: int | None, people: int | None) -> str:
    wording = [] if studies is None else [how_many(studies, "study", "studies")]
    users = _count(entry, "users")
    if section == "cases" and people is not None and _count(entry, "evaluated") is not None:
        wording.append(f"{number(people)} evaluated" + ("" if users is None else f" of {number(users)}"))
    elif section == "preclinical" and people is not None:
        wording.append(how_many(people, "animal or sample", "animals or samples"))
    elif people is not None:
        wording.append(how_many(people, "person", "people"))
    return ", ".join(wording)


def _design(entry: Mapping[str, Any], section: str) -> Iterator[str]:
    model = known(entry, "model")
    if model is not None:
        yield str(model)
    for key, words in (*DESIGNS[section], *ANYWHERE):
        value = known(entry, key)
        wording = words.get(value) if isinstance(value, str | bool) else None
        name = known(entry, f"{key}_name")
        if wording is not None:
            yield f"{wording} ({name})" if name else wording
    certainty = known(known(entry, "certainty") or {}, "judgement")
    if certainty is not None:
        yield f"{str(certainty).replace('_', ' ')} certainty, as the reviewers state it"


def _bias(entry: Mapping[str, Any], section: str) -> str | None:
    if section == "mechanism":
        return None
    judged = known(entry, "risk_of_bias") or {}
    overall = known(judged, "overall")
    if overall is not None:
        return BIAS[overall]
    domains = (judged.get("domains") or {}).values()
    if any(isinstance(one, dict) and RISKS.get(one.get("judgement", ""), 0) >= RISKS["high"] for one in domains):
        return "high risk of bias in part"
    return "risk of bias not assessed" if section in ("trials", "observational", "syntheses") else None


def _effects(entry: Mapping[str, Any]) -> Iterator[str]:
    found = [entry["effect"]] if "effect" in entry else list(entry.get("effects", ()))
    for effect in sorted(found, key=lambda one: one.get("primary") is not True):
        wording = _effect(effect)
        if wording:
            yield wording


def _effect(effect: Mapping[str, Any]) -> str:
    """Return an effect in words: «death: HR 0.9 (0.7 to 1.2)»."""
    measure, estimate = effect.get("measure"), effect.get("estimate")
    low, high, p = effect.get("ci_low"), effect.get("ci_high"), effect.get("p")
    wording = []
    if estimate is not None:
        unit = str(effect.get("unit", ""))
        unit = unit if unit in ("", "%") else f" {unit}"
        wording.append(f"{'' if measure in (None, 'other') else f'{measure} '}{estimate}{unit}")
        if low is not None and high is not None:
            wording[0] += f" ({low} to {high})"
    else:
        arms = [
            f"{arm.get('name') or arm.get('role') or 'arm'} {arm['events']} of {arm['participants']}"
            for arm in effect.get("arms", ())
            if "events" in arm and "participants" in arm
        ]
        wording += [" versus ".join(arms)] if arms else []
    if wording and p is not None and (low is None or high is None):  # alone it shows neither size nor direction
        wording.append(f"p {p}" if isinstance(p, str) and p[:1] in "<>=≤≥" else f"p = {p}")
    outcome = effect.get("outcome")
    return f"{outcome}: {', '.join(wording)}" if outcome and wording else ", ".join(wording)
