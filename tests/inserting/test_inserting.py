"""Entries that are added to a dossier: they stand at their place, and nothing else of the file changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.entries import entry_kinds
from evgrade.inserting import changed, inserted
from evgrade.model import EvgradeError
from evgrade.schema.store import schema
from evgrade.yamlio.emit import flow_text, mapping_lines, scalar_text
from evgrade.yamlio.reader import read
from evgrade.yamlio.scalars import resolve
from tests.examples import examples

ROOT = Path(__file__).parents[2]
START = "dossier: 1\ntherapy: {name: t}\ncondition: {name: c}\n"
TRIAL = {"id": "new", "statement": "It was done."}
LINES = "- id: new\n  statement: It was done.\n"


def indented(by: int, text: str = LINES) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


def added(text: str | bytes, section: str = "trials", entries: Sequence[Any] = (TRIAL,)) -> str:
    content = text.encode() if isinstance(text, str) else text
    return inserted(read(content, "a.yaml"), tuple(section.split(".")), entries).decode()


# Where an entry goes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("trials:\n  - id: a\n", "trials:\n  - id: a\n" + indented(2), id="after the last"),
        pytest.param("trials:\n- id: a\n", "trials:\n- id: a\n" + LINES, id="dashes below the key"),
        pytest.param("trials:\n      - id: a\n", "trials:\n      - id: a\n" + indented(6), id="far in"),
        pytest.param("trials:\n  - {id: a}\n", "trials:\n  - {id: a}\n" + indented(2), id="entries in brackets"),
        pytest.param("trials:\n  - id: a # c\n", "trials:\n  - id: a # c\n" + indented(2), id="a comment beside it"),
        pytest.param(
            "trials:\n  - id: a\n    # of a\n  # of what follows\n",
            "trials:\n  - id: a\n    # of a\n" + indented(2) + "  # of what follows\n",
            id="a comment below it",
        ),
        pytest.param(
            "trials:\n  - id: a\n#     year: 2020\n# notes: x\n",
            "trials:\n  - id: a\n#     year: 2020\n" + indented(2) + "# notes: x\n",
            id="an example below it",
        ),
        pytest.param(
            "trials:\n  - id: a\n\nnotes: x\n", "trials:\n  - id: a\n" + indented(2) + "\nnotes: x\n", id="a blank line"
        ),
        pytest.param(
            "trials:\n  - id: a\n    notes: |\n      x\n\n      # y\n\nnotes: x\n",
            "trials:\n  - id: a\n    notes: |\n      x\n\n      # y\n" + indented(2) + "\nnotes: x\n",
            id="a block of text",
        ),
        pytest.param(
            "trials:\n  - id: a\n    notes: |+\n      x\n\nnotes: x\n",
            "trials:\n  - id: a\n    notes: |+\n      x\n\n" + indented(2) + "notes: x\n",
            id="a block that keeps its blank lines",
        ),
        pytest.param(
            "trials:\n  - id: a\n...\n", "trials:\n  - id: a\n" + indented(2) + "...\n", id="the end is marked"
        ),
        pytest.param("trials:\n  - id: a", "trials:\n  - id: a\n" + indented(2)[:-1], id="no last line end"),
        pytest.param("trials: []\nnotes: x\n", "trials:\n" + indented(2) + "notes: x\n", id="an empty list"),
        pytest.param("trials: [] # none\n", "trials: # none\n" + indented(2), id="an empty list with a comment"),
        pytest.param("trials: []", "trials:\n" + indented(2)[:-1], id="an empty list at the end"),
        pytest.param("trials:\nnotes: x\n", "trials:\n" + indented(2) + "notes: x\n", id="a key without a value"),
        pytest.param("trials: ~\n", "trials:\n" + indented(2), id="nothing, written out"),
        pytest.param(
            "trials: [{id: a}]\n", "trials: [{id: a}, {id: new, statement: It was done.}]\n", id="a list in brackets"
        ),
        pytest.param(
            "trials: [\n  {id: a}, # c\n]\n",
            "trials: [\n  {id: a}, {id: new, statement: It was done.} # c\n]\n",
            id="a comma at the end",
        ),
        pytest.param("", "trials:\n" + indented(2), id="no such section"),
        pytest.param(
            "cases:\n- id: a\nnotes: x\n", "cases:\n- id: a\ntrials:\n" + LINES + "notes: x\n", id="dashes as elsewhere"
        ),
        pytest.param(
            "notes: x\nclaims: []\n", "notes: x\nclaims: []\ntrials:\n" + indented(2), id="after its neighbour"
        ),
        pytest.param(
            "\nclaims: []\n\nnotes: x\n",
            "\nclaims: []\n\ntrials:\n" + indented(2) + "\nnotes: x\n",
            id="blank lines between",
        ),
        pytest.param(
            "\n## Trials.\n# trials:\n#   - id: a\n\n# notes: x\n",
            "\n## Trials.\ntrials:\n" + indented(2) + "\n# trials:\n#   - id: a\n\n# notes: x\n",
            id="above its example",
        ),
        pytest.param(
            "notes: |\n  a\n  # trials:\n",
            "trials:\n" + indented(2) + "notes: |\n  a\n  # trials:\n",
            id="text that looks like an example",
        ),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_an_entry_goes_to_the_end_of_its_list(before: str, after: str, line_end: str) -> None:
    old, new = (text.replace("\n", line_end) for text in (START + before, START + after))
    assert added(old.encode()) == new


def test_a_mark_of_the_byte_order_is_kept() -> None:
    content = b"\xef\xbb\xbf" + START.encode()
    assert inserted(read(content, "a"), ("trials",), [TRIAL]) == content + b"trials:\n" + indented(2).encode()


HARM = {"id": "h", "name": "Rash"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "safety:\n  adverse_events:\n    - id: h\n      name: Rash\n"),
        (
            "safety:\n  concern: minor\n  boxed_warnings: []\n",
            "safety:\n  concern: minor\n  adverse_events:\n    - id: h\n      name: Rash\n  boxed_warnings: []\n",
        ),
        (
            "safety:\n  boxed_warnings: []\n",
            "safety:\n  adverse_events:\n    - id: h\n      name: Rash\n  boxed_warnings: []\n",
        ),
        ("safety: {concern: minor}\n", "safety: {concern: minor, adverse_events: [{id: h, name: Rash}]}\n"),
        ("safety: {adverse_events: []}\n", "safety: {adverse_events: [{id: h, name: Rash}]}\n"),
        ("safety: {}\n", "safety: {adverse_events: [{id: h, name: Rash}]}\n"),
        ("safety:\nnotes: x\n", "safety:\n  adverse_events:\n    - id: h\n      name: Rash\nnotes: x\n"),
    ],
)
def test_a_list_can_lie_inside_of_a_section(before: str, after: str) -> None:
    assert added(START + before, "safety.adverse_events", [HARM]) == START + after


def test_a_dossier_in_brackets_gets_a_section_too() -> None:
    text = "{dossier: 1, therapy: {name: t}, condition: {name: c}}"
    assert added(text) == text[:-1] + ", trials: [{id: new, statement: It was done.}]}"


# Fields and values


ENTRY = (
    "trials:\n  - id: a\n    # of the year\n    year: 2020   # about\n    registry: [A, B] # both\n"
    "    arms:\n      - name: x\n"
)


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        ("title", "A b", "- id: a\n", "- id: a\n    title: A b\n"),
        ("phase", "na", "[A, B] # both\n", "[A, B] # both\n    phase: na\n"),
        ("x-label", "A 1", "- name: x\n", "- name: x\n    x-label: A 1\n"),
        ("year", 2021, "2020 ", "2021 "),
        ("registry", ["A", "C"], "[A, B]", "[A, C]"),
        ("registry", ["A"], "[A, B]", "[A]"),
        ("registry", ["A", "B", "C"], "[A, B]", "[A, B, C]"),
        ("arms", [{"name": "x", "role": "other"}], "- name: x\n", "- name: x\n        role: other\n"),
        ("arms", [{"name": "x"}, {"name": "z"}], "- name: x\n", "- name: x\n      - name: z\n"),
        ("arms", [{"name": "z"}], "name: x", "name: z"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_an_entry_gains_fields_and_values_change_at_their_place(
    path: str, value: Any, before: str, after: str, line_end: str
) -> None:
    old, new = ((START + one).replace("\n", line_end) for one in (ENTRY, ENTRY.replace(before, after)))
    document = read(old.encode(), "a")
    entry = document.data["trials"][0]
    data = document.data | {"trials": [entry | {path: value}]}
    content, refused = changed(document, data)
    assert (content.decode(), refused) == (new, ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{id: a, year: 2020}", "{id: a, statement: S, year: 2021}"),
        ("{id: a,\n   year: '2020',\n  }", "{id: a,\n   statement: S, year: 2021,\n  }"),
        ("id: a\n    year: >-\n      20\n      20", "id: a\n    statement: S\n    year: 2021"),
        ("id: a\n    year:", "id: a\n    statement: S\n    year: 2021"),
        ('id: a\n    year: "x"', "id: a\n    statement: S\n    year: 2021"),
        ("year: 1\n    id: a", "year: 2021\n    id: a\n    statement: S"),
    ],
)
def test_every_style_takes_fields_and_values(before: str, after: str) -> None:
    document = read(f"{START}trials:\n  - {before}\nnotes: x\n".encode(), "a")
    data = document.data | {"trials": [document.data["trials"][0] | {"statement": "S", "year": 2021}]}
    assert changed(document, data) == (f"{START}trials:\n  - {after}\nnotes: x\n".encode(), ())


def test_quotes_stay() -> None:
    document = read(f"{START}notes: 'it''s'\n".encode(), "a")
    assert changed(document, document.data | {"notes": "that's"})[0].decode() == f"{START}notes: 'that''s'\n"


@pytest.mark.parametrize("value", ["&x 2020", "[2020, # c\n  2021]", "*y"])
def test_what_has_no_safe_place_is_refused_and_nothing_else_lost(value: str) -> None:
    document = read(f"{START}notes: &y x\ntrials:\n  - id: a\n    year: {value}\n".encode(), "a")
    data = document.data | {"trials": [document.data["trials"][0] | {"title": "T", "year": 2000, "phase": "na"}]}
    content, refused = changed(document, data)
    assert [edit.path for edit in refused] == [("trials", 0, "year")]
    assert content.decode() == document.text.replace("id: a", "id: a\n    title: T") + "    phase: na\n" or (
        read(content, "a").data["trials"][0] == document.data["trials"][0] | {"title": "T", "phase": "na"}
    )


@pytest.mark.parametrize(
    "text",
    [
        "trials: x\n",
        "trials: {id: a}\n",
        "claims: &x []\ntrials: *x\n",
        "trials: &x\n- id: a\nclaims: *x\n",
    ],
)
def test_what_cannot_be_added_to_is_refused(text: str) -> None:
    with pytest.raises(EvgradeError, match=r"nothing can be added to `trials`|something other than a list"):
        added(START + text)


def test_a_section_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(EvgradeError, match="is not a mapping"):
        added(f"{START}safety: []\n", "safety.adverse_events")


def test_a_result_that_would_mean_something_else_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evgrade.yamlio.emit.quoted", lambda text: text)
    with pytest.raises(EvgradeError):
        added(START, entries=[{"id": "new", "statement": "a # b"}])


def test_several_entries_are_added_in_their_order() -> None:
    data: Any = read(added(START, entries=[{"id": "a"}, {"id": "b"}]).encode(), "a").data
    assert data["trials"] == [{"id": "a"}, {"id": "b"}]


def test_a_number_keeps_its_digits() -> None:
    assert "estimate: 5.20\n" in added(START, entries=[{"id": "a", "estimate": Decimal("5.20")}])


# Text stays text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It helped, somewhat (p = 0.05).", "It helped, somewhat (p = 0.05)."),
        ("Süßholz 日本語", "Süßholz 日本語"),
        ("10.1000/a(1)b", "10.1000/a(1)b"),
        ("2020-01-31", "2020-01-31"),
        ("https://example.org/a", "https://example.org/a"),
        ("yes", '"yes"'),
        ("NO", '"NO"'),
        ("1e3", '"1e3"'),
        ("1:2", '"1:2"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("- x", '"- x"'),
        ("a\nb", '"a\\nb"'),
        ("", '""'),
        (" x", '" x"'),
        ("null", '"null"'),
        ('say "x"', 'say "x"'),
        ("# x", '"# x"'),
        ("&a *b", '"&a *b"'),
    ],
)
def test_text_has_quotes_where_it_needs_them(text: str, written: str) -> None:
    assert scalar_text(text) == written


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12
) | st.sampled_from(
    [
        "yes",
        "1e3",
        ": ",
        "#",
        "'",
        '"',
        "- ",
        "? x",
        "a:",
        "a #",
        "{",
        "]",
        "!t",
        "%x",
        "@",
        "`",
        "---",
        "...",
        "~",
        "<<",
    ]
)
NUMBERS = (
    st.integers(-(10**17), 10**17)
    | st.floats(-1e9, 1e9).filter(lambda one: one == 0 or abs(one) > 1e-30)
    | st.decimals(-(10**6), 10**6, allow_nan=False, places=3)
)
SCALARS = TEXTS | NUMBERS | st.booleans()
NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True) | TEXTS.filter(bool)
VALUES = st.recursive(
    SCALARS, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAMES, inside, max_size=3), max_leaves=6
)
ENTRIES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=5)


def as_read(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_read(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_read(part) for part in value]
    return resolve(str(value)) if isinstance(value, Decimal) else value


@given(data=ENTRIES)
@examples(400)
def test_any_data_read_as_what_they_were(data: dict[str, Any]) -> None:
    """The law of what is written: in block style and in brackets."""
    for text in ("\n".join(mapping_lines(data, 0)) + "\n", flow_text(data)):
        assert json.dumps(read(text.encode(), "a").data, sort_keys=True) == json.dumps(as_read(data), sort_keys=True)


DOSSIERS = {path.name: path.read_bytes() for path in sorted((ROOT / "examples").rglob("*.dossier.yaml"))}
SECTIONS = [kind.section for kind in entry_kinds().values()]


@given(
    name=st.sampled_from(sorted(DOSSIERS)),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    cut=st.booleans(),
    section=st.sampled_from(SECTIONS),
    entry=ENTRIES,
)
@examples(200)
def test_nothing_else_changes(name: str, line_end: str, cut: bool, section: tuple[str, ...], entry: Any) -> None:
    """The law of inserting: the result reads as the old data and the entry; without what is new it is the old file."""
    text = DOSSIERS[name].decode().replace("\n", line_end)
    document = read((text.rstrip() if cut else text).encode(), "a")
    after = inserted(document, section, [entry]).decode()
    data: Any = read(after.encode(), "a").data
    old: Any = document.data
    for key in section[:-1]:
        data, old = data[key], old.get(key, {})
    assert json.dumps(data.pop(section[-1])) == json.dumps([*old.get(section[-1], []), as_read(entry)])
    assert json.dumps({**data}) == json.dumps({key: value for key, value in old.items() if key != section[-1]})
    gone, _, comment = lost(document.text, after).partition("#")
    assert gone.strip() in "[]", "an empty list gives way, and nothing else ever does"
    assert comment in after, "a comment behind it moves with its key"


def lost(before: str, after: str) -> str:
    """Return what a text has lost that was changed in one place."""
    start = alike(before, after)
    end = min(alike(before[::-1], after[::-1]), len(before) - start, len(after) - start)
    return before[start : len(before) - end]


def alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def test_every_list_of_the_format_can_be_added_to() -> None:
    root = schema("dossier")
    lists = [key for key, node in root["properties"].items() if node.get("type") == "array"]
    assert [section[0] for section in SECTIONS if len(section) == 1] == lists
    assert ("safety", "adverse_events") in SECTIONS
    assert entry_kinds()["harm"].section == ("safety", "adverse_events")
