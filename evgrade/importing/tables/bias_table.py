"""Tables of risk of bias, one row per study: entries name who judged, and keep the judgements of the tool."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Entry, Record, glossary, stated
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.studies import Labels, Studies, TableKind, column, labelled_rows, record_of, untaken
from evgrade.model import EvgradeError
from evgrade.schema.suggest import did_you_mean, listed

_known = partial(glossary, __file__)
_PAIR = re.compile(r"domain \((judgement|support)\): *(.+)", re.IGNORECASE)
_FEWEST = 3
"""Domains that a table must have to count as one of risk of bias."""


@dataclass(frozen=True, slots=True)
class _Domain:
    """A column of judgements: the key of its domain, None if the tool has no such domain; its name, and its support."""

    key: str | None
    name: str
    judgement: str
    support: str | None = None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _domains(table: Table, tool: Mapping[str, Any]) -> list[_Domain]:
    """Return the columns that are domains of a tool; those of Review Manager even with other names."""
    keys = {name: key for key, names in tool["named"].items() for name in (*names, _letters(key))} | tool["numbered"]
    supports = {
        pair[2]: one for one in table.columns if (pair := _PAIR.fullmatch(one)) and pair[1].lower() == "support"
    }
    found: list[_Domain] = []
    for one in table.columns:
        pair = _PAIR.fullmatch(one)
        name = pair[2] if pair else one
        # R writes dots for spaces, and a column can be named "D1: Randomization process".
        plain = _letters(
            re.sub(r"^\s*(?:d(?:omain)?\s*)?[0-9]+[ab]?\s*[.:)-]\s*", "", name, flags=re.IGNORECASE)
        ) or _letters(name)
        key = keys.get(plain, keys.get(_letters(name), keys.get(_letters(name.partition(":")[0]))))
        is_judged = pair is not None and pair[1].lower() == "judgement" and not _is_overall(name)
        if (key is not None and pair is None) or is_judged:
            found.append(_Domain(key, name, one, supports.get(name)))
    return found


def _is_overall(name: str) -> bool:
    return _letters(name) in _known()["overall"]


def _overall(table: Table) -> str | None:
    return next((one for one in table.columns if _is_overall(_PAIR.sub(r"\2", one))), None)


def _matches(table: Table) -> bool:
    """Whether a table names its studies and has domains of a tool, or numbered domains."""
    if not Labels(table).known:
        return False
    if any(_PAIR.fullmatch(one) for one in table.columns):
        return True
    most = max(len({one.key for one in _domains(table, tool)}) for tool in _known()["tools"].values())
    numbered = {_letters(one) for one in table.columns} & {f"d{number}" for number in range(1, 8)}
    return most >= _FEWEST or len(numbered) >= _FEWEST


def _tool(table: Table, said: str | None) -> str:
    """Return the tool that the user names, or the only one whose columns and words fit a table.

    Raises:
        EvgradeError: the tool is unknown or not supported.
    """
    tools: Mapping[str, Any] = _known()["tools"]
    others: Mapping[str, Any] = _known()["others"]
    if said is not None:
        wanted = _letters(said).removeprefix("cochrane").removeprefix("revised")
        for name, one in others.items():
            if wanted in one["names"]:
                raise _no_place(table, name)
        aliases = {"riskofbias2": "rob2", "riskofbias1": "rob1", "rob2cluster": "rob2", "riskofbiastool": "rob1"}
        found = [name for name in tools if _letters(name) == aliases.get(wanted, wanted)]
        if not found:
            raise EvgradeError(
                f"{said!r} is not a supported tool", hint=did_you_mean(said, tools) or f"known are {listed(tools)}"
            )
        return found[0]
    columns = {_letters(one) for one in table.columns}
    numbered = {one for one in columns if re.fullmatch("d[0-9][a-z]?|ds", one)}
    for name, one in others.items():
        if numbered == set(one["columns"]):
            raise _no_place(table, name)
    fitting = [name for name, tool in tools.items() if _has_columns(table, tool, numbered) and _has_words(table, tool)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        fitting = list(tools)
    hint = f"give --tool with one of {listed(repr(one) for one in fitting)}"
    raise EvgradeError(f"{table.name} does not say which tool risk of bias was judged with", hint=hint)


def _no_place(table: Table, name: str) -> EvgradeError:
    said = f"{table.name} has judgements of {name}, whose domains have no place in a dossier"
    return EvgradeError(said, hint="a mapping can put them under `risk_of_bias.other_domains`")


def _has_columns(table: Table, tool: Mapping[str, Any], numbered: set[str]) -> bool:
    if numbered:
        return set(tool["needed"]) <= numbered <= set(tool["numbered"])
    named = {one.key for one in _domains(table, tool)} - {None}
    needed = {tool["numbered"][one] for one in tool["needed"]} - {"other_bias"}
    return needed <= named or (any(map(_PAIR.fullmatch, table.columns)) and bool(named))


def _has_words(table: Table, tool: Mapping[str, Any]) -> bool:
    signs = _signs(table)
    cells = {table.cell(row, one.judgement) for row in table.rows for one in _domains(table, tool)}
    return all(_judgement(cell, tool, signs) is not None for cell in cells if cell)


def _signs(table: Table) -> Mapping[str, str]:
    cells = {cell for row in table.rows for cell in row.cells}
    signs: Mapping[str, str] = _known()["signs"]["robvis" if cells & {"x", "X", "×"} else "cochrane"]
    return signs


def _judgement(text: str, tool: Mapping[str, Any], signs: Mapping[str, str]) -> str | None:
    """Return a judgement in the words of a dossier, empty if there is none, None if the word is unknown."""
    sign = signs.get(text.strip())
    if sign is not None:
        return {"middle": tool["middle"], "low": "low", "unclear": "unclear"}.get(
            sign, sign if sign in tool["words"] else None
        )
    word = _letters(text)
    if not word or word in map(_letters, _known()["not_applicable"]):
        return ""
    return next((name for name, words in tool["words"].items() if word in words), None)


def _records(content: Content, table: Table) -> Iterator[Record]:
    name = _tool(table, content.options.tool or _said_in(table))
    tool, signs = _known()["tools"][name], _signs(table)
    record, reference = record_of(content, table)
    domains, overall = _domains(table, tool), _overall(table)
    outcome, judge, reason = (column(table, *_known()[key]) for key in ("outcome", "judged_by", "reason"))
    labels = Labels(table)
    studies = Studies(record, reference, tool["section"])
    for row, label in labelled_rows(record, table, labels):
        found = _of_row(record, table, row, domains, tool, signs)
        whole = _read(record, table, row, overall, tool, signs)
        found = stated(overall=whole) | found | stated(reason=table.cell(row, reason or ""))
        if not found:
            record.note(place(row), f"{label} has no judgement: the row was not taken")
            continue
        study = studies.entry(label)
        for key, value in labels.facts(row).items():
            if key != "year" or tool["section"] == "trials":
                study.setdefault(key, value)
        by = table.cell(row, judge or "") or f"as tabulated in {record.name}"
        own = study.setdefault("risk_of_bias", {"tool": name, "judged_by": by})
        which = table.cell(row, outcome or "")
        if which:
            if "other_domains" in found:
                record.note(place(row), "domains that the tool does not have are not taken for a single outcome")
            part = {key: value for key, value in found.items() if key != "other_domains"}
            own.setdefault("by_outcome", []).append({"outcome": which} | part)
        elif own.keys() & {"overall", "domains", "other_domains"}:
            record.note(place(row), f"{label} has another row, and no column names the outcome: not taken")
        else:
            own |= found
    if not len(studies):
        record.note(":1", "no study has a judgement")
        del record.entries["references"]
    supports = [one.support for one in domains]
    taken = [one.judgement for one in domains] + [
        overall,
        outcome,
        judge,
        reason,
        column(table, *_known()["tool"]),
    ]
    untaken(record, table, [*taken, *supports, *labels.columns])
    yield record


def _said_in(table: Table) -> str | None:
    """Return the tool named in a column of a table."""
    own = column(table, *_known()["tool"])
    named = {table.cell(row, own) for row in table.rows} - {""} if own is not None else set()
    return next(iter(named)) if len(named) == 1 else None


def _of_row(
    record: Record,
    table: Table,
    row: Row,
    domains: Sequence[_Domain],
    tool: Mapping[str, Any],
    signs: Mapping[str, str],
) -> Entry:
    """Return the judgements of domains in a row."""
    keyed: Entry = {}
    others: list[Entry] = []
    for one in domains:
        judged = _read(record, table, row, one.judgement, tool, signs)
        if not judged:
            continue
        value = stated(judgement=judged, reason=table.cell(row, one.support or ""))
        if one.key is None or one.key in keyed:
            others.append({"name": one.name} | value)
        else:
            keyed[one.key] = value
    return stated(domains=keyed, other_domains=others)


def _read(
    record: Record, table: Table, row: Row, own: str | None, tool: Mapping[str, Any], signs: Mapping[str, str]
) -> str:
    text = "" if own is None else table.cell(row, own)
    found = _judgement(text, tool, signs)
    if found is None:
        words = listed(name.replace("_", " ") for name in tool["words"])
        record.note(
            place(row, own), f"`{text[:60]}` is not a judgement of the tool, whose judgements are {words}: not taken"
        )
    elif not found and text:
        record.note(place(row, own), f"`{text}`: left out")
    return found or ""


KIND = TableKind(_matches, _records)
