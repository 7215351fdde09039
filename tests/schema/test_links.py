"""Cross-references of a dossier: ids are unique, what names an id names one that exists, every source is cited."""

from __future__ import annotations

from pathlib import Path

import pytest

from evgrade.dossier import examine
from evgrade.model import Severity

from .finding import HEADER, findings_of

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))

EVIDENCE = "mechanism: [{id: m, statement: s, evidence: [{id: e, statement: s}]}]\n"

CITED = """\
references:
  - {id: smi-2, title: A paper}
  - {id: cree-2010, title: Another}
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # A reference that does not exist
        (
            "trials: [{id: a, statement: s, refs: [smi-1, cree-2010, smi-2]}]\n" + CITED,
            ['4:39 ‹smi-1› id-missing: there is no reference with the id "smi-1" [did you mean `smi-2`?]'],
        ),
        (
            "trials: [{id: a, statement: s, refs: [smith]}]\n",
            ['4:39 ‹smith› id-missing: there is no reference with the id "smith" [add it under `references`]'],
        ),
        # On a mapping, in a nested list, in a list of a list
        (
            "safety: {refs: [x]}\n",
            ['4:17 ‹x› id-missing: there is no reference with the id "x" [add it under `references`]'],
        ),
        (
            "mechanism: [{id: m, statement: s, evidence: [{id: e, statement: s, refs: [x]}]}]\n",
            ['4:75 ‹x› id-missing: there is no reference with the id "x" [add it under `references`]'],
        ),
        # An id that is given twice
        (
            "trials:\n  - {id: a, statement: s}\n  - {id: a, statement: t}\n",
            [
                '6:10 ‹a› id-duplicate: duplicate id "a"; it is first used at line 5',
            ],
        ),
        (
            "trials:\n  - {id: a, statement: s}\ncases:\n  - {id: a, statement: t}\n",
            [
                '7:10 ‹a› id-duplicate: duplicate id "a"; it is first used at line 5',
            ],
        ),
        (
            "mechanism: [{id: a, statement: s, evidence: [{id: a, statement: t}]}]\n",
            [
                '4:51 ‹a› id-duplicate: duplicate id "a"; it is first used at line 4',
            ],
        ),
        (
            "safety: {refs: [r]}\nreferences:\n  - {id: r}\n  - {id: r}\n",
            [
                '7:10 ‹r› id-duplicate: duplicate id "r"; it is first used at line 6',
            ],
        ),
        # A source that nobody cites is only a warning
        (
            "safety: {refs: [cree-2010]}\n" + CITED,
            ['6:10 ‹smi-2› reference-unused: nothing cites the reference "smi-2" [cite it under `refs`, or remove it]'],
        ),
        # One mistake is one finding: the reference that was meant is not called unused too
        (
            "safety: {refs: [cree-2010, smi_2]}\n" + CITED,
            ['4:28 ‹smi_2› id-missing: there is no reference with the id "smi_2" [did you mean `smi-2`?]'],
        ),
        # Evidence that other places name
        (
            "claims: [{id: c, statement: s, answered_by: [trial-1]}]\ntrials: [{id: trial-2, statement: s}]\n",
            ['4:46 ‹trial-1› id-missing: there is no evidence item with the id "trial-1" [did you mean `trial-2`?]'],
        ),
        (
            "outcomes: [{id: o, name: n, contributing: [x]}]\n",
            ['4:44 ‹x› id-missing: there is no evidence item with the id "x"'],
        ),
        (
            "safety: {adverse_events: [{id: ae, name: n, item: x}]}\n",
            ['4:51 ‹x› id-missing: there is no evidence item with the id "x"'],
        ),
        (
            "waivers: [{check: a-check, item: x, reason: r}]\n",
            ['4:34 ‹x› id-missing: there is no evidence item with the id "x"'],
        ),
        # A reference is no evidence, and evidence no reference
        (
            "claims: [{id: c, statement: s, answered_by: [r], refs: [r]}]\nreferences: [{id: r}]\n",
            ['4:46 ‹r› id-missing: there is no evidence item with the id "r"'],
        ),
        (
            "trials: [{id: a, statement: s, refs: [a]}]\n",
            ['4:39 ‹a› id-missing: there is no reference with the id "a" [add it under `references`]'],
        ),
    ],
)
def test_a_broken_link_is_found_at_its_place(body: str, expected: list[str]) -> None:
    assert [finding.split(" [every")[0] for finding in findings_of(HEADER + body)] == expected


@pytest.mark.parametrize(
    "body",
    [
        "safety: {refs: [r]}\nreferences: [{id: r}]\n",
        "trials: [{id: r, statement: s, refs: [r]}]\nreferences: [{id: r}]\n",  # two spaces of ids
        EVIDENCE + "claims: [{id: c, statement: s, answered_by: [e]}]\n",
        "claims: [{id: c, statement: s, answered_by: [w]}]\nsafety: {boxed_warnings: [{id: w, statement: s}]}\n",
        "outcomes: [{id: o, name: n, contributing: [a]}]\ntrials: [{id: a, statement: s}]\n",
        "safety: {adverse_events: [{id: ae, name: n, item: a}]}\ncases: [{id: a, statement: s}]\n",
        "waivers: [{check: a-check, item: a, reason: r}]\ntrials: [{id: a, statement: s}]\n",
        # What stands under a key of one's own is nobody else's business.
        "x-mine: {refs: [r], id: a, item: b, references: [{id: c}, {id: c}]}\ntrials: [{id: a, statement: s}]\n",
        "trials: [{id: a, statement: s, x-mine: [{id: a, refs: [nothing]}]}]\n",
    ],
)
def test_links_that_hold_are_not_mentioned(body: str) -> None:
    assert findings_of(HEADER + body) == []


def test_the_other_place_of_an_id_is_named_too() -> None:
    text = HEADER + "trials:\n  - {id: a, statement: s}\n  - {id: a, statement: t}\n"
    (finding,) = examine(text.encode(), "dossier.yaml")[1]
    assert [(place.line, place.column) for place in finding.related] == [(5, 10)]


def test_an_unused_reference_leaves_a_dossier_valid() -> None:
    dossier, findings = examine((HEADER + CITED).encode(), "dossier.yaml")
    assert dossier is not None
    assert [finding.severity for finding in findings] == [Severity.WARNING] * 2
    assert dossier.findings == tuple(findings)


def test_a_missing_reference_makes_a_dossier_invalid() -> None:
    dossier, findings = examine((HEADER + "safety: {refs: [x]}\n").encode(), "dossier.yaml")
    assert dossier is None
    assert [finding.severity for finding in findings] == [Severity.ERROR]


@pytest.mark.parametrize(
    "body",
    [
        "trials: [{id: [a], statement: s}]\n",
        "trials: [{id: 5, statement: s, refs: 5}]\n",
        "trials: [{id: a, statement: s, refs: [5, [x], {id: x}]}]\n",
        "trials: {id: a, refs: {id: a}}\n",
        "references: {id: a}\n",
        "references: [a, [b]]\n",
        "claims: [{id: a, statement: s, answered_by: {a: b}}]\n",
    ],
)
def test_links_are_looked_for_in_what_is_no_dossier_too(body: str) -> None:
    """The schema has something to say; the search for links must get through."""
    assert any(" schema-" in finding for finding in findings_of(HEADER + body))


def test_a_link_of_the_wrong_sort_is_reported_by_the_schema_alone() -> None:
    text = HEADER + "trials: [{id: a, statement: s, refs: [5]}]\n"
    assert [finding.split(": ")[0] for finding in findings_of(text)] == ["4:39 ‹5› schema-type"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_links_of_the_examples_hold(path: Path) -> None:
    assert examine(path.read_bytes(), path.name)[1] == []


@pytest.mark.slow
def test_the_first_of_many_misspelt_ids_are_told_what_they_may_mean() -> None:
    """Each comparison takes time, and who has renamed a thousand sources sees from a few that it was that."""
    known = "".join(f"  - {{id: smith-{n}-a, title: t}}\n" for n in range(1_000))
    cited = "".join(f"  - {{id: t{n}, statement: s, refs: [smith-{n}]}}\n" for n in range(1_000))
    _, findings = examine(f"{HEADER}trials:\n{cited}references:\n{known}".encode(), "x.yaml")
    missing = [one for one in findings if one.code == "id-missing"]
    assert len(missing) == 1_000
    told = [one.hint == f"did you mean `smith-{number}-a`?" for number, one in enumerate(missing)]
    assert told[:20] == [True] * 20
    assert not any(told[100:])


def test_of_many_ids_the_nearest_is_suggested() -> None:
    known = "".join(
        f"  - {{id: {name}, title: t}}\n" for name in (*(f"paper-{n}" for n in range(500)), "kirkwood-2019")
    )
    body = "trials: [{id: t, statement: s, refs: [kirkwod-2019]}]\nreferences:\n" + known
    _, findings = examine((HEADER + body).encode(), "x.yaml")
    assert [one.hint for one in findings if one.code == "id-missing"] == ["did you mean `kirkwood-2019`?"]
