"""Dossiers: read, examined, cited, and written to start from."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from evgrade.dossier import Dossier, examine, load_dossier, new_dossier
from evgrade.model import InvalidDossierError, UnreadableError
from evgrade.yamlio.header import looks_like

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
    assert raised.value.message == f"{path} is no valid dossier"
    assert [finding.code for finding in raised.value.findings] == [code]


def test_findings_of_schema_and_links_are_sorted_together() -> None:
    text = HEADER + "trials: [{id: a, statement: s, refs: [x], phase: 9}]\nclaims: [{id: a}]\n"
    assert [finding.split(":")[:2] for finding in findings_of(text)] == [
        ["4", "39 ‹x› id-missing"],
        ["4", "50 ‹9› schema-value"],
        ["5", "10 ‹{id"],
        ["5", "15 ‹a› id-duplicate"],
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"dossier: 1\n",
        b"# a comment\n\ndossier: 1",
        b"---\ndossier:\n  1",
        b'"dossier": 1\n',
        b"'dossier' : 1\n",
        b"\xef\xbb\xbfdossier: 1\n",
        b"therapy: {\ndossier: 1\n",  # broken, and still meant to be one
        b"{dossier: 1}",
        b'{"dossier": 1, "therapy": 2}',
    ],
)
def test_a_file_with_the_header_looks_like_a_dossier(content: bytes) -> None:
    assert looks_like(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"  dossier: 1\n", b"my-dossier: 1\n", b"dossiers: 1\n", b"# dossier: 1\n", b"dossier\n", b"{x-dossier: 1}"],
)
def test_a_file_without_it_does_not(content: bytes) -> None:
    assert not looks_like(content)


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
