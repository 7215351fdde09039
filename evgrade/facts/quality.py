"""How well a study was done: one value from a judgement of the whole and from judgements of its parts."""

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
"""How the levels of the tools compare. Where a tool found no information, risk is not known to be low."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that judges risk of bias, with its own domains and its own words for how bad it is.

    Attributes:
        title: its name.
        names: how that name begins where only its letters and digits are kept.
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
        """The domains that every study is judged by."""
        return tuple(name for name in self.domains if name not in self.optional)


@cache
def tools() -> tuple[Tool, ...]:
    """Return the tools for studies in people that evgrade knows, in the order of the dossier schema: RoB 2 first."""
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
    """Return the tool that judgements were made with: the one that is named, or RoB 2 where none is."""
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
    """Return the worst risk of bias of a study in people: 0 low, 1 some concerns or moderate, 2 high or worse.

    A study is never better as a whole than its worst domain, and at low risk where all domains of its tool are.
    """
    tool = tool_of(risk_of_bias)
    return _worst_of(risk_of_bias, () if tool is None else tool.needed)


def worst_animal_risk(risk_of_bias: Holder) -> Quantity:
    """Return the worst risk of bias of a study in animals, as `worst_risk` does, by the domains of SYRCLE."""
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
    """Return 1 where a study departs from the guidelines for such studies, 0 where it keeps to them.

    What the reviewers judged counts; where they did not, one guideline that is not kept decides, or all that are.
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
"""The domains that are named as inputs; those of another tool are read too, but are nothing that a study lacks."""


def _worst(definition: str, names: tuple[str, ...], compute: Callable[[Holder], Quantity]) -> Derived:
    domains = tuple(f"domains.{name}.judgement" for name in names)
    return Derived(
        definition=definition,
        name="worst",
        described="the worst risk of bias stated, overall or in a domain: 0 low; 1 some concerns, moderate or unclear; "
        "2 high, serious or worse",
        phrase="worst risk of bias",
        formula="the highest of the judgements, overall and of the domains; while neither the overall judgement nor "
        "low risk in all domains is stated, up to 2",
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
        described="1 where the study departs from published guidelines for such studies, 0 where it keeps to them",
        phrase="departures from published guidelines",
        formula="by well_designed where it is stated; else 1 if one of the guidelines is not kept, 0 if all are",
        source="Amyotroph Lateral Scler Frontotemporal Degener 2015;16:142-145",
        inputs=("well_designed", *GUIDELINES),
        compute=departs,
        irrelevant=lambda _: GUIDELINES,
    ),
)
