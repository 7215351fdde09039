"""The caret stands under the token that is meant, in every terminal."""

from __future__ import annotations

import unicodedata

import pytest

from .support import Run

HEAD = "dossier: 1\ncondition: {name: a condition}\ntherapy:\n"


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else not unicodedata.combining(one) for one in text)


def pointed_at(output: str) -> str:
    """Return what stands above the carets of the first finding, column by column."""
    _, source, caret, *_ = output.splitlines()
    start, end = caret.index("^"), caret.rindex("^") + 1
    shown = ""
    column = 0
    for character in source:
        if start <= column < end:
            shown += character
        column += columns(character)
    return shown


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("  name: x\n  knid: drug", "knid"),
        ("  name: 5", "5"),
        ("  name: x\n  kind: pill", "pill"),
        ("  name: x\n  kind: pill  # a comment", "pill"),
        ('  name: x\n  kind: "pill"', '"pill"'),
        ("  name: x\n  kind:\tpill", "pill"),
        ("  name: x\n  kind:\t\t\tpill", "pill"),
        ("  {x-note: 日本語の薬, name: x, kind: pill}", "pill"),
        ("  {x-note: 日本語の薬, name: x, kind: 錠剤}", "錠剤"),
        ("  {x-note: 'é', name: x, kind: pill}", "pill"),
        ("  {x-note: 'e\u0301e\u0301', name: x, kind: pill}", "pill"),
        ("  {x-note: '😀😀', name: x, kind: pill}", "pill"),
        ("  {x-note: 'a\u200bb\u202ec', name: x, kind: pill}", "pill"),
        ("  {x-note: '…—’×', name: x, kind: pill}", "pill"),
        (f"  {{x-note: '{'long ' * 40}', name: x, kind: pill}}", "pill"),
        (f"  {{x-note: '{'長い' * 40}', name: x, kind: pill}}", "pill"),
        (f"  {{name: x, kind: pill, x-note: '{'long ' * 40}'}}", "pill"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_the_caret_stands_under_the_token(evgrade: Run, encoding: str, line: str, token: str) -> None:
    result = evgrade("validate", "-", stdin=HEAD + line + "\n", encoding=encoding)
    assert result.code == 1
    expected = token.encode(encoding, "backslashreplace").decode(encoding)
    assert pointed_at(result.stdout) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_it_does_on_standard_error_too(evgrade: Run, encoding: str) -> None:
    line = f"  {{x-note: '{'日本…' * 60}', name: x, kind: pill}}\n"
    assert pointed_at(evgrade("score", "-", stdin=HEAD + line, encoding=encoding).stderr) == "pill"
    assert pointed_at(evgrade("explain", "-", stdin=HEAD + line, encoding=encoding).stderr) == "pill"


def test_a_missing_key_points_at_what_lacks_it(evgrade: Run) -> None:
    assert pointed_at(evgrade("validate", "-", stdin="dossier: 1\ntherapy: {name: x}\n").stdout) == "dossier"
    assert pointed_at(evgrade("validate", "-", stdin=HEAD + "  kind: drug\n").stdout) == "therapy"


def test_an_empty_value_points_at_its_key(evgrade: Run) -> None:
    assert pointed_at(evgrade("validate", "-", stdin=HEAD + "  name:\n").stdout) == "name"


def test_a_very_long_token_does_not_fill_the_screen(evgrade: Run) -> None:
    result = evgrade("validate", "-", stdin=f"{HEAD}  name: x\n  kind: {'pill' * 10_000}\n")
    assert max(map(len, result.stdout.splitlines())) < 300
