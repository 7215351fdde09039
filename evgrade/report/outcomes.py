"""Findings on each outcome, in numbers and words: the rows of a summary of findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from evgrade.computed.absolute import PER, Absolute
from evgrade.computed.numbers import Numbers, OutcomeNumbers
from evgrade.computed.words import estimate_words, needed_words, people_words, stated_words
from evgrade.dossier import Dossier
from evgrade.facts.effects import interval, no_effect
from evgrade.facts.known import known
from evgrade.grading.assess import certainties
from evgrade.grading.assessment import Assessment
from evgrade.grading.resting import affected
from evgrade.render.page import capitalized, spaced
from evgrade.report.references import Numbering
from evgrade.stats.normal import Estimate
from evgrade.yamlio.reader import read

DOMAINS = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
"""The reasons to rate down certainty, in GRADE's order."""
_UPGRADES = ("large_effect", "dose_response", "plausible_confounding")
_NO_CONCERN = frozenset({"not_serious", "undetected", "no", None})
UNSURE = ("very_low", "not_rated")
"""Certainty too low to state numbers of people."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """The reason for a judgement that changed the certainty, with its letter."""

    letter: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement in the evidence profile, with the letter of its reason."""

    words: str
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A row of the summary of findings.

    Attributes:
        name: the outcome, by its lay name if it has one.
        technical: the outcome's name in the dossier, if different.
        importance: its importance to patients.
        comparison: the id of its comparison; empty for none.
        design: the design of the studies.
        studies, people: their numbers; empty if not stated.
        relative: the relative effect.
        computed: whether evgrade computed it because none is stated.
        absolute: the absolute effect.
        without, with_therapy, difference: the same in words, per 1,000; empty if not known.
        risk_of: whose risk `without` is.
        needed: the number needed to treat, in words.
        certainty: the certainty by GRADE.
        possible: all possible levels of certainty.
        stated: the certainty that the reviewers state; empty if they state none.
        retracted: whether it rests on retracted papers, or pools results of some.
        letters: the letters of the footnotes that explain the certainty.
        profile: the judgements on the five domains and on reasons to rate up, for the evidence profile.
        sentence: the finding in the wording of GRADE's table, by the stated certainty if evgrade could not rate it.
        plain: the finding for lay readers, with numbers only if the certainty allows them.
        icons: an icon array of 1,000 people, if the certainty allows numbers.
        cited: the numbers of its references.
    """

    name: str
    technical: str
    importance: str
    comparison: str
    design: str
    studies: str
    people: str
    relative: str
    computed: bool
    absolute: Absolute | None
    without: str
    with_therapy: str
    difference: str
    risk_of: str
    needed: str
    certainty: str
    possible: tuple[str, ...]
    stated: str
    retracted: bool
    letters: str
    profile: tuple[Judged, ...]
    sentence: str
    plain: tuple[str, ...]
    icons: tuple[Group, ...]
    cited: tuple[int, ...]


def findings_of(
    dossier: Dossier, graded: Assessment | None, numbers: Numbers, numbering: Numbering
) -> tuple[tuple[Finding, ...], tuple[Footnote, ...]]:
    """Return the findings on all outcomes, critical ones first, and the reasons for their certainty.

    Args:
        dossier: the dossier.
        graded: its assessment under GRADE; None if not requested.
        numbers: the numbers that evgrade computed.
        numbering: the numbering of references.
    """
    footnotes: list[Footnote] = []
    ranks = {"critical": 0, "important": 1}
    outcomes = list(enumerate(dossier.data.get("outcomes", ())))
    outcomes.sort(key=lambda one: ranks.get(one[1].get("importance", ""), 2))
    counted = {one.path: one for one in numbers.outcomes}
    certainty = certainties(graded)
    retracted = {path[:2] for paths in affected(dossier.data, dossier.retracted) for path in paths}
    rows = tuple(
        _finding(
            dossier,
            number,
            outcome,
            counted.get(path),
            certainty.get(number),
            footnotes,
            numbering,
            retracted=path in retracted,
        )
        for number, outcome in outcomes
        for path in [("outcomes", number)]
    )
    return rows, tuple(footnotes)


def _finding(
    dossier: Dossier,
    number: int,
    outcome: Mapping[str, Any],
    counted: OutcomeNumbers | None,
    rated: tuple[str, tuple[str, ...]] | None,
    footnotes: list[Footnote],
    numbering: Numbering,
    *,
    retracted: bool,
) -> Finding:
    effect = known(outcome, "effect") or {}
    relative = stated_words(effect, ("outcomes", number, "effect"), dossier.document.written)
    pooled = counted.pooled_effect if counted else None
    is_computed = not relative and pooled is not None
    if is_computed and pooled is not None and pooled.pooling.effect and pooled.pooling.measure:
        relative = estimate_words(pooled.pooling.measure, pooled.pooling.effect.estimate)
    absolute = counted.in_people if counted else None
    grade, possible = rated or ("not_rated", ())
    stated = known(known(outcome, "certainty") or {}, "judgement") or ""
    worded = stated if grade == "not_rated" and stated else grade
    profile, letters = _profile(outcome, footnotes)
    name, technical = known(outcome, "lay_name") or outcome["name"], outcome["name"]
    therapy = in_sentence(dossier.data["therapy"]["name"], dossier.document.text)
    return Finding(
        name=name,
        technical="" if technical == name else technical,
        importance=known(outcome, "importance") or "",
        comparison=outcome.get("comparison_id", ""),
        design=spaced(known(outcome, "design") or ""),
        studies=_count(known(outcome, "studies")),
        people=_count(known(outcome, "participants")),
        relative=relative,
        computed=is_computed,
        absolute=absolute,
        without="" if absolute is None or absolute.without is None else _per_thousand(absolute.without),
        with_therapy="" if absolute is None or absolute.with_therapy is None else _range(absolute),
        difference="" if absolute is None else people_words(absolute),
        risk_of="" if absolute is None else absolute.risk_of,
        needed="" if absolute is None else needed_words(absolute),
        certainty=grade,
        possible=possible,
        stated=stated,
        retracted=retracted,
        letters=letters,
        profile=profile,
        sentence=_sentence(therapy, _small(technical), outcome, worded),
        plain=tuple(_plain(therapy, name, outcome, worded, absolute)),
        icons=() if retracted else _icons(absolute, worded, therapy),
        cited=numbering.cite([*outcome.get("refs", ()), *effect.get("refs", ())]),
    )


def _count(number: float | None) -> str:
    return "" if number is None else f"{int(number):,}"


def _profile(outcome: Mapping[str, Any], footnotes: list[Footnote]) -> tuple[tuple[Judged, ...], str]:
    """Return the judgements of the evidence profile, and the letters of those that changed the certainty."""
    profile, letters = [], []
    for name in (*DOMAINS, *_UPGRADES):
        stated = known(outcome, name) or {}
        judgement = known(stated, "judgement")
        letter = ""
        if judgement not in _NO_CONCERN:
            letter = _letter(len(footnotes))
            why = known(stated, "reason") or "no reason is given"
            footnotes.append(Footnote(letter, f"{spaced(name)}, {spaced(judgement)}: {why}"))
            letters.append(letter)
        profile.append(Judged(spaced(judgement or "not rated"), letter))
    return tuple(profile), ",".join(letters)


def _letter(number: int) -> str:
    """Return the letter for a number from 0: a to z, then aa, ab and so on."""
    first, last = divmod(number, 26)
    return (_letter(first - 1) if first else "") + chr(ord("a") + last)


# Absolute effects


def _per_thousand(number: float) -> str:
    return f"{number:,.0f}" if number >= 1 or number == 0 else f"{number:.1g}"


def _range(absolute: Absolute) -> str:
    shown = absolute.with_therapy
    if shown is None:
        return ""
    return f"{_per_thousand(shown.value)} ({_per_thousand(shown.low)} to {_per_thousand(shown.high)})"


def _icons(absolute: Absolute | None, grade: str, therapy: str) -> tuple[Group, ...]:
    """Return an icon array of 1,000 people with and without the therapy; empty if the evidence allows no numbers."""
    if grade in UNSURE or absolute is None or absolute.without is None or absolute.with_therapy is None:
        return ()
    without, with_therapy = round(absolute.without), round(absolute.with_therapy.value)
    if not without or not with_therapy:
        return ()  # an empty picture would suggest that it cannot happen
    both, change = min(without, with_therapy), abs(without - with_therapy)
    less = with_therapy <= without
    spared = f"have it only without {therapy}" if less else f"have it only with {therapy}"
    groups = (
        ("event", both, f"have it with or without {therapy}"),
        ("spared" if less else "added", change, spared),
        ("rest", PER - both - change, "do not have it either way"),
    )
    return grouped(*(group for group in groups if group[1]))


# Icon arrays: 1,000 people as a grid, some of them marked

ACROSS, DOWN, CELL = 50, 20, 8


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, in units of the drawing."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Group:
    """People in the grid with the same outcome: their number, a description, and the areas that they fill."""

    kind: str
    number: int
    words: str
    areas: tuple[Area, ...]


def areas(start: int, end: int) -> tuple[Area, ...]:
    """Return the rectangles that cover the cells from `start` up to `end`, row by row."""
    found = []
    while start < end:
        row, column = divmod(start, ACROSS)
        if column == 0 and end - start >= ACROSS:
            rows = (end - start) // ACROSS
            found.append(Area(0, row * CELL, ACROSS * CELL, rows * CELL))
            start += rows * ACROSS
        else:
            cells = min(ACROSS - column, end - start)
            found.append(Area(column * CELL, row * CELL, cells * CELL, CELL))
            start += cells
    return tuple(found)


def grouped(*groups: tuple[str, int, str]) -> tuple[Group, ...]:
    """Place groups, each a kind, a number and a description, one after another in the grid."""
    found, start = [], 0
    for kind, number, words in groups:
        end = min(ACROSS * DOWN, start + number)
        found.append(Group(kind, number, words, areas(start, end)))
        start = end
    return tuple(found)


# In words


def _direction(outcome: Mapping[str, Any]) -> int | None:
    """Return -1 for fewer or lower, 1 for more or higher; None if the interval leaves it open."""
    effect = known(outcome, "effect") or {}
    ends, null = interval(effect), no_effect(known(effect, "measure"))
    if ends is None or null is None:
        return None
    if ends[1].high < null:
        return -1
    return 1 if ends[0].low > null else None


def _small(name: str) -> str:
    """Return the name of an outcome within a sentence; two capitals at its start mark an abbreviation."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _sentence(therapy: str, name: str, outcome: Mapping[str, Any], grade: str) -> str:
    """Return a finding in the wording of GRADE's table; the reviewers judge the size of the effect."""
    table = wording()["findings"].get(grade, wording()["findings"]["not_rated"])
    size = known(known(outcome, "effect_size") or {}, "judgement") or "unsized"
    direction = _direction(outcome)
    if "any" in table:
        template = table["any"]
    elif size != "trivial" and direction is None:
        template = wording()["unclear"]
    else:
        template = table[size]
    less = direction is None or direction < 0
    text: str = template.format(
        therapy=therapy,
        outcome=name,
        change="reduction" if less else "increase",
        changes="reduces" if less else "increases",
        change_plain="reduce" if less else "increase",
    )
    return capitalized(text) + "."


