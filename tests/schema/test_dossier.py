"""Dossiers: read, examined, cited, and written to start from."""

from __future__ import annotations

import io
import re
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.checking import load_dossier
from evgrade.dossier import Dossier, examine
from evgrade.model import InvalidDossierError, UnreadableError
from evgrade.template import new_dossier
from evgrade.yamlio.events import FastParser, PythonParser, root_keys
from evgrade.yamlio.header import has_header, has_plain_header
from tests.bounded import no_blow_up
from tests.examples import examples

from .finding import HEADER, findings_of

EXAMPLES = Path(__file__).parents[2] / "examples"


def dossier_of(text: str) -> Dossier:
    dossier, findings = examine(text.encode(), "dossier.yaml")
    assert dossier is not None, findings
    return dossier


def test_a_dossier_is_loaded_from_a_file() -> None:
    path = EXAMPLES / "smallest.dossier.yaml"
    dossier = load_dossier(str(path))
    assert dossier.document.name == str(path)
    assert dossier.data["dossier"] == 1
    assert dossier.findings == ()


def test_a_dossier_is_loaded_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(HEADER.encode())))
    assert load_dossier("-").document.name == "<stdin>"


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="could not be read: No such file or directory"):
        load_dossier(str(tmp_path / "nothing.yaml"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("dossier: 2\ntherapy: {name: a}\ncondition: {name: b}\n", "schema-value"),
        ("a: [\n", "yaml-syntax"),
        ("a: b\n", "no-dossier"),
    ],
)
def test_a_dossier_that_is_not_valid_is_refused_with_its_findings(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidDossierError) as raised:
        load_dossier(str(path))
    assert raised.value.message == f"{path} is not a valid dossier"
    assert [finding.code for finding in raised.value.findings] == [code]


def test_findings_of_schema_and_links_are_sorted_together() -> None:
    text = HEADER + "trials: [{id: a, statement: s, refs: [x], phase: 9}]\nclaims: [{id: a}]\n"
    assert [finding.split(":")[:2] for finding in findings_of(text)] == [
        ["4", "39 ‹x› id-missing"],
        ["4", "50 ‹9› schema-value"],
        ["5", "10 ‹{id"],
        ["5", "15 ‹a› id-duplicate"],
    ]


ORDINARY_HEADERS = [
    b"dossier: 1\n",
    b"# a comment\n\ndossier: 1",
    b"---\ndossier:\n  1",
    b'"dossier": 1\n',
    b"'dossier' : 1\n",
    b"\xef\xbb\xbfdossier: 1\n",
    b"{dossier: 1}",
    b'{"dossier": 1, "therapy": 2}',
]
UNUSUAL_HEADERS = [
    b"  dossier: 1\n",
    b"  # a comment\n  therapy: {name: T}\n  dossier: 1\n",
    b"{therapy: {name: T}, dossier: 1}",
    b'{therapy: {name: T},\n "dossier":1}',
    b"? dossier\n: 1\n",
    b"therapy: 1\n? 'dossier'\n: 1\n",
    b"? |-\n  dossier\n: 1\n",
    b"--- {dossier: 1}\n",
    b"--- # a comment\n  dossier: 1\n...\n",
    b"--- !!map {dossier: 1}",
    b"--- &a\n  dossier: 1",
    b"!!str dossier: 1\n",
    b"! dossier: 1\n",
    b"&a dossier: 1\n",
    b"therapy: &a dossier\n*a : 1\n",
    b'"\\x64ossier": 1\n',
    b'{"doss\\u0069er": 1}',
    b'? "dos\\\n  sier"\n: 1\n',
    b"%YAML 1.2\n---\n  dossier: 1\n",
    b"%YAML 1.1\n%TAG ! !x\n--- {dossier: 1}\n",
    b"\xef\xbb\xbf  dossier: 1\n",
    b"a: 1\rb: 2\rdossier: 1\r",
    b"a: 1\n---\n{b: 2, dossier: 1}\n",  # two documents, of which one would be lost
    b"<<: {dossier: 1}\n",
    "  dossier: 1\n".encode("utf-16"),
    "{therapy: 1, dossier: 1}".encode("utf-16-le"),
    "\ufeff{therapy: 1, dossier: 1}".encode("utf-32-be"),
    b"  title: \xe9\n  dossier: 1\n",  # in Latin-1
    b"  title: \x07\n  dossier: 1\n",
]
BROKEN_HEADERS = [
    b"therapy: {\ndossier: 1\n",
    b"  therapy: {\n  dossier: 1\n",
    b"{therapy: [, dossier: 1}",
    b'{"therapy": [, "dossier":1}',
    b"  a: 1\n dossier: 1\n",
    b"--- dossier: 1\n",
    b"\tdossier: 1\n",
    b"[" * 100 + b"\n {dossier: 1}",
]
"""Broken, and still meant to be one."""


@pytest.mark.parametrize("content", [*ORDINARY_HEADERS, *UNUSUAL_HEADERS, *BROKEN_HEADERS])
def test_a_file_with_the_header_is_a_dossier_however_it_is_written(content: bytes) -> None:
    assert has_header(content)
    assert not has_header(content, "rubric")


