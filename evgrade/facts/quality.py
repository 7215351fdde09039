"""How well a study was done: one value from a judgement of the whole and from judgements of its parts."""

from __future__ import annotations

from functools import partial

from evgrade.facts.derived import Derived, Holder
from evgrade.facts.known import Quantity, known, within

RISKS = {"low": 0.0, "some_concerns": 1.0, "high": 2.0}

ROB_2 = (
    "randomization_process",
    "deviations_from_intended_interventions",
    "missing_outcome_data",
    "outcome_measurement",
    "selection_of_reported_result",
)

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


def worst_risk(risk_of_bias: Holder, names: tuple[str, ...]) -> Quantity:
    """Return the worst risk of bias that is stated, overall or of a domain: 0 low, 1 some concerns, 2 high.

    A study is never better as a whole than its worst domain, and at low risk where all its domains are.
    """
    overall = known(risk_of_bias, "overall")
    domains = known(risk_of_bias, "domains") or {}
    judged = [known(domains.get(name) or {}, "judgement") for name in names]
    stated = [RISKS[judgement] for judgement in (overall, *judged) if judgement is not None]
    if not stated:
        return None
    settled = overall is not None or judged == ["low"] * len(names)
    return max(stated) if settled else within(max(stated), RISKS["high"])


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


def _worst(definition: str, names: tuple[str, ...]) -> Derived:
    domains = tuple(f"domains.{name}.judgement" for name in names)
    return Derived(
        definition=definition,
        name="worst",
        described="the worst risk of bias stated, overall or in a domain: 0 low, 1 some concerns, 2 high",
        phrase="worst risk of bias",
        formula="the highest of the judgements, overall and of the domains; while neither the overall judgement nor "
        "low risk in all domains is stated, up to 2",
        source="Sterne and others, BMJ 2019;366:l4898; Cochrane Handbook, version 6, section 8.2.4",
        inputs=("overall", *domains),
        compute=partial(worst_risk, names=names),
        irrelevant=lambda _: domains,
    )


QUALITY: tuple[Derived, ...] = (
    _worst("risk_of_bias", ROB_2),
    _worst("animal_risk_of_bias", SYRCLE),
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