def _plain(therapy: str, name: str, outcome: Mapping[str, Any], grade: str, absolute: Absolute | None) -> Iterator[str]:
    """Yield a finding for lay readers, with its name first, so that any name fits."""
    phrasing = _sentence(therapy, "this", outcome, grade)
    yield f"{capitalized(name)}: {phrasing if phrasing.startswith('The ') else _within(therapy, phrasing)}"
    shown = None if absolute is None else absolute.with_therapy
    if shown is None or absolute is None or absolute.without is None or grade in UNSURE:
        return
    without, with_it = absolute.without, shown.value
    if without == 0 or with_it == 0:
        whose = [f"{word} {therapy}" for word, number in (("without", without), ("with", with_it)) if number == 0]
        yield f"Nobody {' or '.join(whose)} had this in these studies. That does not mean that it cannot happen."
        whose_other = "with" if without == 0 else "without"
        if without or with_it:
            yield f"Of 1,000 people {whose_other} {therapy}, {_about(without or with_it)} have this."
        return
    yield f"Of 1,000 people without {therapy}, {_about(without)} have this."
    yield f"Of 1,000 people with {therapy}, {_about(with_it)} do: {_apart(absolute.difference)}."


def _within(therapy: str, phrasing: str) -> str:
    """Return a sentence to follow a colon: in lower case, unless it begins with a capitalized therapy."""
    return (
        therapy + phrasing[len(therapy) :]
        if phrasing[1:].startswith(therapy[1:])
        else phrasing[:1].lower() + phrasing[1:]
    )


