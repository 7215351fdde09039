"""A mapping proposed for a table, guessed from the names and cells of its columns, for a person to check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from evgrade.importing.found import glossary
from evgrade.importing.table import Table
from evgrade.importing.tables.cells import Unread, is_missing, read
from evgrade.importing.tables.studies import Labels, node, plain
from evgrade.yamlio.emit import flow_text, scalar_text

_known = partial(glossary, __file__)
_PAIR = re.compile(r"[-−]?[0-9][0-9.,]{0,20} {0,3}\( {0,3}[-−]?[0-9][0-9.,]{0,20} {0,3}%? {0,3}\)")
_A_NUMBER = re.compile(r"(?:(?<![0-9.\])])[-−])?[0-9]{1,12}(?:[.·][0-9]{1,12})?")
_FRACTION = re.compile(r"[0-9]{1,9} {0,3}/ {0,3}[0-9]{1,9}")
_SHOWN = 3


@dataclass(slots=True)
class _Guess:
    """The guessed meanings of columns.

    Attributes:
        fields, reference: field and column.
        arms: by outcome and role, field and column.
        cells: by outcome and role, column and pattern.
        stated: measure, column and pattern of an estimate with its interval.
        left: columns of unknown meaning.
    """

    fields: dict[str, str] = field(default_factory=dict)
    reference: dict[str, str] = field(default_factory=dict)
    arms: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    cells: dict[str, dict[str, list[tuple[str, str]]]] = field(default_factory=dict)
    stated: list[tuple[str, str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def guessed(table: Table, name: str) -> str:
    """Return a mapping for a table, as commented YAML."""
    labels = Labels(table)
    study = list(labels.columns[:1]) if labels.known else [table.columns[0]]
    own = labels.columns[1] if labels.known and len(labels.columns) > 1 else None
    if own is not None and plain(study[0]) in ("author", "authors", "firstauthor"):
        study.append(own)
    reviewer = next((one for one in table.columns if plain(one) == "reviewername"), None)
    guess = _guess(table, [*study[:1], *([reviewer] if reviewer else [])])
    return "\n".join(_lines(table, name, study, reviewer, guess)) + "\n"


def _guess(table: Table, taken: Sequence[str]) -> _Guess:
    known, guess = _known(), _Guess()
    names = {word: key for key, words in known["fields"].items() for word in words}
    papers = {word: key for key, words in known["reference"].items() for word in words}
    for one in table.columns:
        word, cells = plain(one), _examples(table, one)
        if one in taken or not cells:
            continue
        if word in papers:
            guess.reference.setdefault(papers[word], one)
        elif (measure := _measure(one)) and (pattern := _interval(cells)):
            guess.stated.append((measure, one, pattern))
        elif (found := names.get(word)) and found not in guess.fields:
            guess.fields[found] = one
        elif not _of_an_arm(one, cells, guess):
            guess.left.append(one)
    return guess


def _measure(column: str) -> str | None:
    """Return the measure in the name of a column, such as `HR (95% CI)`."""
    measures: Mapping[str, str] = _known()["measures"]
    return next((measures[word] for word in map(plain, re.split(r"[\s(\[,_.]+", column)) if word in measures), None)


def _interval(cells: Sequence[str]) -> str | None:
    """Return the pattern of an estimate and its interval that fits most cells."""
    forms = ["".join(_A_NUMBER.sub("#", cell).split()) for cell in cells]
    for pattern, form in _known()["patterns"]:
        if 2 * forms.count("".join(form.split())) >= len(forms):
            return str(pattern)
    return None


def _of_an_arm(column: str, cells: Sequence[str], guess: _Guess) -> bool:
    """Take a column as a number of an arm: `Deaths drug`, `n.ctrl`, `Mean (SD) placebo`; return whether it is one."""
    words = re.findall(r"[a-z]+|[0-9]+|%", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).casefold())
    roles, quantities = (
        {word: key for key, all_ in _known()[table].items() for word in map(str, all_)}
        for table in ("roles", "quantities")
    )
    role = next((word for word in reversed(words) if word in roles and len(word) > 1), None)
    role = role or next((word for word in reversed(words) if word in roles), None)
    if role is None:
        return False
    rest = [word for word in words if word != role]
    found = [quantities[word] for word in rest if word in quantities] + (["percent"] if "%" in rest else [])
    named = [word for word in rest if word not in quantities and word != "%" and word not in _known()["ignored"]]
    counted = next((word for word in rest if word in ("deaths", "died", "dead", "responders", "cases")), None)
    outcome = " ".join([*named, *([counted] if counted and not named else [])]) or ""
    if _mostly(_PAIR, cells):
        second = "{sd}" if found[:1] == ["mean"] or "sd" in found else "{percent}%"
        pattern = f"{'{mean}' if second == '{sd}' else '{events}'} ({second})"
        guess.cells.setdefault(outcome, {}).setdefault(roles[role], []).append((column, pattern))
        return True
    if _mostly(_FRACTION, cells):
        guess.cells.setdefault(outcome, {}).setdefault(roles[role], []).append((column, "{events}/{participants}"))
        return True
    if not found:
        found = ["events"] if named and all(re.fullmatch("[0-9]+", cell) for cell in cells) else []
    if not found:
        return False
    quantity = "percent" if "percent" in found else "events" if "events" in found else found[0]
    guess.arms.setdefault(outcome, {}).setdefault(roles[role], {}).setdefault(quantity, column)
    return True


def _mostly(form: re.Pattern[str], cells: Sequence[str]) -> bool:
    return 2 * sum(form.fullmatch(cell.strip()) is not None for cell in cells) >= len(cells)


def _examples(table: Table, column: str) -> list[str]:
    """Return the values in a column, each once."""
    return list(dict.fromkeys(cell for row in table.rows if not is_missing(cell := table.cell(row, column))))


# YAML


def _lines(table: Table, name: str, study: Sequence[str], reviewer: str | None, guess: _Guess) -> Iterator[str]:
    yield f"# Proposed for {name}. Review every line: it was guessed from column names and cell contents."
    yield f"# Then: evgrade import {name} --map THIS-FILE"
    yield "mapping: 1"
    yield "section: trials   # or observational, cases …"
    if "!" in table.name:
        yield f"sheet: {scalar_text(table.name.rpartition('!')[2])}"
    named = flow_text(study) if len(study) > 1 else scalar_text(study[0])
    yield f"study: {named}   # names the study; several columns: [Author, Year]"
    if reviewer is not None and any(cell.casefold() == "consensus" for cell in _examples(table, reviewer)):
        yield f"rows: {{{scalar_text(reviewer, flow=True)}: Consensus}}   # what the reviewers agreed on"
    yield "# decimal: comma   # or point, where numbers do not show it"
    if guess.fields:
        yield "fields:"
        for key, column in guess.fields.items():
            yield from _field(table, key, column)
    if "risk_of_bias.overall" in guess.fields:
        yield "  # risk_of_bias.tool: {is: RoB 2}"
        yield "  # risk_of_bias.judged_by: {is: the reviewers}"
    yield "  # allocation: {is: randomized}   # a fixed value, for all rows" if guess.fields else "# fields: {}"
    if guess.reference:
        yield "reference:   # the paper that reports the study"
        yield from (f"  {key}: {scalar_text(column)}" for key, column in guess.reference.items())
    yield from _effects(guess)
    if guess.left:
        yield "# These columns were not recognized; add them above, or list them under `ignored`."
        for one in guess.left:
            said = ", ".join(scalar_text(cell[:40]) for cell in _examples(table, one)[:_SHOWN])
            yield f"#   {scalar_text(one)}: such as {said}"


def _field(table: Table, key: str, column: str) -> Iterator[str]:
    """Yield the lines of a field, with the words of its column that need a meaning."""
    definition, *inside = ("risk_of_bias", "overall") if key == "risk_of_bias.overall" else ("trial", key)
    shape = node(definition, inside[0])
    unknown = []
    if "enum" in shape:
        unknown = [one for one in _examples(table, column) if isinstance(read(one, shape, inside[0], None), Unread)]
    if not unknown:
        yield f"  {key}: {scalar_text(column)}"
        return
    allowed = ", ".join(str(one).lower() for one in shape["enum"])
    yield f"  # `words` says what the words of the table mean: {allowed}"
    yield f"  {key}:"
    yield f"    column: {scalar_text(column)}"
    yield f"    # words: {flow_text(dict.fromkeys(unknown[:8], '…'))}"


def _effects(guess: _Guess) -> Iterator[str]:
    """Yield the lines of effects: those of two arms, then stated ones."""
    shared = guess.arms.get("", {})
    outcomes = [one for one in dict.fromkeys([*guess.arms, *guess.cells]) if _has_numbers(guess, one)]
    if not outcomes and not guess.stated:
        if shared:
            yield "arms:"
            for role, columns in shared.items():
                yield from _arm(role, columns, [], "  ", of_trial=True)
        return
    yield "effects:"
    for one in outcomes:
        yield "  - fields:"
        yield f"      outcome: {{is: {scalar_text(one or 'the outcome', flow=True)}}}   # as the report should call it"
        means = any("mean" in arm for arm in guess.arms.get(one, {}).values()) or "{mean}" in str(guess.cells.get(one))
        measure, fitting = ("MD", "MD, SMD or ratio_of_means") if means else ("RR", "RR, OR or RD")
        yield f"      # measure: {{is: {measure}}}   # say which: {fitting}"
        yield "    arms:"
        for role in ("intervention", "control"):
            columns = {"participants": shared[role]["participants"]} if "participants" in shared.get(role, {}) else {}
            cells = guess.cells.get(one, {}).get(role, [])
            if any("{participants}" in pattern for _, pattern in cells):
                columns = {}
            yield from _arm(role, columns | guess.arms.get(one, {}).get(role, {}), cells, "      ")
    for measure, column, pattern in guess.stated:
        yield "  - fields:"
        yield "      outcome: {is: the outcome}   # as the report should call it"
        yield f"      measure: {{is: {measure}}}"
        yield "      ci_level: {is: 95}"
        yield "    cells:"
        yield f"      - {flow_text({'column': column, 'pattern': pattern})}"


def _has_numbers(guess: _Guess, outcome: str) -> bool:
    arms = guess.arms.get(outcome, {}).values()
    return outcome in guess.cells or any(set(arm) - {"participants"} for arm in arms)


def _arm(
    role: str, columns: Mapping[str, str], cells: Sequence[tuple[str, str]], indent: str, *, of_trial: bool = False
) -> Iterator[str]:
    roles = {"intervention": "experimental", "control": "placebo_comparator"} if of_trial else {}
    yield f"{indent}- fields:"
    yield f"{indent}    name: {{is: {role.capitalize()}}}"
    if of_trial:
        yield f"{indent}    # role: {{is: {roles[role]}}}"
    else:
        yield f"{indent}    role: {{is: {role}}}"
    for key, column in columns.items():
        yield f"{indent}    {key}: {scalar_text(column)}"
    if cells:
        yield f"{indent}  cells:"
        for column, pattern in cells:
            yield f"{indent}    - {flow_text({'column': column, 'pattern': pattern})}"
