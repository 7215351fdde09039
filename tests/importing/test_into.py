"""What sources add to a dossier: entries that are new, fields that are absent, and what only the source changed."""

from __future__ import annotations

import difflib
import gc
import json
import weakref
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.importing.found import Record
from evgrade.importing.into import Merged, Source, merged
from evgrade.model import Severity
from evgrade.yamlio.reader import read
from tests.examples import examples

ROOT = Path(__file__).parents[2]
START = "dossier: 1\ntherapy: {name: t}\ncondition: {name: c}\n"
Entry = dict[str, Any]


def a_record(place: str = "#", **sections: Sequence[Entry]) -> Record:
    """Return a record; `__` stands for the dot of a section."""
    return record_of(sections, place)


def record_of(sections: Mapping[str, Sequence[Entry]], place: str = "#") -> Record:
    record = Record("s.json", place, "a record")
    for section, entries in sections.items():
        for entry in entries:
            record.add(section.replace("__", "."), json.loads(json.dumps(entry)))
    return record


def into(text: str, *records: Record, before: Sequence[Record] | None = None) -> Merged:
    return merged(read((START + text).encode(), "a.yaml"), [Source(records, before)])


def data_of(result: Merged) -> Any:
    return read(result.content, "a").data


def codes(result: Merged) -> list[str]:
    return [one.code for one in result.findings]


# Which entries are the same


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"doi": "10.1/ABC"}, {"doi": "10.1/abc"}),
        ({"pmid": 123}, {"pmid": "123"}),
        ({"pmcid": "PMC12"}, {"pmcid": "pmc12"}),
        (
            {"url": "https://clinicaltrials.gov/study/NCT00000001"},
            {"url": "https://clinicaltrials.gov/ct2/show/nct00000001"},
        ),
    ],
)
def test_a_reference_is_the_same_by_any_identifier(mine: Entry, theirs: Entry) -> None:
    before = f"references: [{json.dumps({'id': 'mine'} | mine)}]\n"
    result = into(before, a_record(references=[{"id": "theirs", "title": "T"} | theirs]))
    assert [(one["id"], one["title"]) for one in data_of(result)["references"]] == [("mine", "T")]


@pytest.mark.parametrize(
    ("mine", "theirs", "is_same"),
    [
        ({"registry": ["nct00000001"]}, {"registry": ["NCT00000001"]}, True),
        ({"registry": ["2015-001234-56"]}, {"registry": ["NCT00000001", "2015-001234-56"]}, True),
        ({"registry": ["NCT00000002", "2015-001234-56"]}, {"registry": ["NCT00000001", "2015-001234-56"]}, False),
        ({"x-label": "SMITH  2010"}, {"x-label": "Smith 2010"}, True),
        ({"x-label": "A", "registry": ["NCT00000001"]}, {"x-label": "a", "registry": ["NCT00000002"]}, False),
        ({"x-label": "A"}, {"registry": ["NCT00000001"]}, False),
    ],
)
def test_a_study_is_the_same_by_registry_number_or_label(mine: Entry, theirs: Entry, is_same: bool) -> None:
    before = f"trials: [{json.dumps({'id': 'mine', 'statement': 'S'} | mine)}]\n"
    result = into(before, a_record(trials=[{"id": "mine", "statement": "Registered.", "participants": 7} | theirs]))
    expected = [("mine", 7, "S")] if is_same else [("mine", None, "S"), ("mine-2", 7, "Registered.")]
    assert [(one["id"], one.get("participants"), one["statement"]) for one in data_of(result)["trials"]] == expected


def test_a_study_without_a_number_is_known_by_the_record_that_both_cite() -> None:
    url = "https://clinicaltrials.gov/study/NCT00000001"
    before = f"observational: [{{id: mine, statement: S, refs: [r]}}]\nreferences: [{{id: r, url: '{url}'}}]\n"
    record = a_record(
        references=[{"id": "ctgov", "url": url}],
        trials=[{"id": "x", "statement": "T", "participants": 7, "refs": ["ctgov"]}],
    )
    data = data_of(into(before, record))
    assert (data["observational"][0]["participants"], "trials" in data) == (7, False)
    assert data["observational"][0]["refs"] == ["r"]


