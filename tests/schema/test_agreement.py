"""The fast validator and the one that explains: what the one refuses the other can say why, and nothing else."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from evgrade.model import Severity
from evgrade.schema.explain import explain
from evgrade.schema.store import FORMATS, is_partial_date, schema
from evgrade.schema.validate import validate
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read
from tests.crossed import one_in
from tests.examples import examples

EXAMPLES = Path(__file__).parents[2] / "examples"
validate_module = import_module("evgrade.schema.validate")

FAST = jsonschema_rs.Draft202012Validator(schema("dossier"), validate_formats=True, formats=dict(FORMATS))

WRONG: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    1.0,
    0.5,
    2.5e10,
    10**17,
    "",
    " ",
    "\u00a0",
    "\u2003",
    "\x1c",
    "\x85",
    "\u180e",
    "\u200b",
    "\ufeff",
    "x",
    "1",
    "unclear",
    "not_reported",
    "true",
    "2010",
    "2010-13",
    "2010-02-30",
    "2010-12-21\n",
    "٢٠١٠",
    "10.1000/x y",
    "10.1000/x",
    "http://example.org/<>",
    "a" * 65,
    "a" * 20001,
    "é",
    "e\u0301" * 40,
    "😀" * 64,
    "<0.05",
    "< 0.05\n",
    [],
    [1],
    ["a", "a"],
    ["a", "b"],
    [[]],
    [{}],
    {},
    {"name": "x"},
    {"x-y": 1},
    {"id": "a"},
]


@cache
def example(name: str) -> Any:
    """Return an example with no more than two entries in each list, so that it is quickly checked."""
    return _short(read((EXAMPLES / f"{name}.dossier.yaml").read_bytes(), name).data)


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(entry) for entry in value[:2]]
    return {key: _short(child) for key, child in value.items()} if isinstance(value, dict) else value


def document_of(data: Any) -> Document:
    text = json.dumps(data, ensure_ascii=False)
    for character in "\x85\ufeff":  # which may only stand in a file as escapes
        text = text.replace(character, f"\\u{ord(character):04x}")
    return read(text.encode(), "mutant.json")


def everything(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value of a document."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from everything(child, (*path, key))


@cache
def paths(name: str) -> list[tuple[Any, ...]]:
    return list(everything(example(name)))


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """Draw an example with some things in it deleted, renamed, replaced, moved, or repeated."""
    name = draw(st.sampled_from(["low-dose-naltrexone-als", "riluzole-als", "smallest"]))
    data = copy.deepcopy(example(name))
    known = paths(name)
    for _ in range(draw(st.integers(0, 3))):
        path = known[draw(st.integers(0, len(known) - 1))]
        try:
            data = _mutated(draw, data, path)
        except (KeyError, IndexError, TypeError):
            continue  # what stood there is gone
    return data


def _mutated(draw: st.DrawFn, data: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return draw(st.sampled_from([data, data, data, [data], None, "text", {}]))
    *outer, key = path
    holder = data
    for step in outer:
        holder = holder[step]
    value = holder[key]
    match draw(st.sampled_from(["replace", "replace", "delete", "rename", "swap", "repeat"])):
        case "replace":
            holder[key] = draw(st.sampled_from(WRONG))
        case "delete":
            del holder[key]
        case "rename" if isinstance(holder, dict):
            name = draw(st.sampled_from([f"x-{key}", f"{key}s", str(key).upper(), "id", "refs", "x", ""]))
            holder[name] = holder.pop(key)
        case "swap" if isinstance(holder, dict):
            other = draw(st.sampled_from(sorted(holder)))
            holder[key], holder[other] = holder[other], value
        case "repeat":
            holder[key] = [value, value]
    return data


@examples(200)
@given(mutants())
def test_the_fast_validator_accepts_what_the_other_has_nothing_to_say_about(data: Any) -> None:
    document = document_of(data)
    accepted = FAST.is_valid(document.data)
    findings = explain(document, schema("dossier"))
    event("accepted" if accepted else "refused")
    assert accepted == (findings == []), findings
    assert all(finding.code != "schema-other" for finding in findings)


@pytest.mark.parametrize(
    "place",
    one_in(
        2,
        [
            ("review", "date"),
            ("trials", 0, "participants"),
            ("trials", 0, "powered"),
            ("trials", 0, "id"),
            ("references", 0, "doi"),
            ("references", 0, "pmid"),
            ("references", 0, "url"),
            ("references", 0, "isbn"),
            ("trials", 0, "refs"),
            ("cost", "low"),
            ("cost", "currency"),
            ("cost", "usd_per_unit"),
            ("dossier",),
            ("therapy",),
            ("trials",),
            ("trials", 0),
        ],
    ),
    ids=lambda place: ".".join(map(str, place)),
)
def test_they_agree_about_every_wrong_value(place: tuple[Any, ...]) -> None:
    data = {
        section: example("low-dose-naltrexone-als")[section]
        for section in {"dossier", "therapy", "condition", place[0]}
    }
    data = copy.deepcopy(data)
    holder: Any = data
    for step in place[:-1]:
        holder = holder[step]
    for wrong in WRONG:
        holder[place[-1]] = wrong
        document = document_of(data)
        assert FAST.is_valid(document.data) == (explain(document, schema("dossier")) == []), wrong


@pytest.mark.parametrize("name", ["low-dose-naltrexone-als", "riluzole-als", "smallest"])
def test_the_examples_are_accepted_by_both(name: str) -> None:
    document = read((EXAMPLES / f"{name}.dossier.yaml").read_bytes(), name)
    assert FAST.is_valid(document.data)
    assert explain(document, schema("dossier")) == []
    assert validate(document, "dossier") == []


def bad_document() -> Document:
    return read(b"dossier: 1\ntherapy: {name: ''}\ncondition: {name: ALS}\n", "bad.yaml")


def test_without_the_fast_validator_everything_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = validate(bad_document(), "dossier")
    validate_module._fast_validator.cache_clear()
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    try:
        good = read((EXAMPLES / "smallest.dossier.yaml").read_bytes(), "good.yaml")
        assert validate(good, "dossier") == []
        assert validate(bad_document(), "dossier") == with_it
        assert len(with_it) == 1
    finally:
        validate_module._fast_validator.cache_clear()


def test_what_only_the_fast_validator_refuses_is_said_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = [SimpleNamespace(instance_path=["therapy", "name"], message="it is not to my liking")]
    picky = SimpleNamespace(is_valid=lambda _: False, iter_errors=lambda _: errors)
    monkeypatch.setattr(validate_module, "_fast_validator", lambda _: picky)
    document = read((EXAMPLES / "smallest.dossier.yaml").read_bytes(), "good.yaml")
    (finding,) = validate(document, "dossier")
    assert (finding.code, finding.severity, finding.message) == (
        "schema-other",
        Severity.ERROR,
        "it is not to my liking",
    )
    assert finding.location == document.location(("therapy", "name"))


@pytest.mark.slow
def test_a_valid_dossier_never_imports_the_slow_validator() -> None:
    program = """if True:
        import sys
        from evgrade.checking import load_dossier

        load_dossier(sys.argv[1])
        assert "jsonschema_rs" in sys.modules
        assert "jsonschema" not in sys.modules, "jsonschema was imported"
    """
    subprocess.run([sys.executable, "-c", program, str(EXAMPLES / "riluzole-als.dossier.yaml")], check=True)


@pytest.mark.parametrize("date", ["2010", "2010-12", "2010-12-21", "2012-02-29", "1000", "9999-12-31"])
def test_a_partial_date_is_a_year_a_month_or_a_day(date: str) -> None:
    assert is_partial_date(date)


@pytest.mark.parametrize("date", ["2010-02-30", "2011-02-29", "2010-13", "2010-00", "2010-12-32", "201", "x", ""])
def test_a_day_that_never_was_is_no_date(date: str) -> None:
    assert not is_partial_date(date)


@pytest.mark.parametrize("value", [2010, None, [], {}])
def test_a_format_is_about_text_only(value: object) -> None:
    assert is_partial_date(value)
