"""A made-up dossier in which every part of a page has something to show, and more of it than most reviews have."""

from __future__ import annotations

import json
from typing import Any

_JUDGEMENTS = ("low", "some_concerns", "high", "no_information", "low")
_DOMAINS = (
    "randomization_process",
    "deviations_from_intended_interventions",
    "missing_outcome_data",
    "outcome_measurement",
    "selection_of_reported_result",
)
_LONG = (
    "Allocation was concealed by sealed envelopes, a third of the people who were asked to take part did not, and the "
    "authors did not answer the question whether those who left the study early differed from those who stayed."
)


def made_up(trials: int = 12, outcomes: int = 8) -> str:
    """Return a dossier as YAML, with so many trials and outcomes."""
    data = {
        "dossier": 1,
        "therapy": {"name": "Made-up extract", "other_names": ["Extractol", "ME-1"], "kind": "drug"},
        "condition": {"name": "Invented disease"},
        "review": {
            "title": "A made-up review",
            "question": "Does the extract help people with the invented disease?",
            "requested_by": "A group of patients",
            "group": "A group that does not exist",
            "members": ["A. Reader", "B. Writer"],
            "process": "Two people read every paper and agreed.",
            "edition": "3",
            "date": "2026-05-01",
            "next_review": "2028-05-01",
            "replaces": "edition 2",
            "history": [{"date": f"{year}-05-01", "change": f"Trials of {year} were added."} for year in (2022, 2024)],
            "search": {
                "date": "2026-03-01",
                "sources": ["MEDLINE", "Embase"],
                "strategy": "extract AND disease",
                "flow": {
                    "identified": 1412,
                    "duplicates": 100,
                    "screened": 1312,
                    "excluded": 1200,
                    "sought": 112,
                    "not_retrieved": 2,
                    "assessed": 110,
                    "included_studies": trials,
                    "included_reports": trials,
                    "excluded_reports": [{"reason": "not randomized", "n": 60}, {"reason": "another disease"}],
                },
            },
            "funding": ["A made-up fund"],
            "conflicts_of_interest": {"declared": True, "statement": "B. Writer advised a maker of the extract."},
            "conclusion": "It may help some people.",
            "plain_summary": "The extract may help a little. Some people feel sick from it. More studies are needed.",
        },
        "comparisons": [
            {
                "id": "placebo",
                "name": "Extract against placebo",
                "population": "Adults",
                "intervention": "10 mg a day",
                "comparator": "Placebo",
                "setting": "Clinics",
            }
        ],
        "mechanism": [
            {
                "id": "m1",
                "name": "Calming",
                "statement": "It calms cells.",
                "relevance": "plausible",
                "relevance_reason": "Cells are said to be excited.",
                "evidence": [
                    {"id": "m1a", "statement": "Cells calmed down.", "direction": "supports", "shown_in": "cell"},
                    {"id": "m1b", "statement": "Mice did not.", "direction": "contradicts", "shown_in": "animal"},
                ],
            }
        ],
        "preclinical": [
            {"id": "mice", "statement": "Mice lived longer.", "model": "a mouse", "result": "benefit", "refs": ["r0"]}
        ],
        "cases": [],
        "trials": [_trial(number, outcomes) for number in range(trials)],
        "outcomes": [_outcome(number, trials) for number in range(outcomes)],
        "safety": {
            "summary": "Some people feel sick.",
            "concern": "moderate",
            "concern_reason": "One harm is serious.",
            "adverse_events": [
                {"id": "sick", "name": "Feeling sick", "n": 120, "of": 1000, "control": {"n": 40, "of": 980}},
                {"id": "liver", "name": "Injury of the liver", "n": 0, "of": 919, "seriousness": "serious"},
                {"id": "share", "name": "Headache", "percent": 4.5, "source": "label"},
                {"id": "itch", "name": "Itching", "source": "patient_report"},
            ],
            "boxed_warnings": [],
            "contraindications": [{"id": "c1", "statement": "Not for people with a disease of the liver."}],
            "interactions": [{"id": "i1", "statement": "Not together with grapefruit.", "severity": "serious"}],
            "theoretical_harms": [{"id": "t1", "statement": "It could harm an unborn child."}],
        },
        "cost": {"currency": "USD", "low": 10, "high": 25, "per": "month", "year": 2026, "covered": False},
        "verdicts": [
            {
                "id": "v1",
                "by": "Another society",
                "date": "2020",
                "recommended": "conditional",
                "statement": "It can be tried",
                "system": "its own",
                "grades": [{"domain": "trials", "grade": "B"}],
            }
        ],
        "panel": [
            {
                "id": f"rater-{letter}",
                "recommendation": "conditional",
                "grades": [{"domain": "trials", "grade": letter}, {"domain": "mechanism", "grade": "C"}],
            }
            for letter in "ABC"
        ],
        "overrides": [{"domain": "trials", "grade": "C", "reason": "The trials are small.", "by": "B. Writer"}],
        "references": [_reference(number) for number in range(trials + 3)],
    }
    return json.dumps(data, indent=1)


