"""Collect from a dossier what no grade shows: harms, evidence that the rubric does not read, and verdicts of people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Final, assert_never

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.account import Harm, HarmKind, Harms, OtherVerdict, Source, Unread, text_or_none
from evgrade.grading.panel import is_meant, is_recommendation
from evgrade.grading.sides import how_many, people_of
from evgrade.grading.trace import evidence_at
from evgrade.model import Path
from evgrade.rubric.conditions.base import EVIDENCE_SECTIONS, RECORDED, sections_read
from evgrade.rubric.model import Rubric
from evgrade.rubric.phrases import number, plural
from evgrade.schema.shape import dossier_shape

READERS: Final = FilePath(__file__).with_name("readers.json")
"""Which shipped rubrics read each section of the evidence."""

# Harms

_COUNTS = ("died", "serious", "hospitalized", "any")
_WARNINGS = {
    "boxed_warnings": HarmKind.BOXED_WARNING,
    "contraindications": HarmKind.CONTRAINDICATION,
    "interactions": HarmKind.INTERACTION,
    "theoretical_harms": HarmKind.THEORETICAL_HARM,
}
_GRAVE = frozenset({"died", "serious", "hospitalized"})
_COUNTED = {"attributed": "attributed to the therapy", "all_causes": "from any cause"}


def harms_of(dossier: Dossier) -> Harms | None:
    """Return the harms of a dossier; None without a safety section."""
    safety = dossier.data.get("safety")
    if safety is None:
        return None
    entries = sorted(_entries(dossier, safety), key=_place)
    return Harms(
        exposed=known(safety, "exposed"),
        concern=known(safety, "concern"),
        concern_reason=safety.get("concern_reason"),
        entries=tuple(entries),
    )


def _place(harm: Harm) -> tuple[bool, bool, bool, int, float]:
    """Return the sort key of a harm: counts, then grave harms, deaths first, then by kind, the most frequent first."""
    rate = harm.n / harm.of if harm.n is not None and harm.of else (harm.percent or 0) / 100
    is_count = harm.kind is HarmKind.COUNT
    deaths_last = not is_count and harm.seriousness != "died"
    return (
        not (is_count or harm.grave),
        not is_count,
        deaths_last,
        list(HarmKind).index(harm.kind),
        0 if is_count else -rate,
    )


def _entries(dossier: Dossier, safety: Mapping[str, Any]) -> Iterator[Harm]:
    shape = dossier_shape().key("safety")
    for key in _COUNTS:
        if key in safety:
            title = shape and (field := shape.key(key)) and field.title
            yield _harm(dossier, ("safety", key), safety[key], HarmKind.COUNT, title or key, key)
    for place, event in enumerate(safety.get("adverse_events", ())):
        seriousness = known(event, "seriousness")
        path: Path = ("safety", "adverse_events", place)
        yield _harm(dossier, path, event, HarmKind.ADVERSE_EVENT, event["name"], seriousness)
    for key, kind in _WARNINGS.items():
        for place, warning in enumerate(safety.get(key, ())):
            name = warning.get("statement") or warning.get("harm") or kind.words
            yield _harm(dossier, ("safety", key, place), warning, kind, name, known(warning, "severity"))


def _harm(
    dossier: Dossier, path: Path, entry: Mapping[str, Any], kind: HarmKind, name: str, seriousness: str | None
) -> Harm:
    return Harm(
        kind=kind,
        evidence=evidence_at(dossier, path),
        name=name,
        seriousness=seriousness,
        n=known(entry, "n"),
        of=known(entry, "of"),
        percent=_exact(known(entry, "percent")),
        numbers=_numbers(entry),
        about=tuple(_about(entry)),
        grave=seriousness in _GRAVE or kind is HarmKind.BOXED_WARNING,
    )


def _exact(percent: float | str | None) -> float | None:
    """Return a percentage; None for a printed limit such as `< 1`, which only the words show."""
    return None if isinstance(percent, str) else percent


def _numbers(entry: Mapping[str, Any]) -> str:
    """Return the counts of an entry in words: «3 of 178 people (1.7%), 0 of 90 (0%) in the control group»."""
    wording = _proportion(entry, people=True)
    control = _proportion(entry.get("control") or {}, people=False)
    return wording + (f", {control} in the control group" if wording and control else "")


def _proportion(entry: Mapping[str, Any], *, people: bool) -> str:
    n, of, percent = (known(entry, key) for key in ("n", "of", "percent"))
    if percent is None and n is not None and of:
        percent = round(100 * n / of, 1)
    share = "" if percent is None else f"{percent}%" if isinstance(percent, str) else f"{percent:g}%"
    if n is None:
        return share + (f" of {number(of)}" if share and of else "")
    if not of:
        counted = how_many(n, "person", "people") if people else number(n)
        return counted + (f" ({share})" if share else "")
    return f"{number(n)} of {number(of)}{' people' if people else ''} ({share})"


def _about(entry: Mapping[str, Any]) -> Iterator[str]:
    counts = _COUNTED.get(known(entry, "counts") or "")
    if counts:
        yield counts
    dose = _dose(entry.get("dose") or {})
    if dose:
        yield f"at {dose}"
    if known(entry, "therapy_dose") is False:
        yield "not at the dose under review"
    if known(entry, "agent") == "related":
        yield f"of a related agent ({entry['agent_name']})" if "agent_name" in entry else "of a related agent"


def _dose(dose: Mapping[str, Any]) -> str:
    if "text" in dose:
        return str(dose["text"])
    if "amount" not in dose:
        return ""
    high = f" to {number(dose['amount_high'])}" if "amount_high" in dose else ""
    per = f" a {dose['per']}" if dose.get("per") not in (None, "once") else ""
    return f"{number(dose['amount'])}{high} {dose.get('unit', '')}".strip() + per


# Evidence that the rubric does not read

_INSIDE = ("adverse_events", "boxed_warnings", "contraindications", "interactions", "theoretical_harms")


def unread_in(dossier: Dossier, rubric: Rubric) -> tuple[Unread, ...]:
    """Return the evidence sections that hold something and that no rule of the rubric reads."""
    read = reads(rubric)
    return tuple(
        _unread(dossier, section)
        for section in RECORDED
        if section in EVIDENCE_SECTIONS and section not in read and dossier.data.get(section)
    )


def reads(rubric: Rubric) -> frozenset[str]:
    """Return the sections that the rules of a rubric read, including those of its recommendation."""
    found = {section for domain in rubric.domains for section in domain.sections}
    if rubric.recommendation is not None:
        found.update(sections_read(rung.rule.condition for rung in rubric.recommendation.ladder.rungs))
    return frozenset(found)


def _unread(dossier: Dossier, section: str) -> Unread:
    held = dossier.data[section]
    entries = held if isinstance(held, list) else [held]
    studies = _sum(entry.get("studies") for entry in entries)
    people = _sum(people_of(entry, section) for entry in entries)
    return Unread(
        section=section,
        wording=_describe(section, held, studies, people),
        entries=len(entries),
        studies=studies,
        people=people,
        read_by=tuple(_readers().get(section, ())),
        location=dossier.document.location((section,)),
    )


@cache
def _readers() -> Mapping[str, Sequence[str]]:
    """Return which shipped rubrics read a section; `docs/generate.py` writes the file, as compiling all takes long."""
    found: Mapping[str, Sequence[str]] = json.loads(READERS.read_text(encoding="utf-8"))
    return found


def _sum(numbers: Iterator[Any]) -> int | None:
    stated = [value for value in numbers if isinstance(value, int)]
    return sum(stated) if stated else None


def _describe(section: str, held: Any, studies: int | None, people: int | None) -> str:
    shape = dossier_shape().key(section)
    if isinstance(held, Mapping):
        parts = [_counted(key, held[key]) for key in _INSIDE if held.get(key)] if section == "safety" else []
        return ", ".join(parts) or section.replace("_", " ")
    noun = "entry" if shape is None else shape.item.noun
    size = [] if studies is None else [how_many(studies, "study", "studies")]
    if people is not None:
        animals = ("animal or sample", "animals or samples") if section == "preclinical" else ("person", "people")
        size.append(how_many(people, *animals))
    return how_many(len(held), noun, plural(noun)) + (f" ({', '.join(size)})" if size else "")


def _counted(key: str, entries: list[Any]) -> str:
    nouns = key.replace("_", " ")
    return how_many(len(entries), nouns.removesuffix("s"), nouns)


# Verdicts of people

_WORDS = {
    "recommended": "recommended",
    "conditional": "recommended under conditions",
    "trial_only": "only within a trial",
    "not_recommended": "not recommended",
    "against": "recommended against",
    "no_statement": "no recommendation",
}


def verdicts_in(dossier: Dossier, rubric: Rubric) -> tuple[OtherVerdict, ...]:
    """Return the verdicts recorded in a dossier, the review group's own first; none of them is graded."""
    found = [*_overrides(dossier, rubric), *_published(dossier), *_of_raters(dossier, rubric)]
    return tuple(sorted(found, key=lambda one: list(Source).index(one.source)))


