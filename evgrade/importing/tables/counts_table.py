"""Counts of patients' own reports: how many gave each answer about the effect, and which harms they reported.

Three shapes: one row per answer with its count; one row per report, of which the last of each person counts; one row
per harm. Names of people are never taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from evgrade.importing.content import Content
from evgrade.importing.found import Entry, Record, stated
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.studies import TableKind, column, node, plain, reading, record_of, slug, untaken
from evgrade.schema.aliases import choice_meant, folded

_ANSWERS = (
    *("label", "answer", "response", "effectiveness", "perceivedeffectiveness", "evaluation", "efficacy", "rating"),
)
_COUNTS = ("n", "count", "people", "patients", "persons", "number", "evaluations", "reports")
_CATEGORIES = ("category", "meaning")
_PERCENTS = ("percent", "percentage", "pct", "%")
_HEADS = ("users", "evaluated")
_PEOPLE = ("user", "username", "userid", "person", "personid", "patient", "patientid", "member", "memberid", "reporter")
_DATES = ("date", "reported", "evaluationdate", "reportdate")
_SOURCES = ("source", "community", "forum", "registry")
_HARMS = ("name", "harm", "sideeffect", "adverseevent", "event", "reaction", "symptom")
_HEAD = re.compile(r"#? {0,9}(users|evaluated) {0,9}[:=,;]? {0,9}([0-9]{1,9})?", re.IGNORECASE)
_WORDS = {
    "can't tell": "unclear",
    "cannot tell": "unclear",
    "no effect": "none",
    "no effect or unsure": "none_or_unsure",
    "none or unsure": "none_or_unsure",
    "no effect or they were unsure": "none_or_unsure",
    "slight efficacy": "slight",
    "moderate efficacy": "moderate",
    "major efficacy": "major",
}
_FOLDED = {folded(word): category for word, category in _WORDS.items()}


def _is_counts(table: Table) -> bool:
    if column(table, *_ANSWERS) is None or column(table, *_COUNTS) is None:
        return False
    beside = column(table, *_CATEGORIES) or column(table, *_PERCENTS) or column(table, *_HEADS)
    return beside is not None or bool(_heads(table))


def _is_reports(table: Table) -> bool:
    return None not in (column(table, *_ANSWERS), column(table, *_PEOPLE)) and column(table, *_COUNTS) is None


def _is_harms(table: Table) -> bool:
    few = {plain(one) for one in table.columns} <= {*_HARMS, *_COUNTS, "of", "seriousness", "notes", "organsystem"}
    return few and column(table, *_HARMS) is not None and column(table, *_COUNTS) is not None


def _heads(table: Table) -> Mapping[str, int]:
    """Return the totals in lines above the table: `users,31`, `# evaluated: 15`."""
    found = {}
    for row in table.above:
        wording = _HEAD.fullmatch(" ".join(filter(None, row.cells)))
        if wording is not None and wording[2]:
            found[wording[1].casefold()] = int(wording[2])
    return found


def _counts(content: Content, table: Table) -> Iterator[Record]:
    record, reference = record_of(content, table)
    record.notes = [one for one in record.notes if "above the header" not in one.message or not _heads(table)]
    cells = reading(record, table)
    answer, many, category, percent, source = (
        column(table, *names) for names in (_ANSWERS, _COUNTS, _CATEGORIES, _PERCENTS, _SOURCES)
    )
    cases: dict[str, Entry] = {}
    for row in table.rows:
        label = table.cell(row, answer or "")
        if not label:
            record.note(place(row), "the row has no answer: not taken")
            continue
        case = _case(record, cases, table.cell(row, source or ""), reference)
        head = plain(label)
        people = cells.count(row, many or "")
        if head in _HEADS:
            case |= stated(**{head: people})
            continue
        for one in _HEADS:
            own = column(table, one)
            value = cells.count(row, own) if own is not None else _heads(table).get(one)
            if value is not None and case.setdefault(one, value) != value:
                record.note(place(row, own), f"{value} differs from {case[one]} in a row above: not taken")
        meant = _category(record, table, row, category, label)
        share = cells.field(row, percent, node("response", "percent"), "percent") if percent is not None else None
        case.setdefault("responses", []).append(stated(label=label, category=meant, n=people, percent=share))
    for case in cases.values():
        record.add("cases", case)
    untaken(record, table, [answer, many, category, percent, source, *(column(table, one) for one in _HEADS)])
    yield record


def _case(record: Record, cases: dict[str, Entry], source: str, reference: str) -> Entry:
    if source not in cases:
        named = f" of {source}" if source else ""
        label = f"{record.name}: {source}" if source else record.name
        cases[source] = {
            "id": slug(f"reports {source or record.name}", f"reports-{len(cases) + 1}"),
            "kind": "patient_reported_cohort",
            "statement": f"Reports of patients{named}, as counted in {record.name}.",
            "x-label": label,
            **stated(source=source),
            "refs": [reference],
        }
    return cases[source]


def _category(record: Record, table: Table, row: Row, own: str | None, label: str) -> str:
    """Return the category of an answer, from a column, or else from its words."""
    said = table.cell(row, own or "") or label
    if folded(said) in _FOLDED:
        return _FOLDED[folded(said)]
    allowed = node("response", "category")["enum"]
    meant = choice_meant(said, allowed, "category")
    if meant is not None and meant.certain:
        return str(meant.options[0].value)
    record.note(place(row, own), f"`{said[:60]}` is none of the categories {', '.join(allowed)}: left out")
    return ""


def _reports(content: Content, table: Table) -> Iterator[Record]:
    record, reference = record_of(content, table)
    answer, person, date = (column(table, *names) for names in (_ANSWERS, _PEOPLE, _DATES))
    last: dict[str, tuple[str, str]] = {}
    again = set()
    for row in table.rows:
        who, said, when = (table.cell(row, one or "") for one in (person, answer, date))
        if not who or not said:
            record.note(place(row), "the row has no person or no answer: not taken")
            continue
        if date is not None and not re.fullmatch(r"[12][0-9]{3}-[0-9]{2}(-[0-9]{2})?.*", when):
            record.note(place(row, date), f"`{when[:40]}` is not a date such as 2010-05-31: the report was not taken")
            continue
        if who in last:
            again.add(who)
        if who not in last or when >= last[who][0]:
            last[who] = (when, said)
    if again:
        which = "by date" if date is not None else "in the order of the rows"
        record.note(":1", f"people who gave several answers: {len(again)}; the last answer of each counts, {which}")
    case = _case(record, {}, "", reference) | {"evaluated": len(last)}
    case["responses"] = []
    for label, many in Counter(said for _, said in last.values()).items():
        meant = _category(record, table, Row(1, ()), None, label)
        case["responses"].append(stated(label=label, category=meant, n=many))
    record.add("cases", case)
    untaken(record, table, [answer, person, date])
    yield record


def _harms(content: Content, table: Table) -> Iterator[Record]:
    record, reference = record_of(content, table)
    cells = reading(record, table)
    name, many = column(table, *_HARMS), column(table, *_COUNTS)
    fields = {"n": many, **{key: column(table, plain(key)) for key in ("of", "seriousness", "organ_system", "notes")}}
    for row in table.rows:
        said = table.cell(row, name or "")
        if not said:
            record.note(place(row), "the row names no harm: not taken")
            continue
        values = {
            key: cells.field(row, own, node("adverse_event", key), key)
            for key, own in fields.items()
            if own is not None
        }
        entry = {"id": slug(f"ae {said}", f"ae-{row.line}"), "name": said} | stated(**values)
        record.add("safety.adverse_events", entry | {"refs": [reference]})
    record.note(":1", "the table does not say who reported these harms: `source` is left out")
    yield record


KIND = TableKind(_is_counts, _counts)
REPORTS = TableKind(_is_reports, _reports)
HARMS = TableKind(_is_harms, _harms)