def test_harms_warnings_and_outcomes_are_known_by_what_they_say() -> None:
    record = a_record(
        trials=[{"id": "t", "statement": "T", "registry": ["NCT00000001"]}],
        safety__adverse_events=[{"id": "h", "name": "nausea ", "item": "t", "seriousness": "serious", "n": 3}],
        safety__contraindications=[{"id": "w", "statement": "Not in pregnancy"}],
        outcomes=[{"id": "o", "name": "DEATH"}],
    )
    once = into("", record)
    again = merged(read(once.content, "a"), [Source([record])])
    assert again.content == once.content
    text = (
        "trials: [{id: mine, statement: T, registry: [NCT00000001]}]\noutcomes: [{id: death, name: Death}]\nsafety:\n"
        "  adverse_events: [{id: a, name: Nausea, item: mine, seriousness: serious}]\n"
        "  contraindications: [{id: b, statement: not in PREGNANCY.}]\n"
    )
    data = data_of(into(text, record))
    assert (len(data["outcomes"]), len(data["safety"]["contraindications"])) == (1, 1)
    assert data["safety"]["adverse_events"] == [
        {"id": "a", "name": "Nausea", "n": 3, "seriousness": "serious", "item": "mine"}
    ]


def test_the_same_title_year_and_author_are_a_finding_and_both_stay() -> None:
    work: Entry = {"title": "A Trial.", "issued": "2010-03", "author": ["Smith AB", "Who C"]}
    before = f"references: [{json.dumps({'id': 'mine', 'doi': '10.1/a'} | work)}]\n"
    result = into(before, a_record(place=":12", references=[{"id": "x", "pmid": 5, **work, "title": "A trial"}]))
    assert (len(data_of(result)["references"]), codes(result)) == (2, ["import-same-work"])
    [finding] = result.findings
    assert (str(finding.location), [str(one) for one in finding.related]) == ("a.yaml:4:14", ["s.json:12:1"])


def test_a_reference_without_identifiers_is_not_added_twice_even_if_somebody_adds_to_it() -> None:
    work = {"id": "smith-2010", "title": "A trial", "issued": 2010, "author": ["Smith A"]}
    once = into("", a_record(references=[work]))
    edited = once.content.replace(b"    title:", b"    doi: 10.1/a\n    title:")
    assert merged(read(edited, "a"), [Source([a_record(references=[work])])]).content == edited
    longer = a_record(references=[work | {"page": "3"}])
    result = merged(read(edited, "a"), [Source([longer], [a_record(references=[work])])])
    assert [one.get("page") for one in data_of(result)["references"]] == ["3"]


def test_ids_of_others_are_left_alone_and_what_refers_to_the_new_ones_follows() -> None:
    record = a_record(
        references=[{"id": "r", "pmid": 1}, {"id": "q", "pmid": 2}],
        outcomes=[{"id": "o", "name": "Death", "contributing": ["t"]}],
        trials=[
            {
                "id": "t",
                "statement": "T",
                "x-label": "T",
                "effects": [{"outcome": "d", "answers": "o"}],
                "refs": ["r", "q"],
            }
        ],
    )
    text = "trials: [{id: o, statement: S}]\nclaims: [{id: t, statement: C}]\nreferences: [{id: r, pmid: 2}]\n"
    data = data_of(into(text, record))
    assert [one["id"] for one in data["references"]] == ["r", "r-2"]
    assert (data["trials"][1]["id"], data["trials"][1]["refs"]) == ("t-2", ["r-2", "r"])
    assert data["trials"][1]["effects"] == [{"outcome": "d", "answers": "o-2"}]
    assert data["outcomes"] == [{"id": "o-2", "name": "Death", "contributing": ["t-2"]}]


# What an entry that is there gains


