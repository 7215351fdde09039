"""One analysis of an outcome at ClinicalTrials.gov: measure, estimate, interval, p value or test statistic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from evgrade.importing.ctgov.part import Part, number
from evgrade.importing.tree import LONGEST

Entry = dict[str, Any]

_HOW = frozenset(
    {
        *("adjusted", "unadjusted", "stratified", "unstratified", "estimated", "common", "crude", "cox"),
        *("mantel-haenszel", "treatment", "absolute", "incidence"),
    }
)
"""Words that say how an estimate was made, or of what, and not which measure it is."""
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
    """Yield what an analysis states with the groups that it compares; nothing if it states no number."""
    found, said = _estimate(analysis, unit)
    found |= _p(analysis)
    if not found:
        analysis.note("an analysis without an estimate and a p value that can be taken")
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
    """Return a measure, and a test statistic instead of one, from free text."""
    words = re.sub(r"[(\[][^()\[\]]*+[)\]]", " ", kind).casefold().split()
    plain = " ".join(one for one in words if one not in _HOW)
    if not re.search("%|percent", kind, re.IGNORECASE):
        for pattern, measure in _MEASURES:
            if pattern.fullmatch(plain):
                return measure, ""
    return "other", next((one for pattern, one in _TESTS if pattern.fullmatch(plain)), "")


def _estimate(analysis: Part, unit: str) -> tuple[Entry, str]:
    """Return the estimate with its interval, or a test statistic; and what has no field, in words."""
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
            analysis.note(f"{statistic} = {printed[:40]} cannot be", "paramValue")
            return {}, ""
        analysis.taken("paramType", "paramValue")
        return {"test": {"statistic": statistic, "value": value}}, ""
    around = _interval(analysis, value)
    stated = [one for one in (value, *around.values()) if isinstance(one, int | Decimal)]
    if measure in RATIOS and any(one < 0 for one in stated):
        analysis.note(f"{kind[:60]} {printed[:40]} with its interval cannot be a ratio", "paramValue")
        analysis.taken("paramType", "ciLowerLimit", "ciUpperLimit")
        return {}, ""
    analysis.taken("paramType", "paramValue")
    found: Entry = {"measure": measure, "estimate": value} | around | _error(analysis, measure)
    words = f"Parameter: {kind}"
    if measure == "other" and (null := _null(kind)) is not None:
        found["null_value"] = null
    if (measure in ("MD", "other") and null_is_difference(kind)) or (measure == "RD" and re.search("%|percent", unit)):
        found |= {"unit": unit} if unit else {}
    return found, words if measure in ("other", "log_ratio") or _IS_LS.search(kind) else ""


def null_is_difference(kind: str) -> bool:
    """Whether a parameter is a difference, which has the unit of the outcome."""
    return "difference" in kind.casefold() and not re.search("ratio|percent|%", kind, re.IGNORECASE)


def _null(kind: str) -> int | None:
    """Return the value that means no effect, where the words of a parameter leave no doubt."""
    plain = kind.casefold()
    if "difference" in plain and "ratio" not in plain:
        return 0
    return 1 if "ratio" in plain and not re.search(r"\blog|difference", plain) else None


def _interval(analysis: Part, value: int | Decimal) -> Entry:
    """Return the interval of an estimate: both bounds, or the only one that there is."""
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
        why = "its level is not known"
    elif sides not in ("", "TWO_SIDED", "1_SIDED", "2_SIDED", "ONE_SIDED"):
        why = f"it has `{sides[:40]}` sides"
    elif sides in ("ONE_SIDED", "1_SIDED") and len(numbers) == 2:
        why = "it is one-sided and has two limits"
    elif (bounds[0] in numbers and bounds[0] > value) or (bounds[1] in numbers and bounds[1] < value):  # type: ignore[operator]
        why = f"the estimate {value} is not within"
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
    return found | {"ci_level": level} | ({"ci_sides": "one"} if one_sided else {})


def _is_not_estimable(said: str, why: str) -> bool:
    plain = said.strip(" .").casefold()
    return plain in ("ne", "nr", "not estimable", "not reached") or (
        plain in ("na", "n/a") and bool(_NOT_ESTIMABLE.search(why))
    )


def _error(analysis: Part, measure: str) -> Entry:
    """Return the standard error of an estimate; that of a ratio may be of it or of its logarithm."""
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
        analysis.note(f"`{said[:40]}` is not a p value that can be taken", "pValue")
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
