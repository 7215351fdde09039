"""Risk of bias of the studies, domain by domain, in the words of the tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.facts.quality import RISKS, Tool, tool_of, tools
from evgrade.render.page import spaced
from evgrade.report.references import Numbering

GLYPHS = {0.0: ("+", "low"), 1.0: ("\u2212", "some"), 2.0: ("\u00d7", "high")}
"""A sign and a CSS class for each risk; the sign conveys it without colour."""


@dataclass(frozen=True, slots=True)
class Light:
    """A judgement: its sign, its CSS class and its words."""

    sign: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgements:
    """The judgements of one study."""

    name: str
    lights: tuple[Light, ...]
    overall: Light
    reason: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """Risk of bias by one tool: its domains, and the studies judged with it.

    Attributes:
        tool: the name of the tool.
        outcome: the outcome whose results were judged; empty for whole studies.
        domains: the domains with a judgement in any of the studies.
        studies: the studies.
        summary: the number of studies with each judgement, for each domain and overall.
    """

    tool: str
    outcome: str
    domains: tuple[str, ...]
    studies: tuple[Judgements, ...]
    summary: tuple[tuple[str, tuple[tuple[Light, int], ...]], ...]


Data = Mapping[str, Any]


def bias_of(dossier: Dossier, numbering: Numbering) -> tuple[Bias, ...]:
    """Return the risk of bias of all studies in people, tool by tool: of whole studies, then for each outcome."""
    names = {one["id"]: str(one["name"]) for one in dossier.data.get("outcomes", ())}
    groups: dict[tuple[str, str], list[tuple[Data, Data]]] = {}
    known_tools: dict[str, Tool | None] = {}
    for section in ("trials", "observational", "syntheses"):
        for study in dossier.data.get(section, ()):
            judged = known(study, "risk_of_bias")
            if not judged:
                continue
            results = judged.get("by_outcome", ())
            has_domains = judged.get("domains") or any(one.get("domains") for one in results)
            tool = tool_of(judged) if "tool" in judged or has_domains else None
            title = tool.title if tool else str(judged.get("tool", "the reviewers' own judgement"))
            known_tools[title] = tool
            if not results or any(key in judged for key in ("overall", "domains", "other_domains")):
                groups.setdefault((title, ""), []).append((study, judged))
            for one in results:
                outcome = names.get(one.get("answers", ""), str(one.get("outcome", "an outcome")))
                groups.setdefault((title, outcome), []).append((study, one))
    found = sorted(groups.items(), key=lambda group: (list(known_tools).index(group[0][0]), bool(group[0][1])))
    return tuple(_bias(dossier, *key, known_tools[key[0]], judged, numbering) for key, judged in found)


def _bias(
    dossier: Dossier,
    title: str,
    outcome: str,
    tool: Tool | None,
    found: Sequence[tuple[Data, Data]],
    numbering: Numbering,
) -> Bias:
    stated = {name for _, judged in found for name in judged.get("domains", {}) if not name.startswith("x-")}
    order = tool.domains if tool else tuple(name for one in tools() for name in one.domains)
    domains = tuple(dict.fromkeys(name for name in (*order, *sorted(stated)) if name in stated))
    own = tuple(dict.fromkeys(one["name"] for _, judged in found for one in judged.get("other_domains", ())))
    studies = tuple(
        Judgements(
            name=dossier.study_name(study, study["id"]),
            lights=(
                *(_light(known(judged.get("domains", {}).get(name) or {}, "judgement")) for name in domains),
                *(_light(_named(judged, name)) for name in own),
            ),
            overall=_light(known(judged, "overall")),
            reason=str(judged.get("reason", "")),
            cited=numbering.cite([*judged.get("refs", ()), *study.get("refs", ())]),
        )
        for study, judged in found
    )
    titles = (*map(spaced, domains), *own)
    columns = [
        *([one.lights[number] for one in studies] for number in range(len(titles))),
        [one.overall for one in studies],
    ]
    summary = tuple(
        (name, tuple((light, column.count(light)) for light in sorted(set(column), key=by_risk)))
        for name, column in zip((*titles, "overall"), columns, strict=True)
    )
    return Bias(
        tool=title, outcome=outcome, domains=titles, studies=studies, summary=summary if len(studies) > 1 else ()
    )


def _named(judged: Mapping[str, Any], name: str) -> str | None:
    found: Mapping[str, Any] = next((one for one in judged.get("other_domains", ()) if one["name"] == name), {})
    judgement: str | None = known(found, "judgement")
    return judgement


def _light(judgement: str | None) -> Light:
    if judgement is None:
        return Light("", "unjudged", "not assessed")
    if judgement in ("no_information", "unclear_risk"):
        return Light("?", "unknown", spaced(judgement))
    if judgement in ("critical", "very_high"):
        return Light("!", "critical", spaced(judgement))
    sign, kind = GLYPHS[RISKS[judgement]]
    return Light(sign, kind, spaced(judgement))


def by_risk(light: Light) -> tuple[int, str]:
    """Return a sort key: from low to high risk, then unknown, then not judged."""
    return ("low", "some", "high", "critical", "unknown", "unjudged").index(light.kind), light.words