@pytest.mark.parametrize("content", ORDINARY_HEADERS)
def test_an_ordinary_header_is_seen_without_reading_the_file(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evgrade.yamlio.events.root_keys", None)
    assert has_header(content)
    assert not has_header(content.replace(b"dossier", b"something"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"my-dossier: 1\n",
        b"dossiers: 1\n",
        b"# dossier: 1\n",
        b"dossier\n",
        b"{x-dossier: 1}",
        b"a: {dossier: 1}\n",
        b"a:\n  dossier: 1\n",
        b"- dossier: 1\n",
        b"[{dossier: 1}]",
        b"a: |\n  dossier: 1\n",
        b'a: "dossier: 1"\n',
        b"a: dossier\n",
        b"a: &a dossier\nb: *a\n",
        b"{a: b} # dossier: 1\n",
        b'a: "\\u00e9"\n',
    ],
)
@pytest.mark.parametrize("parser", [FastParser, PythonParser])
def test_a_file_without_it_is_not(content: bytes, parser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evgrade.yamlio.events.root_keys", partial(root_keys, parser=parser))
    assert not has_header(content)


@pytest.mark.parametrize("content", UNUSUAL_HEADERS)
def test_both_parsers_see_the_same_keys(content: bytes) -> None:
    assert root_keys(content, parser=FastParser) == root_keys(content, parser=PythonParser)


@pytest.mark.parametrize(
    "content",
    [
        b"x: dossier\na: " + b"[" * 2_000_000,
        b"x: dossier\n" + b"? " * 500_000,
        b"[dossier, {a: b}]\n" + b"# x\n" * 900_000,
        b"x: dossier\n" + b"%TAG !a! b\n" * 300_000,
        b"a: dossier " * 300_000,
        b"? dossier\n" + b" " * 4_000_000,
    ],
    ids=["brackets", "question marks", "comments", "directives", "words", "blanks"],
)
def test_no_file_takes_long_to_tell_what_it_is(content: bytes) -> None:
    with no_blow_up():
        has_header(content)


@pytest.mark.parametrize(
    ("reference", "citation"),
    [
        ("{id: r, author: [Silani V, Perini M], issued: 1983}", "Silani 1983"),
        ("{id: r, author: [van Kirk JAB], issued: 2002-05}", "van Kirk 2002"),
        ("{id: r, author: [FDA], issued: '2010'}", "FDA 2010"),
        ("{id: r, author: [The ALSUntangled Group], issued: 2010-12-21}", "The ALSUntangled Group 2010"),
        ("{id: r, author: [Silani V]}", "Silani"),
        ("{id: r, author: [], container_title: Lancet, title: A trial, issued: 2001}", "Lancet 2001"),
        ("{id: r, title: A trial, url: 'https://a.org'}", "A trial"),
        ("{id: r, url: 'https://a.org', issued: 2001}", "https://a.org 2001"),
        ("{id: r}", "r"),
    ],
)
def test_a_reference_is_cited_in_short(reference: str, citation: str) -> None:
    dossier = dossier_of(HEADER + f"safety: {{refs: [r]}}\nreferences: [{reference}]\n")
    assert dossier.citation("r") == citation


def test_a_reference_that_is_not_there_is_cited_by_its_id() -> None:
    """A worked case of a rubric may leave its references out."""
    assert dossier_of(HEADER).citation("silani-1983") == "silani-1983"


@pytest.mark.parametrize(
    ("therapy", "condition"),
    [
        ("Low dose naltrexone", "ALS"),
        ("5", "null"),
        ('"quoted"', "a: b # c"),
        ("line\nbreak\ttab", "{flow: [map]}"),
        ("Ünïcödé 😀", "\x1b[31mred"),
        ("@condition@", "@therapy@"),
        ("@schema@", r"back\slash \1"),
    ],
)
def test_a_dossier_to_start_from_is_valid_and_holds_the_names(therapy: str, condition: str) -> None:
    text = new_dossier(therapy, condition, "dossier.schema.json")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=dossier.schema.json"
    dossier = dossier_of(text)
    assert dossier.findings == ()
    assert dossier.data["therapy"]["name"] == therapy
    assert dossier.data["condition"]["name"] == condition


def test_a_name_stays_readable_in_a_dossier_to_start_from() -> None:
    assert '\n  name: "Sjögren 😀"\n' in new_dossier("x", "Sjögren 😀", "schema.json")


PIECES = (b"dossier", b":", b"'", b'"', b"{", b"\n", b"\r", b" ", b"\t", b"\v", b"\xef\xbb\xbf", b"x")


@examples(400)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_a_line_that_begins_with_the_header_is_found_as_a_pattern_would_find_it(content: bytes) -> None:
    line = rb"""(?:\A(?:\xef\xbb\xbf)?|[\r\n])(?:\{\s*+)?["']?dossier["']?[ \t]*+:"""
    assert has_plain_header(content) is (re.search(line, content) is not None)