TRIAL: Entry = {"id": "t", "statement": "T", "registry": ["NCT00000001"]}
MINE = "trials:\n  # mine\n  - id: 'x'   # an id\n    statement: S\n    registry: [NCT00000001]\n\n# the end"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_absent_fields_are_put_at_their_place_and_no_other_byte_changes(line_end: str, mark: bytes) -> None:
    content = mark + (START + MINE).replace("\n", line_end).encode()
    record = a_record(
        trials=[TRIAL | {"title": "A: b", "effects": [{"outcome": "d", "estimate": 1}], "status": "completed"}]
    )
    record.entries["trials"][0]["effects"][0]["estimate"] = Decimal("1.10")
    result = merged(read(content, "a"), [Source([record])])
    gained = [
        '    title: "A: b"',
        "    status: completed",
        "    effects:",
        "      - outcome: d",
        "        estimate: 1.10",
    ]
    lines = content.decode().split(line_end)
    lines[6:6] = gained[:1]
    lines[9:9] = gained[1:]
    assert result.content.decode().split(line_end) == lines
    assert merged(read(result.content, "a"), [Source([record])]).content == result.content
    assert result.updated == {"trials": 1}


def test_what_has_no_safe_place_is_a_finding_and_nothing_else_is_lost() -> None:
    text = "notes: &n N\ntrials:\n  - &t {id: x, statement: S, registry: [NCT00000001]}\nx-same: *t\n"
    record = a_record(trials=[TRIAL | {"participants": 7}], references=[{"id": "r", "pmid": 1}])
    result = into(text, record)
    assert codes(result) == ["import-no-place"]
    assert result.content.decode() == START + text.replace("x-same", "references:\n  - id: r\n    pmid: 1\nx-same")


def test_two_analyses_are_not_mixed() -> None:
    text = "trials: [{id: x, statement: S, registry: [NCT00000001], effects: [{outcome: D, estimate: 2}]}]\n"
    effect = {"outcome": "D", "estimate": 3, "ci_low": 1}
    result = into(text, a_record(trials=[TRIAL | {"effects": [effect]}]))
    assert result.content.decode() == START + text
    assert codes(result) == ["import-difference"] * 2


def test_an_entry_comes_to_cite_its_source() -> None:
    text = "trials: [{id: x, statement: S, registry: [NCT00000001], refs: [a]}]\nreferences: [{id: a}]\n"
    record = a_record(references=[{"id": "ctgov", "pmid": 1}], trials=[TRIAL | {"refs": ["ctgov"]}])
    assert data_of(into(text, record))["trials"][0]["refs"] == ["a", "ctgov"]


# Three versions


def three(mine: int | None, before: int | None, now: int | None) -> tuple[int | None, list[str]]:
    """Return what becomes of a field, and the findings."""

    def entry(value: int | None) -> Entry:
        return TRIAL | ({} if value is None else {"participants": value})

    text = f"trials: [{json.dumps(entry(mine))}]\n"
    result = into(text, a_record(trials=[entry(now)]), before=[a_record(trials=[entry(before)])])
    return data_of(result)["trials"][0].get("participants"), codes(result)


@pytest.mark.parametrize(("mine", "before", "now"), list(product([None, 1, 2, 3], repeat=3)))
def test_three_versions_of_a_field(mine: int | None, before: int | None, now: int | None) -> None:
    """The rule: who alone changed a field has it; where both did, or it vanished, people decide."""
    found = three(mine, before, now)
    if now in (mine, before):
        assert found == (mine, [])
    elif mine == before and now is not None:
        assert found == (now, [])
    elif mine == before:
        assert found == (mine, ["import-vanished"])
    else:
        assert found == (mine, ["import-conflict"])


def test_a_conflict_shows_both_values_and_both_places() -> None:
    text = "trials:\n  - id: x\n    statement: S\n    registry: [NCT00000001]\n    participants: 9 # counted\n"
    before, now = (a_record(place="#/studies/0", trials=[TRIAL | {"participants": n}]) for n in (7, 8))
    result = into(text, now, before=[before])
    [finding] = result.findings
    assert finding.message == "`x` in trials has 9 as `participants`; the source now says 8, and said 7 before"
    assert (str(finding.location), finding.hint) == ("a.yaml:8:19", "the source: s.json#/studies/0")
    assert finding.severity is Severity.WARNING
    assert finding.excerpt is not None
    assert finding.excerpt.text == "    participants: 9 # counted"
    assert result.content.decode() == START + text


