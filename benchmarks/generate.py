"""Dossiers for measuring: made up, valid, of any size, and always the same for the same seed.

    python -m benchmarks.generate FOLDER --count 1000

They look like real ones: mechanisms with evidence for and against, studies in animals, reports of patients,
trials with arms and effects whose intervals and p values fit their counts, harms, a price, and references
that everything cites. With the default number of items a dossier has about 8 kB and 250 lines.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import damage, words
from benchmarks.blockyaml import to_yaml

ITEMS = 8
"""Evidence items and harms in a dossier of about 8 kB."""

Item = dict[str, Any]


def dossier(seed: int, items: int = ITEMS) -> dict[str, Any]:
    """Return a valid dossier as data. `items` is how many evidence items and harms it has."""
    return _Writer(seed, items).dossier()


def text(seed: int, items: int = ITEMS) -> str:
    """Return a valid dossier as YAML."""
    return to_yaml(dossier(seed, items))


def write(folder: Path, count: int, *, first_seed: int = 1, items: int = ITEMS, invalid: float = 0.0) -> list[Path]:
    """Write dossiers into a folder and return their paths. A share of them, spread evenly, is made `invalid`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        seed = first_seed + number
        content = text(seed, items)
        if math.floor((number + 1) * invalid) > math.floor(number * invalid):
            content = damage.damaged(content, seed)
        path = folder / f"dossier-{seed:06}.yaml"
        path.write_text(content, encoding="utf-8")
        paths.append(path)
    return paths