def _trial(number: int, outcomes: int) -> dict[str, Any]:
    with_it, without = 20 + number % 7, 33 + number % 5
    effects: list[dict[str, Any]] = [
        {
            "outcome": "Relapse",
            "answers": "o0",
            "time_point": "12 months",
            "arms": [
                {"name": "Extract", "role": "intervention", "participants": 100 + 9 * number, "events": with_it},
                {"name": "Placebo", "role": "control", "participants": 100 + 9 * number, "events": without},
            ],
        }
    ]
    if outcomes > 1 and number % 3 == 0:
        effects.append(
            {
                "outcome": "Pain",
                "answers": "o1",
                "measure": "MD",
                "estimate": -1.5 - number / 10,
                "ci_low": -2.9 - number / 5,
                "ci_high": -0.1,
                "ci_level": 95,
            }
        )
    return {
        "id": f"trial-{number}",
        "title": f"Trial number {number} of the extract",
        "statement": f"In trial {number}, {with_it} people had a relapse with the extract and {without} with placebo.",
        "status": "completed",
        "phase": "phase3",
        "allocation": "randomized",
        "masking": "double",
        "control": "placebo",
        "agent": "same",
        "condition": "same",
        "participants": 200 + 18 * number,
        "registry": [f"NCT{number + 1:08}"],
        "effects": effects,
        "harms": [
            {
                "name": "Feeling sick",
                "arms": [
                    {"name": "Extract", "role": "intervention", "n": 12, "of": 100},
                    {"name": "Placebo", "role": "control", "n": 4, "of": 100},
                ],
            }
        ],
        "risk_of_bias": {
            "tool": "RoB 2",
            "overall": _JUDGEMENTS[number % 3],
            "reason": _LONG,
            "judged_by": "Two readers",
            "domains": {
                name: {"judgement": _JUDGEMENTS[(number + place) % 5], "reason": f"For {name.replace('_', ' ')}."}
                for place, name in enumerate(_DOMAINS)
            },
        },
        "result": ("benefit", "no_benefit", "mixed", "harm")[number % 4],
        "result_reason": "By its primary outcome.",
        "authors_conclusion": "More research is needed.",
        "funding": "A maker of the extract",
        "publication": "peer_reviewed",
        "year": 2000 + number % 25,
        "quote": "the difference was seen early",
        "locator": "table 2",
        "refs": [f"r{number}"],
    }


def _outcome(number: int, trials: int) -> dict[str, Any]:
    names = ("Relapse", "Pain", "Walking distance", "Quality of life", "Death", "Falls", "Sleep", "Work")
    lay = ("having a relapse", "pain", "how far people walk", "how people feel", "dying", "falling", "sleep", "work")
    concern = ("not_serious", "serious", "not_serious", "very_serious")[number % 4]
    outcome: dict[str, Any] = {
        "id": f"o{number}",
        "name": names[number % 8],
        "lay_name": lay[number % 8],
        "comparison_id": "placebo",
        "importance": ("critical", "important", "limited")[number % 3],
        "design": "randomized",
        "more_is_better": number in (2, 3),
        "studies": trials,
        "participants": 9000,
        "risk_of_bias": {"judgement": concern, "reason": _LONG},
        "inconsistency": {"judgement": "not_serious"},
        "indirectness": {"judgement": "serious" if number == 4 else "not_serious", "reason": "Only men took part."},
        "imprecision": {"judgement": "serious" if number == 3 else "not_serious", "reason": "Few people."},
        "publication_bias": {"judgement": "undetected"},
    }
    if number != 1:
        outcome["effect"] = {
            "outcome": names[number % 8],
            "measure": "RR",
            "estimate": 0.78,
            "ci_low": 0.65,
            "ci_high": 0.92,
            "ci_level": 95,
        }
        outcome["baseline_risk"] = {"n": 300, "of": 1000}
        outcome["baseline_risk_source"] = "the control groups"
    return outcome


def _reference(number: int) -> dict[str, Any]:
    reference: dict[str, Any] = {
        "id": f"r{number}",
        "type": "article-journal",
        "author": [f"Author{letter} A" for letter in "ABCDEFGH"],
        "title": f"Paper number {number} on the extract",
        "container_title": "J Made-Up Med",
        "issued": f"{2000 + number % 25}-03",
        "volume": number + 1,
        "page": "585-591",
        "doi": f"10.1000/{number}",
        "pmid": 1000 + number,
    }
    if number == 1:
        reference["retraction"] = "expression_of_concern"
    return reference