def test_lists_are_merged_item_by_item() -> None:
    def arms(*sizes: tuple[str, int | None]) -> Entry:
        return TRIAL | {"arms": [{"name": name} | ({"participants": n} if n else {}) for name, n in sizes]}

    before = a_record(trials=[arms(("A", 1), ("B", 2), ("C", 3), ("E", 5))])
    now = a_record(trials=[arms(("A", 10), ("B", 2), ("D", 4), ("E", 6))])
    text = f"trials: [{json.dumps(arms(('A', 1), ('B', 22), ('C', 3)))}]\n"
    result = into(text, now, before=[before])
    found = {one["name"]: one["participants"] for one in data_of(result)["trials"][0]["arms"]}
    assert found == {"A": 10, "B": 22, "C": 3, "D": 4}
    assert sorted(codes(result)) == ["import-conflict", "import-vanished"]  # E was removed and has changed, C is gone


def test_an_entry_that_its_source_no_longer_has_is_a_finding_and_stays() -> None:
    text = f"trials: [{json.dumps(TRIAL)}]\n"
    result = into(text, before=[a_record(trials=[TRIAL])])
    assert (result.content.decode(), codes(result)) == (START + text, ["import-vanished"])
    document = read((START + text).encode(), "a")
    moved = merged(document, [Source([], [a_record(trials=[TRIAL])]), Source([a_record(trials=[TRIAL])])])
    assert moved.findings == ()


def test_a_new_version_of_a_source_changes_its_reference() -> None:
    def record(day: str, n: int) -> Record:
        reference = {"id": "ctgov", "url": "https://clinicaltrials.gov/study/NCT00000001", "issued": day}
        return a_record(references=[reference], trials=[TRIAL | {"participants": n, "refs": ["ctgov"]}])

    once = into("", record("2020-01-01", 7))
    twice = merged(read(once.content, "a"), [Source([record("2021-01-01", 8)], [record("2020-01-01", 7)])])
    old, new = once.content.decode(), twice.content.decode()
    assert new == old.replace("2020-01-01", "2021-01-01").replace("participants: 7", "participants: 8")
    assert twice.findings == ()


def test_what_never_cited_its_source_has_no_earlier_version() -> None:
    text = f"trials: [{json.dumps(TRIAL)}]\n"
    record = a_record(references=[{"id": "r", "pmid": 1}], trials=[TRIAL | {"participants": 7, "refs": ["r"]}])
    assert data_of(into(text, record, before=[record]))["trials"][0]["participants"] == 7


# Judgements


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("trials", {"result": "benefit"}),
        ("trials", {"powered": "no"}),
        ("trials", {"powered_reason": "small"}),
        ("mechanism", {"relevance": "plausible"}),
        ("outcomes", {"certainty": {"judgement": "low"}}),
        ("outcomes", {"imprecision": {"judgement": "serious"}}),
        ("trials", {"risk_of_bias": {"overall": "low"}}),
        ("panel", {}),
    ],
)
def test_a_judgement_is_refused_from_any_reader(section: str, entry: Entry) -> None:
    with pytest.raises(AssertionError, match="judgements, which only reviewers make"):
        into("", record_of({section: [{"id": "x", "statement": "S"} | entry]}))


def test_risk_of_bias_is_taken_where_it_says_who_judged() -> None:
    bias = {"tool": "RoB 2", "overall": "low", "judged_by": "Smith 2020"}
    assert data_of(into("", a_record(trials=[TRIAL | {"risk_of_bias": bias}])))["trials"][0]["risk_of_bias"] == bias
    text = "trials: [{id: x, statement: S, registry: [NCT00000001], risk_of_bias: {overall: high, judged_by: us}}]\n"
    result = into(text, a_record(trials=[TRIAL | {"risk_of_bias": bias}]))
    assert result.content.decode() == START + text


# Laws


