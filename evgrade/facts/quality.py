"""How well a study was conducted: one value from an overall judgement and judgements of domains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from evgrade.facts.derived import Derived, Holder
from evgrade.facts.known import Quantity, known, within
from evgrade.schema.store import schema

RISKS = {
    "low": 0.0,
    "some_concerns": 1.0,
    "moderate": 1.0,
    "unclear_risk": 1.0,
    "no_information": 1.0,
    "high": 2.0,
    "very_high": 2.0,
    "serious": 2.0,
    "critical": 2.0,
}
"""The levels of the tools on one scale. No information means that the risk is not known to be low."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A risk-of-bias tool, with its own domains and levels.

    Attributes:
        title: its name.
        names: prefixes of that name, reduced to letters and digits.
        levels: the words for its judgements.
        domains: its domains; `optional` ones do not apply to every study.
    """

    title: str
    names: tuple[str, ...]
    levels: frozenset[str]
    domains: tuple[str, ...]
    optional: frozenset[str]

    @property
    def needed(self) -> tuple[str, ...]:
        """The domains that apply to every study."""
        return tuple(name for name in self.domains if name not in self.optional)


@cache
def tools() -> tuple[Tool, ...]:
    """Return the tools for human studies, in the order of the dossier schema: RoB 2 first."""
    return tuple(
        Tool(
            title=one["title"],
            names=tuple(one["names"]),
            levels=frozenset(one["levels"]),
            domains=tuple(one["domains"]),
            optional=frozenset(one["optional"]),
        )
        for one in schema("dossier")["$defs"]["risk_of_bias"]["x-tools"]
    )


def tool_of(risk_of_bias: Holder) -> Tool | None:
    """Return the tool that was used: the named one, or RoB 2 if none is named; None if it is not one of `tools`."""
    if "tool" not in risk_of_bias:
        return tools()[0]
    name = "".join(filter(str.isalnum, risk_of_bias["tool"].casefold()))
    found = [(len(one), tool) for tool in tools() for one in tool.names if name.startswith(one)]
    return max(found, key=lambda match: match[0])[1] if found else None


SYRCLE = (
    "sequence_generation",
    "baseline_characteristics",
    "allocation_concealment",
    "random_housing",
    "caregiver_blinding",
    "random_outcome_assessment",
    "outcome_assessor_blinding",
    "incomplete_outcome_data",
    "selective_outcome_reporting",
    "other",
)


def worst_risk(risk_of_bias: Holder) -> Quantity:
    """Return the worst risk of bias of a human study: 0 low, 1 some concerns or moderate, 2 high or worse.

    The overall risk is never better than the worst domain, and is low if all domains of the tool are.
    """
    tool = tool_of(risk_of_bias)
    return _worst_of(risk_of_bias, () if tool is None else tool.needed)


def worst_animal_risk(risk_of_bias: Holder) -> Quantity:
    """Return the worst risk of bias of an animal study, like `worst_risk`, by the domains of SYRCLE."""
    return _worst_of(risk_of_bias, SYRCLE)


def _worst_of(risk_of_bias: Holder, names: tuple[str, ...]) -> Quantity:
    overall = RISKS.get(known(risk_of_bias, "overall"))
    domains = known(risk_of_bias, "domains") or {}
    entries = [
        *(domain for name, domain in domains.items() if not name.startswith("x-")),
        *(known(risk_of_bias, "other_domains") or ()),
    ]
    found = [RISKS.get(known(entry, "judgement")) for entry in entries]
    stated = [risk for risk in (overall, *found) if risk is not None]
    if not stated:
        return None
    all_low = bool(names) and all(known(domains.get(name) or {}, "judgement") == "low" for name in names)
    return max(stated) if overall is not None or all_low else within(max(stated), RISKS["high"])


GUIDELINES = (
    "control_group",
    "randomized",
    "blinded",
    "sample_size_justified",
    "sex_accounted",
    "gene_copy_controlled",
    "onset_defined",
    "treated_after_onset",
)


def departs(study: Holder) -> Quantity:
    """Return 1 if a preclinical study departs from published guidelines, 0 if it follows them.

    The reviewers' judgement takes precedence; without it, the study follows the guidelines if it follows every one.
    """
    judged = known(study, "well_designed")
    if judged is not None:
        return float(not judged)
    kept = [known(study, name) for name in GUIDELINES]
    if False in kept:
        return 1.0
    return None if None in kept else 0.0


ROB_2 = (
    "randomization_process",
    "deviations_from_intended_interventions",
    "missing_outcome_data",
    "outcome_measurement",
    "selection_of_reported_result",
)
"""The domains listed as inputs; those of other tools are read too, but are not reported as missing."""


def _worst(definition: str, names: tuple[str, ...], compute: Callable[[Holder], Quantity]) -> Derived:
    domains = tuple(f"domains.{name}.judgement" for name in names)
    return Derived(
        definition=definition,
        name="worst",
        described="the worst risk of bias stated, overall or in a domain: 0 low; 1 some concerns, moderate or unclear; "
        "2 high, serious or worse",
        phrase="worst risk of bias",
        formula="the worst of the judgements, overall and of the domains; up to 2 unless an overall judgement or low "
        "risk in all domains is stated",
        source="Sterne and others, BMJ 2019;366:l4898; Cochrane Handbook, version 6, section 8.2.4",
        inputs=("overall", *domains),
        compute=compute,
        irrelevant=lambda _: domains,
    )


QUALITY: tuple[Derived, ...] = (
    _worst("risk_of_bias", ROB_2, worst_risk),
    _worst("animal_risk_of_bias", SYRCLE, worst_animal_risk),
    Derived(
        definition="preclinical",
        name="departs",
        described="1 if the study departs from published guidelines for preclinical studies, 0 if it follows them",
        phrase="departures from published guidelines",
        formula="from well_designed if it is stated; else 1 if the study breaks one of the guidelines, 0 if it breaks "
        "none",
        source="Amyotroph Lateral Scler Frontotemporal Degener 2015;16:142-145",
        inputs=("well_designed", *GUIDELINES),
        compute=departs,
        irrelevant=lambda _: GUIDELINES,
    ),
)
