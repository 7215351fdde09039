"""Posted outcomes at ClinicalTrials.gov as effects: the numbers of each group, and each analysis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from evgrade.importing.ctgov.groups import Groups, groups_of
from evgrade.importing.ctgov.part import Part, number
from evgrade.importing.found import Entry, stated
from evgrade.importing.tree import LONGEST

_PEOPLE = r"(?:study )?(?:participant|patient|subject|people|person|individual|child|children|infant|women|men|adult)s?"
_IS_PEOPLE = re.compile(rf"(?:number of )?{_PEOPLE}", re.IGNORECASE)
_IS_PERCENT = re.compile(rf"(?:percentage|percent|%|proportion \(%\)) of {_PEOPLE}(?: \(%\))?", re.IGNORECASE)
_KAPLAN_MEIER = re.compile(r"kaplan|\bkm[- ]estimate|product[- ]limit", re.IGNORECASE)
_CUMULATIVE = re.compile(r"cumulative incidence", re.IGNORECASE)
_MAY_BE_SURVIVAL = re.compile(r"surviv|probabilit|[- ]free\b|\bestimated\b|time[- ]to[- ]", re.IGNORECASE)
_SPREADS = {
    "STANDARD_DEVIATION": ("sd",),
    "STANDARD_ERROR": ("se",),
    "STANDARD_ERROR_OF_MEAN": ("se",),
    "STANDARD_ERROR_OF_THE_MEAN": ("se",),
    "INTER_QUARTILE_RANGE": ("q1", "q3"),
    "INTERQUARTILE_RANGE": ("q1", "q3"),
    "FULL_RANGE": ("min", "max"),
    "95%_CONFIDENCE_INTERVAL": ("ci_low", "ci_high"),
    "CONFIDENCE_INTERVAL_95": ("ci_low", "ci_high"),
    "CI_95": ("ci_low", "ci_high"),
}
_TIMING = {"PRIMARY": True, "SECONDARY": False, "OTHER_PRE_SPECIFIED": False, "POST_HOC": False}


class _Row(NamedTuple):
    """The numbers of a class and category: as arms if a dossier has a field for them, else as printed."""

    label: str
    arms: list[Entry]
    printed: str
    keys: frozenset[str]


def effects_of(measure: Part, study: Entry) -> list[Entry]:
    """Return the effects in an outcome measure."""
    title = measure.text("title")
    if not title or measure.text("reportingStatus") == "NOT_POSTED":
        measure.note("an outcome without results" if title else "an outcome without a title")
        return []
    common: Entry = {"outcome": title}
    kind, frame = measure.text("type"), measure.text("timeFrame")
    if kind in _TIMING:
        common["primary"] = _TIMING[kind]
        measure.taken("type")
    after = stated(time_point=frame)
    people = _people(measure) or next((found for one in measure.items("classes") if (found := _people(one))), {})
    groups = groups_of(measure.items("groups"), people, study)
    if groups.why:
        measure.reading.note(f"{measure.pointer}/groups", f"numbers by group are given as text only: {groups.why}")
    rows = _rows(measure, groups, study)
    unit = measure.text("unitOfMeasure")
    analyses = [
        (found, keys)
        for analysis in measure.items("analyses")
        for found, keys in analysed(analysis, groups.titles, unit)
    ]
    effects = []
    if len(rows) == len(analyses) == 1 and rows[0].arms and not rows[0].label and rows[0].keys == analyses[0][1]:
        found = analyses[0][0]
        notes = f"{found.pop('notes', '')} {rows[0].printed}".strip()
        effects = [common | after | stated(unit=unit) | found | _row(rows[0], notes)]
    else:
        effects = [common | after | found for found, _ in analyses]
        for row in rows:
            named = common | ({"outcome": f"{title}: {row.label}"[:LONGEST]} if row.label else {})
            effects.append(named | after | stated(unit=unit) | _row(row, row.printed))
    if not effects:
        measure.note("an outcome without a usable number")
        return []
    measure.taken("title", "timeFrame", "unitOfMeasure", "reportingStatus", "paramType", "dispersionType")
    if kind == "POST_HOC":
        for effect in effects:
            effect["notes"] = f"Not planned: post hoc. {effect.get('notes', '')}".strip()
    return effects


def _row(row: _Row, notes: str) -> Entry:
    return stated(arms=row.arms, notes=notes[:LONGEST])


def _people(owner: Part) -> dict[str, int]:
    """Return how many participants were analysed in each group."""
    found: dict[str, int] = {}
    for denominator in owner.items("denoms"):
        if not _IS_PEOPLE.fullmatch(denominator.text("units")):
            continue
        denominator.taken("units")
        for one in denominator.items("counts"):
            size = one.count("value")
            if size is not None and one.text("groupId") not in found:
                one.taken("groupId", "value")
                found[one.text("groupId")] = size
    return found


def _rows(measure: Part, groups: Groups, study: Entry) -> list[_Row]:
    units = measure.text("typeUnitsAnalyzed")
    of_people = not units or bool(_IS_PEOPLE.fullmatch(units))
    if of_people:
        measure.taken("typeUnitsAnalyzed", "denomUnitsSelected")
    everyone = _people(measure)
    rows = []
    for part in measure.items("classes"):
        own = _people(part)
        for category in part.items("categories"):
            label = ", ".join(filter(None, (part.take("title"), category.take("title"))))
            sizes = own if "denoms" in part.data else everyone
            row = _numbers(measure, category, groups if of_people else Groups(groups.titles), sizes, study)
            if row is not None:
                rows.append(_Row(label, *row))
    if rows and not of_people:
        measure.note(
            f"counts {units[:60]}, not participants: numbers by group are given as text only", "typeUnitsAnalyzed"
        )
    return rows


def _numbers(
    measure: Part, category: Part, groups: Groups, sizes: Mapping[str, int], study: Entry
) -> tuple[list[Entry], str, frozenset[str]] | None:
    """Return the numbers of the groups in a category: as arms if a dossier has a field for them, others as printed."""
    arms: dict[str, Entry] = {}
    printed: list[str] = []
    how = _field(measure)
    shown = {key for key in sizes if key in groups.apart}
    total, most = sum(sizes[key] for key in shown), study.get("participants")
    too_many = most is not None and total > most
    for each in category.items("measurements"):
        key = each.text("groupId")
        if key not in groups.titles or key in arms:
            each.note(f"`{key[:40]}` is not a group of its own here")
            continue
        value = each.number("value")
        if value is None:
            said, why = each.text("value"), each.text("comment")
            each.note(f"`{said[:40]}` is not a number{f' ({why[:200]})' if why else ''}" if said else "no value")
            continue
        found = {} if too_many or key not in groups.apart else how.entry(value, sizes.get(key))
        if found:
            each.taken("groupId", "value")
            about = stated(name=groups.titles[key], role=groups.sides.get(key), participants=sizes.get(key))
            arms[key] = about | found | how.around(each)
        elif groups.why or too_many or key in groups.apart or not groups.apart:
            printed.append(_printed(each, groups.titles[key], sizes.get(key)))
        else:
            each.note(f"of `{groups.titles[key][:60]}`, which counts participants of other groups again")
    if too_many:
        message = (
            f"{total} participants are analysed, and the study has {most}: numbers by group are given as text only"
        )
        category.reading.note(category.pointer, message)
    if not arms and not printed:
        return None
    text = f"{how.words}: {'; '.join(printed)}." if printed else ""
    return list(arms.values()), text, frozenset(arms)


def _printed(each: Part, title: str, people: int | None) -> str:
    """Return the number of a group as printed in the record."""
    each.taken("groupId", "value", "spread", "lowerLimit", "upperLimit")
    spread, low, high = (each.text(key) for key in ("spread", "lowerLimit", "upperLimit"))
    around = ", ".join(filter(None, (spread, f"{low} to {high}" if low or high else "")))
    value = str(each.data["value"]).strip()
    return f"{title} {value}" + (f" ({around})" if around else "") + ("" if people is None else f", n = {people}")


@dataclass(frozen=True, slots=True)
class _Field:
    """The fields for the numbers of an outcome.

    Attributes:
        name: the field of an arm; empty if there is none.
        spread: the fields for its spread.
        kind: the kind of a percentage that is not a share of the participants analysed.
        words: the meaning of the numbers in the words of the record.
    """

    name: str
    spread: tuple[str, ...]
    kind: str
    words: str

    def entry(self, value: int | Decimal, people: int | None) -> Entry:
        """Return a number as a field of an arm; nothing if it has no field or is impossible."""
        if self.name == "events" and not (isinstance(value, int) and people is not None and 0 <= value <= people):
            return {}
        if self.name == "percent" and not 0 <= value <= 100:
            return {}
        return {self.name: value} | stated(percent_kind=self.kind) if self.name else {}

    def around(self, each: Part) -> Entry:
        """Return a spread as fields of an arm."""
        if len(self.spread) == 1:
            value = each.number("spread")
            if value is None or value < 0:
                return {}
            each.taken("spread")
            return {self.spread[0]: value}
        low, high = each.number("lowerLimit"), each.number("upperLimit")
        if not self.spread or low is None or high is None or low > high:
            return {}
        each.taken("lowerLimit", "upperLimit")
        return {self.spread[0]: low, self.spread[1]: high}


def _field(measure: Part) -> _Field:
    kind, unit = measure.text("paramType").upper().replace(" ", "_"), measure.text("unitOfMeasure")
    spread = measure.text("dispersionType")
    shown = ", ".join(filter(None, (kind.capitalize().replace("_", " ") or "Number", spread, unit)))
    if kind in ("MEAN", "MEDIAN"):
        name = re.sub("[ -]", "_", spread.upper())
        return _Field(kind.lower(), _SPREADS.get(name, ()), "", shown)
    if kind in ("COUNT_OF_PARTICIPANTS", "NUMBER") and _IS_PEOPLE.fullmatch(unit):
        return _Field("events", (), "", shown)
    if kind == "NUMBER" and _IS_PERCENT.fullmatch(unit):
        said = " ".join(measure.text(key) for key in ("title", "description", "populationDescription"))
        how = "kaplan_meier" if _KAPLAN_MEIER.search(said) else ""
        how = how or ("cumulative_incidence" if _CUMULATIVE.search(said) else "")
        # An estimate over time of unknown method is not a share of participants counted.
        return _Field("" if not how and _MAY_BE_SURVIVAL.search(said) else "percent", (), how, shown)
    return _Field("", (), "", shown)


# Analyses: measure, estimate, interval, p value or test statistic

_HOW = frozenset(
    {
        *("adjusted", "unadjusted", "stratified", "unstratified", "estimated", "common", "crude", "cox"),
        *("mantel-haenszel", "treatment", "absolute", "incidence"),
    }
)
"""Words for the method or the subject of an estimate, which do not tell its measure."""
_LS = r"(?:(?:ls|lsm|least[- ]squares?'?) )?"
_IS_LS = re.compile(r"\b(?:ls|lsm|least[- ]squares?|adjusted)", re.IGNORECASE)
_STATISTIC = r"(?:[- ](?:statistics?|value|test|ratio|score))?"
_MEASURES = (
    (re.compile(r"(?:hazard|odds|risk) ratio,? log|log (?:hazard|odds|risk) ratio"), "log_ratio"),
    (re.compile(r"hazards? ratio|hr"), "HR"),
    (re.compile(r"odds ratio|or"), "OR"),
    (re.compile(r"(?:risk ratio|relative risk)|rr"), "RR"),
    (re.compile(r"rate ratio"), "rate_ratio"),
    (re.compile(r"risk difference|rd"), "RD"),
    (re.compile(rf"{_LS}means? difference|lsm difference|md"), "MD"),
    (re.compile(rf"difference (?:of|in|between) (?:the )?{_LS}(?:means?|lsmeans?)"), "MD"),
    (re.compile(r"standardi[sz]ed mean difference|cohen'?s d|hedges'? g|smd"), "SMD"),
    (re.compile(rf"(?:geometric )?{_LS}means? ratio|gmr"), "ratio_of_means"),
    (re.compile(rf"ratio of (?:the )?(?:geometric )?{_LS}(?:geometric )?(?:means?|lsmeans?)"), "ratio_of_means"),
)
_TESTS = (
    (re.compile(rf"f{_STATISTIC}"), "F"),
    (re.compile(rf"(?:student'?s )?t{_STATISTIC}"), "t"),
    (re.compile(rf"z{_STATISTIC}"), "z"),
    (
        re.compile(rf"(?:pearson'?s? |wald |mantel-haenszel )?(?:chi[- ]?squared?|\u03c7[2\u00b2]|x2){_STATISTIC}"),
        "chi2",
    ),
)
RATIOS = frozenset({"HR", "OR", "RR", "rate_ratio", "ratio_of_means"})
_P = re.compile(
    r"(?:p ?)?(=|[<>]=?|[\u2264\u2265])? ?([01]?\.[0-9]{1,15}|[01]|[0-9](?:\.[0-9]{1,9})?e-[0-9]{1,3})", re.IGNORECASE
)
_NOT_ESTIMABLE = re.compile(
    r"not (?:be )?(?:estima|evaluable|reached|calcul|comput|determin)|could not be|insufficient|too few|non-estimable",
    re.IGNORECASE,
)
_WORDS = (
    ("statisticalMethod", "Method"),
    ("statisticalComment", "On the method"),
    ("groupDescription", "On the analysis"),
    ("nonInferiorityComment", "On the hypothesis"),
    ("pValueComment", "On p"),
    ("estimateComment", "On the estimate"),
    ("ciLowerLimitComment", "On the lower limit"),
    ("ciUpperLimitComment", "On the upper limit"),
    ("otherAnalysisDescription", "Other analysis"),
)


def analysed(analysis: Part, titles: Mapping[str, str], unit: str) -> Iterator[tuple[Entry, frozenset[str]]]:
    """Yield the effect in an analysis and the groups that it compares; nothing if it has no number."""
    found, said = _estimate(analysis, unit)
    found |= _p(analysis)
    if not found:
        analysis.note("an analysis without a usable estimate or p value")
        return
    words = [said, *(f"{name}: {analysis.take(key)}" for key, name in _WORDS if analysis.text(key))]
    keys = analysis.texts("groupIds")
    if keys and all(key in titles for key in keys):
        analysis.taken("groupIds")
        if len(keys) > 1:
            found["comparison"] = " / ".join(titles[key] for key in keys)[:LONGEST]
        elif len(titles) > 1:
            words.insert(0, f"Group: {titles[keys[0]]}")
    if any(words):
        found["notes"] = " ".join(one if one.endswith(".") else f"{one}." for one in words if one)[:LONGEST]
    yield found, frozenset(keys)


def _measure(kind: str) -> tuple[str, str]:
    """Return the measure in free text, and the test statistic if it is one instead."""
    words = re.sub(r"[(\[][^()\[\]]*+[)\]]", " ", kind).casefold().split()
    plain = " ".join(one for one in words if one not in _HOW)
    if not re.search("%|percent", kind, re.IGNORECASE):
        for pattern, measure in _MEASURES:
            if pattern.fullmatch(plain):
                return measure, ""
    return "other", next((one for pattern, one in _TESTS if pattern.fullmatch(plain)), "")


def _estimate(analysis: Part, unit: str) -> tuple[Entry, str]:
    """Return the estimate with its interval, or a test statistic; and in words whatever has no field."""
    kind, printed = analysis.text("paramType"), str(analysis.data.get("paramValue") or "").strip()
    value = analysis.number("paramValue")
    if value is None or not kind:
        if printed or kind:
            why = analysis.text("estimateComment")
            shown = f"{kind[:60] or 'a parameter without a name'}: {printed[:40] or 'no value'}"
            analysis.note(f"`{shown}` is not an estimate{f' ({why[:200]})' if why else ''}", "paramValue")
            analysis.taken("paramType")
        return {}, ""
    measure, statistic = _measure(kind)
    if statistic:
        if statistic in ("F", "chi2") and value < 0:
            analysis.note(f"{statistic} = {printed[:40]} is impossible", "paramValue")
            return {}, ""
        analysis.taken("paramType", "paramValue")
        return {"test": {"statistic": statistic, "value": value}}, ""
    around = _interval(analysis, value)
    numbers = [one for one in (value, *around.values()) if isinstance(one, int | Decimal)]
    if measure in RATIOS and any(one < 0 for one in numbers):
        analysis.note(f"{kind[:60]} {printed[:40]} with its interval cannot be a ratio", "paramValue")
        analysis.taken("paramType", "ciLowerLimit", "ciUpperLimit")
        return {}, ""
    analysis.taken("paramType", "paramValue")
    found: Entry = {"measure": measure, "estimate": value} | around | _error(analysis, measure)
    words = f"Parameter: {kind}"
    if measure == "other" and (null := _null(kind)) is not None:
        found["null_value"] = null
    if (measure in ("MD", "other") and null_is_difference(kind)) or (measure == "RD" and re.search("%|percent", unit)):
        found |= stated(unit=unit)
    return found, words if measure in ("other", "log_ratio") or _IS_LS.search(kind) else ""


def null_is_difference(kind: str) -> bool:
    """Whether a parameter is a difference, which has the unit of the outcome."""
    return "difference" in kind.casefold() and not re.search("ratio|percent|%", kind, re.IGNORECASE)


def _null(kind: str) -> int | None:
    """Return the value of no effect, if the name of a parameter leaves no doubt."""
    plain = kind.casefold()
    if "difference" in plain and "ratio" not in plain:
        return 0
    return 1 if "ratio" in plain and not re.search(r"\blog|difference", plain) else None


def _interval(analysis: Part, value: int | Decimal) -> Entry:
    """Return the interval of an estimate: both limits, or the only one."""
    keys = ("ciLowerLimit", "ciUpperLimit")
    texts = [analysis.text(key) or str(analysis.data.get(key) or "") for key in keys]
    if not any(key in analysis.data for key in keys):
        return {}
    bounds: list[int | Decimal | str | None] = [analysis.number(key) for key in keys]
    level, sides = analysis.number("ciPctValue"), analysis.text("ciNumSides").upper().replace("-", "_")
    numbers = [one for one in bounds if isinstance(one, int | Decimal)]
    shown = f"`{texts[0][:40]}` to `{texts[1][:40]}`"
    why = ""
    if not numbers:
        why = "no limit is a number"
    elif level is None or not 0 < level < 100:
        why = "its level is unknown"
    elif sides not in ("", "TWO_SIDED", "1_SIDED", "2_SIDED", "ONE_SIDED"):
        why = f"it has `{sides[:40]}` sides"
    elif sides in ("ONE_SIDED", "1_SIDED") and len(numbers) == 2:
        why = "it is one-sided and has two limits"
    elif (bounds[0] in numbers and bounds[0] > value) or (bounds[1] in numbers and bounds[1] < value):  # type: ignore[operator]
        why = f"the estimate {value} is outside it"
    if why:
        analysis.note(f"the interval {shown} was not taken: {why}", "ciLowerLimit")
        analysis.taken(*keys, "ciPctValue", "ciNumSides")
        return {}
    one_sided = sides in ("ONE_SIDED", "1_SIDED")
    for at, key in enumerate(keys):
        if bounds[at] is None and not one_sided and _is_not_estimable(texts[at], analysis.text(f"{key}Comment")):
            bounds[at] = "not_estimable"
        elif bounds[at] is None and texts[at] and not one_sided:
            analysis.note(f"`{texts[at][:40]}` is not a number", key)
    analysis.taken(*keys, "ciPctValue", "ciNumSides")
    found = {name: bound for name, bound in zip(("ci_low", "ci_high"), bounds, strict=True) if bound is not None}
    return found | stated(ci_level=level, ci_sides="one" if one_sided else None)


def _is_not_estimable(said: str, why: str) -> bool:
    plain = said.strip(" .").casefold()
    return plain in ("ne", "nr", "not estimable", "not reached") or (
        plain in ("na", "n/a") and bool(_NOT_ESTIMABLE.search(why))
    )


def _error(analysis: Part, measure: str) -> Entry:
    """Return the standard error of an estimate, but not of a ratio, which may be that of its logarithm."""
    kind, value = analysis.text("dispersionType").upper().replace(" ", "_"), analysis.number("dispersionValue")
    if kind.startswith("STANDARD_ERROR") and value is not None and value > 0 and measure not in RATIOS:
        analysis.taken("dispersionType", "dispersionValue")
        return {"se": value}
    return {}


def _p(analysis: Part) -> Entry:
    """Return the p value and what it tests."""
    said = analysis.text("pValue") or str(analysis.data.get("pValue") or "")
    if not said:
        return {}
    p = _P.fullmatch(said)
    value = p and number(p[2])
    if p is None or value is None or not 0 < value <= 1 or (value == 1 and (p[1] or "=")[0] in ">\u2265"):
        analysis.note(f"`{said[:40]}` is not a usable p value", "pValue")
        return {}
    analysis.taken("pValue")
    found: Entry = {"p": value if p[1] in (None, "=") else f"{p[1]} {p[2]}"}
    hypothesis = analysis.text("nonInferiorityType")
    if hypothesis.startswith(("NON_INFERIORITY", "EQUIVALENCE")) and "_OR_" not in hypothesis:
        found["p_for"] = "noninferiority" if hypothesis.startswith("NON") else "equivalence"
        analysis.taken("nonInferiorityType")
    elif hypothesis in ("SUPERIORITY", "SUPERIORITY_LEGACY"):
        analysis.taken("nonInferiorityType")
    return found