DOSSIERS = {path.name: path.read_bytes() for path in sorted((ROOT / "examples").rglob("*.dossier.yaml"))}
WORDS = st.text("abc: #'\"-", min_size=1, max_size=6).map(lambda one: f"x{one}x")
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS,
        "participants": st.integers(1, 3),
        "status": st.sampled_from(["completed", "active"]),
        "arms": st.lists(
            st.fixed_dictionaries(
                {"name": st.sampled_from(["A", "B", "C"])}, optional={"participants": st.integers(1, 3)}
            ),
            max_size=3,
        ),
        "sponsor": WORDS,
        "refs": st.lists(st.sampled_from(["p1", "p2"]), max_size=2, unique=True),
    },
)
NUMBERS = ["NCT00000001", "NCT00000002", "NCT00000003"]
TRIALS = st.tuples(st.sampled_from(NUMBERS), FACTS).map(
    lambda one: {"id": one[0].lower(), "statement": "Registered.", "registry": [one[0]]} | one[1]
)
PAPERS: list[Entry] = [
    {"id": "p1", "pmid": 90000001, "title": "One"},
    {"id": "p2", "doi": "10.99999/x", "title": "Two"},
]
RECORDS = st.lists(TRIALS, max_size=3, unique_by=lambda one: one["id"]).map(
    lambda trials: a_record(references=PAPERS, trials=trials)
)


def copied(record: Record) -> Record:
    return record_of(record.entries)


@given(name=st.sampled_from(sorted(DOSSIERS)), line_end=st.sampled_from(["\n", "\r\n"]), one=RECORDS, other=RECORDS)
@examples(60)
def test_importing_inserts_and_importing_again_changes_nothing(
    name: str, line_end: str, one: Record, other: Record
) -> None:
    """The laws of an import without an earlier version, on every example."""
    document = read(DOSSIERS[name].decode().replace("\n", line_end).encode(), "a")
    both = merged(document, [Source([copied(one)]), Source([copied(other)])])
    first = merged(document, [Source([copied(one)])])
    second = merged(read(first.content, "a"), [Source([copied(other)])])
    assert both.content == second.content, "several sources are as one after the other"
    again = merged(read(second.content, "a"), [Source([copied(one)]), Source([copied(other)])])
    assert again.content == second.content
    old, new = (text.splitlines(keepends=True) for text in (document.text, both.content.decode()))
    lost = [line for line in difflib.ndiff(old, new) if line.startswith("- ")]
    assert all(line.strip().endswith("[]") for line in lost), "lines are only added; an empty list gives way"


@given(name=st.sampled_from(sorted(DOSSIERS)), before=RECORDS, now=RECORDS)
@examples(60)
def test_what_nobody_changed_by_hand_becomes_what_the_source_says(name: str, before: Record, now: Record) -> None:
    document = read(DOSSIERS[name], "a")
    once = read(merged(document, [Source([copied(before)])]).content, "a")
    result = merged(once, [Source([copied(now)], [copied(before)])])
    assert {one.code for one in result.findings} <= {"import-vanished"}
    for trial in now.entries.get("trials", ()):
        written = next(one for one in data_of(result)["trials"] if one.get("registry") == trial["registry"])
        assert all(written[key] == trial[key] for key in ("title", "participants", "status", "sponsor") if key in trial)
    again = merged(read(result.content, "a"), [Source([copied(now)], [copied(before)])])
    assert again.content == result.content


@pytest.mark.slow
def test_one_record_after_the_other_is_held() -> None:
    """No record is kept: those that came before are gone when the next one is read."""
    alive: list[weakref.ref[Any]] = []

    class Held(Record):
        __slots__ = ("__weakref__",)

    def records() -> Any:
        for number in range(300):
            record = Held("s", "#", "a")
            record.add("trials", dict(TRIAL))
            alive.append(weakref.ref(record))
            if number % 100 == 99:
                gc.collect()
                assert sum(one() is not None for one in alive) <= 3
            yield record

    assert merged(read((START + MINE).encode(), "a"), [Source(records())]).records == 300


@pytest.mark.slow
def test_a_dossier_is_read_again_as_often_for_a_thousand_entries_as_for_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for size in (10, 1000):
        reads: list[int] = []
        monkeypatch.setattr("evgrade.inserting.read", lambda *args, reads=reads: (reads.append(1), read(*args))[1])
        trials = [TRIAL | {"id": f"t{n}", "registry": [f"NCT{n:08}"], "participants": n} for n in range(size)]
        text = "trials:\n" + "".join(
            f"  - id: x{n}\n    statement: S\n    registry: [NCT{n:08}]\n" for n in range(0, size, 2)
        )
        into(text, *(a_record(trials=[one]) for one in trials))
        counts.append(len(reads))
    assert counts == [1, 1]
