"""Risk of bias as a table in the columns and words of robvis, which draws traffic-light and summary plots from it.

robvis identifies columns by position: study, domains, overall judgement, weight. It reads the first letter of a
judgement, whose meaning depends on the tool, so a table holds the judgements of one tool only.

Source: robvis 0.3, `rob_traffic_light` and `rob_summary`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.exporting.bias_tool import BiasTool
from evgrade.exporting.exported import Data, Exported, LeftOut, Named
from evgrade.exporting.table import csv_text, studies
from evgrade.facts.known import known
from evgrade.facts.quality import tool_of
from evgrade.model import EvgradeError


@dataclass(frozen=True, slots=True)
class _Shape:
    """A tool: its name in evgrade, the column of each domain, and the words of its judgements."""

    title: str
    columns: Mapping[str, str]
    words: Mapping[str, str]


_ROB_2 = (
    "randomization_process",
    "deviations_from_intended_interventions",
    "missing_outcome_data",
    "outcome_measurement",
    "selection_of_reported_result",
)
_ROB_1 = {
    "random_sequence_generation": "Random sequence generation",
    "allocation_concealment": "Allocation concealment",
    "blinding_of_participants_and_personnel": "Blinding of participants and personnel",
    "blinding_of_outcome_assessment": "Blinding of outcome assessment",
    "incomplete_outcome_data": "Incomplete outcome data",
    "selective_reporting": "Selective reporting",
    "other_bias": "Other sources of bias",
}
_ROBINS_I = (
    "confounding",
    "selection_of_participants",
    "classification_of_interventions",
    "deviations_from_intended_interventions",
    "missing_data",
    "outcome_measurement",
    "selection_of_reported_result",
)
_ROBINS_E = (
    "confounding",
    "exposure_measurement",
    "selection_of_participants",
    "post_exposure_interventions",
    "missing_data",
    "outcome_measurement",
    "selection_of_reported_result",
)


def _numbered(domains: Sequence[str]) -> dict[str, str]:
    return {domain: f"D{number}" for number, domain in enumerate(domains, start=1)}


_NOTHING = {"no_information": "No information"}
_OF_ROB_2 = {"low": "Low", "some_concerns": "Some concerns", "high": "High", **_NOTHING}
_SHAPES = {
    BiasTool.ROB_2: _Shape("RoB 2", _numbered(_ROB_2), _OF_ROB_2),
    BiasTool.ROB_2_CLUSTER: _Shape(
        "RoB 2",
        {"randomization_process": "D1", "recruitment_into_clusters": "D1b"} | _numbered(_ROB_2),
        _OF_ROB_2,
    ),
    BiasTool.ROB_1: _Shape(
        "RoB 1", _ROB_1, {"low": "Low", "unclear_risk": "Unclear", "some_concerns": "Some concerns", "high": "High"}
    ),
    BiasTool.ROBINS_I: _Shape(
        "ROBINS-I",
        _numbered(_ROBINS_I),
        {"low": "Low", "moderate": "Moderate", "serious": "Serious", "critical": "Critical", **_NOTHING},
    ),
    BiasTool.ROBINS_E: _Shape(
        "ROBINS-E",
        _numbered(_ROBINS_E),
        {"low": "Low", "some_concerns": "Some concerns", "high": "High", "very_high": "Very high", **_NOTHING},
    ),
}
_SECTIONS = ("trials", "observational", "syntheses")
_ABOUT = ("Study", "Overall", "Weight")
_WEIGHT = 1
"""No dossier states the weight of a study; equal weights look like none."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """The judgements of a study, or of its result for one outcome, with their place in the dossier and their tool."""

    place: str
    title: str
    study: str
    name: str
    judged: Data


def risk_of_bias_csv(dossiers: Sequence[Named], tool: BiasTool | None) -> Exported:
    """Return the judgements made with a tool, by default the only tool used.

    Raises:
        EvgradeError: several tools were used and none is chosen, or no study was judged with the tool.
    """
    found = list(_judged(dossiers))
    chosen = tool or _only_tool(found)
    shape = _SHAPES[chosen]
    mine = [one for one in found if one.title == shape.title]
    if not mine:
        used = ", ".join(sorted({one.title or "an unnamed tool" for one in found})) or "none"
        raise EvgradeError(f"no study was judged with {shape.title}", hint=f"tools used: {used}")
    own = _own_domains(mine, shape) if chosen is BiasTool.ROB_1 else []
    rows = [_row(one, shape, own) for one in mine]
    left = [LeftOut(one.place, one.study) for one in found if one.title != shape.title]
    left += [gone for one in mine for gone in _gone(one, shape, own)]
    columns = ["Study", *shape.columns.values(), *own, "Overall", "Weight"]
    return Exported(csv_text(columns, rows), tuple(dict.fromkeys(left)))


def _only_tool(found: Sequence[_Judged]) -> BiasTool:
    used = [tool for tool, shape in _SHAPES.items() if any(one.title == shape.title for one in found)]
    if len({_SHAPES[tool].title for tool in used}) == 1:
        return used[0]
    if used:
        names = ", ".join(tool for tool in used if tool is not BiasTool.ROB_2_CLUSTER)
        raise EvgradeError("studies were judged with several tools", hint=f"choose one with --tool: {names}")
    hint = "name the tool of a judgement, such as `tool: RoB 2`, or use domains of RoB 2"
    raise EvgradeError("no study was judged with a tool that robvis knows", hint=hint)


def _judged(dossiers: Sequence[Named]) -> Iterator[_Judged]:
    for _, section, _, study, name in studies(dossiers, _SECTIONS):
        bias = known(study, "risk_of_bias")
        if not bias:
            continue
        title, results = _title(bias), bias.get("by_outcome", ())
        place = f"{section}.risk_of_bias"
        if not results or any(key in bias for key in ("overall", "domains", "other_domains")):
            yield _Judged(place, title, study["id"], name, bias)
        for result in results:
            outcome = result.get("outcome") or result.get("answers") or "an outcome"
            yield _Judged(f"{place}.by_outcome", title, study["id"], f"{name}: {outcome}", result)


def _title(bias: Data) -> str:
    """Return the tool of some judgements; empty if it is neither named nor evident."""
    has_domains = bias.get("domains") or any(one.get("domains") for one in bias.get("by_outcome", ()))
    if "tool" not in bias and not has_domains:
        return ""
    tool = tool_of(bias)
    return str(bias["tool"]) if tool is None else tool.title


def _own_domains(found: Sequence[_Judged], shape: _Shape) -> list[str]:
    """Return the domains that the reviewers added; robvis draws any number of columns only for RoB 1."""
    names = dict.fromkeys(one["name"] for judged in found for one in judged.judged.get("other_domains", ()))
    return [name for name in names if name not in (*_ABOUT, *shape.columns.values())]


def _row(one: _Judged, shape: _Shape, own: Sequence[str]) -> dict[str, Any]:
    domains, named = one.judged.get("domains", {}), one.judged.get("other_domains", ())
    row = {column: _word(domains.get(domain, {}), shape) for domain, column in shape.columns.items()}
    row |= {other["name"]: _word(other, shape) for other in named if other["name"] in own}
    overall = shape.words.get(one.judged.get("overall", ""))
    return {**row, "Study": one.name, "Overall": overall, "Weight": _WEIGHT}


def _word(judged: Data, shape: _Shape) -> str | None:
    return shape.words.get(judged.get("judgement", ""))


def _gone(one: _Judged, shape: _Shape, own: Sequence[str]) -> Iterator[LeftOut]:
    """Yield the parts of judgements that a row leaves out: reasons, and domains and words that the tool lacks."""
    for key in one.judged:
        if key not in ("tool", "overall", "domains", "other_domains", "by_outcome", "outcome", "answers"):
            yield LeftOut(f"{one.place}.{key}", one.study)
    if known(one.judged, "overall") is not None and one.judged["overall"] not in shape.words:
        yield LeftOut(f"{one.place}.overall", one.study)
    for domain, judged in one.judged.get("domains", {}).items():
        lost = domain not in shape.columns or known(judged, "judgement") not in (None, *shape.words)
        if lost:
            yield LeftOut(f"{one.place}.domains.{domain}", one.study)
        elif "reason" in judged:
            yield LeftOut(f"{one.place}.domains.{domain}.reason", one.study)
    for other in one.judged.get("other_domains", ()):
        place = f"{one.place}.other_domains"
        if other["name"] not in own or known(other, "judgement") not in (None, *shape.words):
            yield LeftOut(place, one.study)
        elif "reason" in other:
            yield LeftOut(f"{place}.reason", one.study)