def _group(dossier: Dossier) -> str | None:
    return text_or_none(dossier.data.get("review", {}).get("group"))


def _published(dossier: Dossier) -> Iterator[OtherVerdict]:
    group = _group(dossier)
    for place, given in enumerate(dossier.data.get("verdicts", ())):
        by = given.get("by")
        is_own = by is not None and group is not None and str(by).casefold() == group.casefold()
        yield _verdict(
            dossier,
            ("verdicts", place),
            given,
            source=Source.GROUP if is_own else Source.PUBLISHED,
            by=by,
            says=_WORDS.get(given.get("recommended", "")),
            statement=given.get("statement"),
            grades=tuple((str(one["domain"]), str(one["grade"])) for one in given.get("grades", ())),
        )


def _overrides(dossier: Dossier, rubric: Rubric) -> Iterator[OtherVerdict]:
    for place, given in enumerate(dossier.data.get("overrides", ())):
        if is_recommendation(given["domain"]) and is_meant(given, rubric):
            yield _verdict(
                dossier,
                ("overrides", place),
                given,
                source=Source.GROUP,
                by=given.get("by") or _group(dossier),
                says=_level(given["grade"], rubric),
                statement=given.get("reason"),
            )


def _of_raters(dossier: Dossier, rubric: Rubric) -> Iterator[OtherVerdict]:
    for place, rater in enumerate(dossier.data.get("panel", ())):
        graded = [one for one in rater.get("grades", ()) if is_recommendation(one["domain"])]
        says = rater.get("recommendation") or (graded[0]["grade"] if graded else None)
        if says is not None and is_meant(rater, rubric):
            yield _verdict(
                dossier,
                ("panel", place),
                rater,
                source=Source.RATER,
                by=rater.get("name") or rater["id"],
                says=_level(says, rubric),
                statement=graded[0].get("comment") if graded else rater.get("comment"),
            )


def _level(says: str, rubric: Rubric) -> str:
    """Return the rubric's title for a level; text that is no level is returned as it is."""
    levels = () if rubric.recommendation is None else rubric.recommendation.levels
    titles = {name.casefold(): level.title for level in levels for name in (level.name, level.title)}
    return titles.get(says.casefold()) or _WORDS.get(says, says)


def _verdict(
    dossier: Dossier,
    path: Path,
    given: Mapping[str, Any],
    *,
    source: Source,
    by: str | None,
    says: str | None,
    statement: str | None,
    grades: tuple[tuple[str, str], ...] = (),
) -> OtherVerdict:
    references = tuple(given.get("refs", ()))
    return OtherVerdict(
        source=source,
        by=by or _unnamed(source),
        says=says,
        statement=statement,
        date=text_or_none(given.get("date")),
        system=given.get("system"),
        grades=grades,
        location=dossier.document.location(path),
        references=references,
        citations=tuple(dict.fromkeys(dossier.citation(reference) for reference in references)),
    )


def _unnamed(source: Source) -> str:
    match source:
        case Source.GROUP:
            return "the reviewers"
        case Source.PUBLISHED | Source.RATER:
            return "not stated"
        case _:
            assert_never(source)