def write_many(folder: Path, count: int, *, first: int = 0, different: int = 1_000) -> None:
    """Write many dossiers, quickly: some different ones again and again, each under a name of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [text(seed + 1).split("\n  name: ", 1) for seed in range(min(different, count))]
    for number in range(first, first + count):
        before, after = parts[number % len(parts)]
        content = f"{before}\n  name: No. {number} {after}"
        (folder / f"dossier-{number:07}.yaml").write_text(content, encoding="utf-8")


class _Writer:
    """One dossier in the making."""

    def __init__(self, seed: int, items: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made-up data, no secret
        self.items = items
        self.references: list[Item] = []
        self.therapy = self.pick(words.THERAPIES)
        self.condition = self.pick(words.CONDITIONS)

    def pick(self, choices: tuple[str, ...]) -> str:
        """Return one of some words."""
        return self.random.choice(choices)

    def number(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self.random.randint(low, high)

    def dossier(self) -> dict[str, Any]:
        """Return the whole dossier; the sections share the items in fixed proportions."""
        preclinical = cases = mechanisms = self.items // 8  # a mechanism has two items of evidence
        rest = self.items - 4 * mechanisms
        trials = max(1, rest // 2)
        harms = rest - trials
        evidence = {
            "mechanism": [self.mechanism(number) for number in range(mechanisms)],
            "preclinical": [self.study(number) for number in range(preclinical)],
            "cases": [self.case(number) for number in range(cases)],
            "trials": [self.trial(number) for number in range(trials)],
        }
        return {
            "dossier": 1,
            "therapy": self.therapy_section(),
            "condition": {"name": self.condition, "codes": {"mondo": f"MONDO:{self.number(0, 9_999_999):07}"}},
            "review": self.review(),
            "claims": [self.claim(evidence["trials"][0]["id"])],
            **evidence,
            "safety": self.safety(harms),
            "cost": self.cost(),
            "references": self.references,
        }

    def cite(self) -> list[str]:
        """Return the ids of references for an item; new ones, or one that was cited before."""
        if self.references and self.random.random() < 0.6:
            return [self.random.choice(self.references)["id"]]
        authors, year = self.random.sample(words.AUTHORS, 3), self.number(1985, 2025)
        page = self.number(1, 1800)
        title = self.pick(words.TITLES).format(therapy=self.therapy, condition=self.condition)
        reference: Item = {
            "id": f"{authors[0].lower()}-{year}-{len(self.references) + 1}",
            "type": "article-journal",
            "author": [f"{author} {self.pick(words.INITIALS)}" for author in authors],
            "title": f"{title}: report {self.number(10, 99_999)}",
            "container_title": self.pick(words.JOURNALS),
            "issued": year,
            "volume": self.number(1, 400),
            "page": f"{page}-{page + self.number(2, 15)}",
            "doi": f"10.{self.number(1000, 9999)}/ex.{year}.{self.number(1, 99999)}",
            "retraction": "none",
        }
        self.references.append(reference)
        return [reference["id"]]

    def therapy_section(self) -> Item:
        """Return what is asked about."""
        amount = self.pick(("5", "10", "25", "50", "100"))
        return {
            "name": self.therapy,
            "kind": "drug",
            "dose": {
                "text": f"{amount} mg once a day",
                "amount": int(amount),
                "unit": "mg",
                "per": "day",
                "route": "oral",
                "refs": self.cite(),
            },
            "regulatory": [
                {
                    "agency": self.pick(("FDA", "EMA", "PMDA")),
                    "status": self.pick(("approved", "not_approved", "conditional")),
                    "indication": self.pick(words.CONDITIONS),
                    "condition": self.pick(("same", "related", "related")),
                    "date": f"{self.number(1990, 2025)}-{self.number(1, 12):02}-{self.number(1, 28):02}",
                    "refs": self.cite(),
                }
            ],
        }

    def review(self) -> Item:
        """Return the review that the dossier records."""
        year = self.number(2026, 2030)  # after all that it cites
        return {
            "question": f"Does {self.therapy} slow {self.condition}, and is it safe?",
            "group": self.pick(words.GROUPS),
            "date": f"{year}-{self.number(1, 12):02}-{self.number(1, 28):02}",
            "search": {"date": f"{year}-01", "sources": ["PubMed", "ClinicalTrials.gov", "Embase"]},
            "conflicts_of_interest": {"declared": False, "statement": "The authors report none."},
        }

    def claim(self, answer: str) -> Item:
        """Return what proponents say."""
        return {
            "id": "claim-1",
            "statement": f"{self.therapy} stops {self.condition} within months.",
            "by": "A clinic that sells it",
            "standing": self.pick(("unsupported", "untested", "contradicted", "partly_supported")),
            "standing_reason": "No controlled trial has looked for so large an effect.",
            "answered_by": [answer],
            "refs": self.cite(),
        }

    def mechanism(self, number: int) -> Item:
        """Return a mechanism with evidence for and against it."""
        target = self.pick(words.TARGETS)
        name = f"mechanism-{number + 1}"
        changes = ("fell within weeks of the first dose", "did not change in twelve weeks")
        return {
            "id": name,
            "statement": f"{self.therapy} lowers {target}, which is thought to drive {self.condition}.",
            "relevance": self.pick(("established", "plausible", "plausible", "questionable")),
            "relevance_reason": (
                f"Raised {target} is seen in patients, early and late; whether lowering it helps them is open."
            ),
            "evidence": [
                {
                    "id": f"{name}-{part}",
                    "statement": f"{target.capitalize()} {self.pick(changes)}.",
                    "direction": self.pick(("supports", "supports", "contradicts")),
                    "shown_in": self.pick(("human", "animal", "cell")),
                    **self.agent("same", "same", "related"),
                    "publication": self.pick(("peer_reviewed", "peer_reviewed", "preprint")),
                    "refs": self.cite(),
                }
                for part in ("a", "b")
            ],
        }

    def study(self, number: int) -> Item:
        """Return a study in animals."""
        return {
            "id": f"study-{number + 1}",
            "statement": f"Treated from onset, animals {self.pick(words.ANIMAL_FINDINGS)} than those given vehicle.",
            "model": self.pick(words.MODELS),
            "setting": "in_vivo",
            "recognized_model": self.pick_fact(),
            **self.agent("same", "same", "related"),
            "sample_size": self.number(12, 80),
            "randomized": self.pick_fact(),
            "blinded": self.pick_fact(),
            "risk_of_bias": {"tool": "SYRCLE", "overall": self.pick(("low", "some_concerns", "high"))},
            "result": self.pick(("benefit", "benefit", "no_benefit", "mixed")),
            "publication": "peer_reviewed",
            "refs": self.cite(),
        }

    def agent(self, *choices: str) -> Item:
        """Return what was studied; a related agent has a name."""
        agent = self.pick(choices)
        return {"agent": agent} if agent == "same" else {"agent": agent, "agent_name": f"An analogue of {self.therapy}"}

    def pick_fact(self) -> bool | str:
        """Return a fact that a source may be silent about."""
        return self.random.choice((True, True, False, "not_reported"))

    def case(self, number: int) -> Item:
        """Return a report of patients, whose answers add up to those who were evaluated."""
        users = self.number(20, 200)
        evaluated = self.number(10, users)
        better = self.number(0, evaluated)
        return {
            "id": f"cohort-{number + 1}",
            "kind": "patient_reported_cohort",
            "statement": f"Of {users} members who took it {evaluated} evaluated it and {better} felt better.",
            "agent": "same",
            "condition": "same",
            "users": users,
            "evaluated": evaluated,
            "responses": [
                {"label": "Better", "category": "moderate", "n": better},
                {"label": "No different", "category": "none", "n": evaluated - better},
            ],
            "diagnosis_validated": False,
            "result": "benefit" if better * 2 > evaluated else "mixed",
            "refs": self.cite(),
        }

    def trial(self, number: int) -> Item:
        """Return a trial of two arms with one effect; what it showed follows from its interval."""
        treated, control = self.number(30, 400), self.number(30, 400)
        months = self.number(3, 24)
        masking = self.pick(("none", "single", "double", "quadruple"))
        bias = self.pick(tuple(words.BIAS))
        effect, result = self.effect(number, treated, control)
        return {
            "id": f"trial-{number + 1}",
            "statement": (
                f"{treated} people took {self.therapy} and {control} did not, for {months} months. "
                f"{words.TRIAL_FINDINGS[result]}"
            ),
            "registry": [f"NCT{self.number(1, 99_999_999):08}"],
            "status": "completed",
            "phase": self.pick(("phase2", "phase2_phase3", "phase3")),
            "allocation": self.pick(("randomized", "randomized", "non_randomized")),
            "masking": masking,
            "control": "placebo" if masking != "none" else "usual_care",
            **self.agent("same", "same", "same", "related"),
            "condition": self.pick(("same", "same", "same", "related")),
            "participants": treated + control,
            "completed": treated + control - self.number(0, 30),
            "duration": {"amount": months, "unit": "months"},
            "primary_outcome": effect["outcome"],
            "objective_outcome": self.pick_fact(),
            "effects": [effect],
            "powered": self.pick_fact(),
            "risk_of_bias": {"tool": "RoB 2", "overall": bias, "reason": words.BIAS[bias]},
            "result": result,
            "publication": self.pick(("peer_reviewed", "peer_reviewed", "preprint", "abstract")),
            "refs": self.cite(),
        }

    def effect(self, number: int, treated: int, control: int) -> tuple[Item, str]:
        """Return a risk ratio with the interval and the p value that its counts give, and what it shows."""
        a = self.number(1, treated - 1)
        b = self.number(1, control - 1)
        ratio = (a / treated) / (b / control)
        error = math.sqrt(1 / a - 1 / treated + 1 / b - 1 / control)
        low, high = ratio * math.exp(-1.96 * error), ratio * math.exp(1.96 * error)
        p = math.erfc(abs(math.log(ratio)) / error / math.sqrt(2))
        result = "benefit" if high < 1 else "harm" if low > 1 else "no_benefit"
        effect = {
            "id": f"trial-{number + 1}-primary",
            "outcome": self.pick(words.OUTCOMES),
            "primary": True,
            "measure": "RR",
            "estimate": round(ratio, 3),
            "ci_low": round(low, 3),
            "ci_high": round(high, 3),
            "ci_level": 95,
            "p": round(p, 4) if p >= 0.0001 else "< 0.0001",
            "arms": [
                {"name": self.therapy, "role": "intervention", "participants": treated, "events": a},
                {"name": "Control", "role": "control", "participants": control, "events": b},
            ],
        }
        return effect, result

    def safety(self, harms: int) -> Item:
        """Return the harms, counted among the people who were exposed."""
        exposed = self.number(300, 4000)
        control = self.number(200, 4000)
        serious = self.number(0, exposed // 20)
        return {
            "exposed": exposed,
            "serious": {
                "n": serious,
                "of": exposed,
                "counts": "all_causes",
                "control": {"n": self.number(0, control // 20), "of": control},
                "refs": self.cite(),
            },
            "died": {"n": min(serious, self.number(0, 2)), "of": exposed, "counts": "attributed", "refs": self.cite()},
            "concern": self.pick(("none", "minor", "moderate", "serious")),
            "adverse_events": [
                {
                    "id": f"harm-{number + 1}",
                    "name": words.HARMS[number % len(words.HARMS)],
                    "n": self.number(0, exposed // 4),
                    "of": exposed,
                    "seriousness": "not_serious",
                    "source": self.pick(("label", "trial", "registry")),
                    "refs": self.cite(),
                }
                for number in range(harms)
            ],
            "boxed_warnings": [],
        }

    def cost(self) -> Item:
        """Return the price."""
        low = self.number(5, 2000)
        return {
            "currency": "USD",
            "low": low,
            "high": low + self.number(0, 500),
            "per": "month",
            "year": self.number(2018, 2025),
            "refs": self.cite(),
        }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Write generated dossiers into a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100, help="how many dossiers (100)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; each dossier has the next (1)")
    parser.add_argument("--items", type=int, default=ITEMS, help=f"evidence items and harms of each ({ITEMS})")
    parser.add_argument("--invalid", type=float, default=0.0, help="the share of invalid ones, from 0 to 1 (0)")
    return parser.parse_args()


def _summary(paths: list[Path]) -> Iterator[str]:
    sizes = sorted(path.stat().st_size for path in paths)
    yield f"{len(paths)} dossiers"
    if sizes:
        yield f"{sizes[0]:,} to {sizes[-1]:,} bytes"


def main() -> None:
    """Write dossiers and say how many."""
    given = _arguments()
    paths = write(given.folder, given.count, first_seed=given.seed, items=given.items, invalid=given.invalid)
    print(", ".join(_summary(paths)))


if __name__ == "__main__":
    main()