def _about(number: float) -> str:
    return f"about {number:,.0f}" if number >= 1 else "fewer than 1"


def _apart(difference: Estimate) -> str:
    """Return a difference with its interval: «97 fewer (it may be 35 to 154 fewer)»."""
    low, high = difference.low, difference.high
    if low < 0 < high:
        range_ = f"{-low:,.0f} fewer to {high:,.0f} more"
    else:
        least, most = sorted((abs(low), abs(high)))
        range_ = f"{least:,.0f} to {most:,.0f} {'fewer' if low < 0 else 'more'}"
    return f"{abs(difference.value):,.0f} {'fewer' if difference.value < 0 else 'more'} (it may be {range_})"


# Names in sentences, and the templates of findings


@cache
def wording() -> Mapping[str, Any]:
    """Return the templates for findings in words."""
    path = FilePath(__file__).with_name("wording.yaml")
    found: Mapping[str, Any] = read(path.read_bytes(), path.name).data
    return found


def in_sentence(name: str, text: str) -> str:
    """Return a name for the middle of a sentence: in lower case if the dossier uses it so anywhere."""
    small = name[:1].lower() + name[1:]
    words = r"\s+".join(re.escape(word) for word in small.split())
    return small if small != name and re.search(rf"(?<![\w./@:#-]){words}(?![\w/@-])", text) else name
