"""Reviews of Review Manager 5 (.rm5): studies with reports, characteristics and risk of bias, and analyses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record, stated
from evgrade.importing.table import Table
from evgrade.importing.tables.revman import Analysis, StudyRow, add_analysis
from evgrade.importing.tables.studies import Studies, record_of, slug, year_of
from evgrade.importing.tree import Element

_OUTCOMES = {"DICH_OUTCOME": "DICH", "CONT_OUTCOME": "CONT", "IV_OUTCOME": "IV", "IPD_OUTCOME": "IPD"}
_VALUES = {
    **{
        f"{key}{side}": f"{name}_{side}"
        for key, name in (("events", "EVENTS"), ("total", "TOTAL"), ("mean", "MEAN"), ("sd", "SD"))
        for side in "12"
    },
    "estimate": "EFFECT_SIZE",
    "low": "CI_START",
    "high": "CI_END",
}
_POOLED = {
    "estimate": "EFFECT_SIZE",
    "low": "CI_START",
    "high": "CI_END",
    "level": "CI_TOTAL",
    "study_level": "CI_STUDY",
    "p": "P_Z",
    "i2": "I2",
    "q": "CHI2",
    "df": "DF",
}
_RESULTS = {"YES": "low", "NO": "high", "UNKNOWN": "unclear_risk"}
_DOMAINS = (
    ("sequence generation", "random_sequence_generation"),
    ("allocation concealment", "allocation_concealment"),
    ("blinding of participants", "blinding_of_participants_and_personnel"),
    ("blinding of outcome", "blinding_of_outcome_assessment"),
    ("incomplete outcome", "incomplete_outcome_data"),
    ("selective", "selective_reporting"),
    ("other bias", "other_bias"),
)
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_TEXT = 20_000
_OF_REPORT = {
    "TI": ("title", _TEXT),
    "SO": ("container_title", _TEXT),
    "VL": ("volume", 32),
    "NO": ("issue", 32),
    "PG": ("page", 64),
    "PB": ("publisher", _TEXT),
}
"""The fields for elements of a report, with their longest length."""


def _is_review(content: Content) -> bool:
    return "<COCHRANE_REVIEW" in content.start


def _records(content: Content) -> Iterator[Record]:
    root = content.xml
    record, reference = record_of(content, Table(content.name, (), ()))
    title = root.text("COVER_SHEET", "TITLE")
    if title:
        own = record.entries["references"][0]
        own["title"] = title[:_TEXT]
        own["notes"] = f"Read from {record.name}. {own['notes']}"
    studies = Studies(record, reference)
    names: dict[str, str] = {}
    for one in root.all("STUDIES_AND_REFERENCES", "STUDIES", "INCLUDED_STUDIES", "STUDY"):
        name = one.attributes.get("NAME", "") or one.text("NAME")
        if not name:
            record.note(one.place, "a study without a name: not taken")
            continue
        names[one.attributes.get("ID", "")] = name
        entry = studies.entry(name)
        entry |= year_of(one.attributes.get("YEAR", ""))
        entry["refs"] += list(_reports(record, one, name))
    excluded = sum(1 for _ in root.all("STUDIES_AND_REFERENCES", "STUDIES", "EXCLUDED_STUDIES", "STUDY"))
    if excluded:
        record.note(root.place, f"{excluded} excluded studies: not taken")
    _characteristics(record, root, names, studies)
    _risk_of_bias(record, root, names, studies)
    for one in root.all("ANALYSES_AND_DATA", "COMPARISON"):
        for analysis in _analyses(record, one, names):
            add_analysis(record, studies, reference, analysis)
    yield record


def _reports(record: Record, study: Element, name: str) -> Iterator[str]:
    """Add the reports of a study, and yield their ids."""
    for number, one in enumerate(study.all("REFERENCE"), 1):
        numbers = [
            (part.attributes.get("TYPE"), part.attributes.get("VALUE", ""))
            for part in one.all("IDENTIFIERS", "IDENTIFIER")
        ]
        doi = next(filter(None, (_DOI.search(value) for _, value in numbers)), None)
        pmid = next((value for kind, value in numbers if kind in ("MEDLINE", "PUBMED")), "")
        year = re.match("[12][0-9]{3}", one.text("YR"))
        found = stated(
            doi=doi and doi[0],
            pmid=int(pmid) if re.fullmatch("[1-9][0-9]{0,8}", pmid) else None,
            **{key: one.text(tag)[:longest] for tag, (key, longest) in _OF_REPORT.items()},
            author=[part.strip(" .") for part in re.split(r",|;", one.text("AU")) if part.strip(" .")],
            issued=year and year[0],
        )
        if found.keys() & {"title", "doi", "pmid"}:
            own = slug(f"{name} {number}" if number > 1 else name, f"report-{one.line}")
            label = {} if found.keys() & {"doi", "pmid"} else {"x-label": f"{name}: report {number}"}
            record.add("references", {"id": own} | label | found)
            yield own


def _characteristics(record: Record, root: Element, names: dict[str, str], studies: Studies) -> None:
    for one in root.within("INCLUDED_CHAR"):
        name = names.get(one.attributes.get("STUDY_ID", ""))
        if name is None:
            continue
        for tag, key in (("CHAR_METHODS", "statement"), ("CHAR_PARTICIPANTS", "population")):
            text = one.text(tag)
            if text:
                studies.entry(name)[key] = text[:_TEXT]
        for tag in ("CHAR_INTERVENTIONS", "CHAR_OUTCOMES", "CHAR_NOTES"):
            if one.text(tag):
                record.note(one.place, f"{tag.removeprefix('CHAR_').lower()} of {name}: a trial has no field for it")


def _risk_of_bias(record: Record, root: Element, names: dict[str, str], studies: Studies) -> None:
    """Add judgements of risk of bias: answers to questions in which yes means low risk."""
    for item in root.within("QUALITY_ITEM"):
        title = item.text("NAME") or item.attributes.get("NAME", "")
        key = next((own for words, own in _DOMAINS if words in title.casefold()), None)
        for one in item.within("QUALITY_ITEM_DATA_ENTRY"):
            name = names.get(one.attributes.get("STUDY_ID", ""))
            judged = _RESULTS.get(one.attributes.get("RESULT", ""))
            reason = one.text("DESCRIPTION")[:_TEXT]
            if name is None or judged is None or (judged == "unclear_risk" and not reason):
                said = "unclear without a reason, as Review Manager fills it in" if judged else "not judged"
                record.note(one.place, f"{title or 'a domain'} of {name or 'a study'}: {said}: not taken")
                continue
            value = stated(judgement=judged, reason=reason)
            bias = studies.entry(name).setdefault(
                "risk_of_bias", {"tool": "RoB 1", "judged_by": f"as tabulated in {record.name}"}
            )
            domains = bias.setdefault("domains", {}) if key is not None else {}
            if key is not None and key not in domains:
                domains[key] = value
            else:
                bias.setdefault("other_domains", []).append({"name": title or "Domain"} | value)


def _analyses(record: Record, comparison: Element, names: dict[str, str]) -> Iterator[Analysis]:
    group = comparison.text("NAME") or comparison.attributes.get("NAME", "")
    for one in comparison:
        if one.tag == "OTHER_OUTCOME":
            record.note(one.place, "an analysis of other data, which is text: not taken")
        if one.tag not in _OUTCOMES:
            continue
        said = one.attributes
        yield Analysis(
            number=f"{comparison.attributes.get('NO', '?')}.{said.get('NO', '?')}",
            name=one.text("NAME") or said.get("NAME", "") or "An outcome without a name",
            group=group,
            kind=_OUTCOMES[one.tag],
            measure=said.get("EFFECT_MEASURE", "") or one.text("EFFECT_MEASURE"),
            place=one.place,
            methods=", ".join(
                filter(
                    None, ("random effects" if said.get("RANDOM") == "YES" else "fixed effect", said.get("METHOD", ""))
                )
            ),
            pooled={key: said.get(name, "") for key, name in _POOLED.items()},
            labels=(one.text("GROUP_LABEL_1"), one.text("GROUP_LABEL_2")),
            swapped=said.get("SWAP_EVENTS") == "YES",
            overall=said.get("TOTALS", "YES") == "YES",
            rows=list(_rows(record, one, names, "")),
        )


def _rows(record: Record, within: Element, names: dict[str, str], subgroup: str) -> Iterator[StudyRow]:
    for one in within:
        if one.tag.endswith("_SUBGROUP"):
            yield from _rows(record, one, names, one.text("NAME") or one.attributes.get("NAME", ""))
        elif one.tag.endswith("_DATA"):
            identity = one.attributes.get("STUDY_ID", "")
            if identity not in names:
                record.note(one.place, f"`{identity[:60]}` is not a study of the review: not taken")
                continue
            values = {key: one.attributes.get(name, "") for key, name in _VALUES.items()}
            yield StudyRow(names[identity], one.place, values, subgroup)


READER = Reader(_is_review, _records)
