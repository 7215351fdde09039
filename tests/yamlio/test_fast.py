"""Ordinary dossiers are read line by line, and as they would be from the events of a parser, or not at all."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from evgrade.model import InvalidError
from evgrade.yamlio import fast as module
from evgrade.yamlio.events import FastParser
from evgrade.yamlio.fast import fast
from evgrade.yamlio.reader import read
from evgrade.yamlio.text import decode
from tests.examples import examples

from .corpus import HOSTILE, document

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(ROOT.glob("examples/**/*.dossier.yaml"))
VALUES = (
    *(
        "x",
        "x y",
        "it's",
        'say "x"',
        "x:y",
        "x#c",
        "12:30",
        "http://x.y/z",
        "<<",
        "yes",
        "x ",
        "x: y",
        "\\",
        "é",
        "\xa0",
    ),
    *("-", "--", "---", "...", "?x", ":x", "%", "!x", "&a x", "*a", "x # c", "x #", "x  ", "  ", "# c", " # c", "#"),
    *("1", "-5", "- 5", "0x1F", "5e-8", "1e400", "9" * 20, "null", "~", "true", "5 mg"),
    *("'x'", "''", "'it''s'", "'x", '"x"', '""', '"a \\"b\\""', '"\\n"', '"x', "y'", 'y"', "'x' y", '"x" # c'),
    *(">-", "|", "|-", ">", ">+", "|2", "> # c", "[a, b]", "[]", "[ ]", "[a,]", "[-a, -1]", "[a: b]", "[a", "b]"),
    *("{}", "{a: 1, b: x y}", "{a: b: c}", "{a:b}", "{a}", "{a: 1, a: 2}", "{a: }", "{null: 1}"),
)
written_lines = st.builds(
    "{}{}{}{}{}".format,
    st.integers(0, 6).map(" ".__mul__),
    st.sampled_from(["", "", "- ", "-  ", "-", "- - "]),
    st.sampled_from(["", "a: ", "b: ", "c:", "d:  ", "null: ", "e:x", '"f": ', "-g: "]),
    st.sampled_from(["", "", *VALUES]),
    st.sampled_from(["\n", "\n", "\n", "\n\n", "\n  \n", "\n# c\n", "\n    # c\n", "\r\n", ""]),
)
texts = st.lists(written_lines, max_size=8).map("".join)


def check(text: str) -> None:
    """Hold what is read line by line against the events of a parser."""
    try:
        source = decode(text.encode(), "a.yaml", len(text) * 4)
    except InvalidError:
        return
    quick = fast(source.text)
    if quick is not None:
        parsed = document(text, FastParser)
        assert repr(quick) == repr(parsed.data)  # 1, 1.0 and true are not the same


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_ordinary(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert fast(text) is not None
    check(text)


@examples(2000)
@given(texts)
@example("a: null\n  b: 1\n")
@example("a: >-\n    x\n\n    # c\nb: 1\n")
@example("a: |\n  x\n \n  y\n")
@example("a: x\n  # c\n  y\n")
@example("a: x # c\n  y\n")
@example("a: 1\n  2\n")
@example("a:\n- b: 1\n- c: 2\nd:\n  - e\n")
@example("- a\n")
@example("# c\n\n")
@example("a: >-\n    x\n  # c\n    y\n")
@example("a: >-\n    x\n  # c\n    y: 1\n")
@example("a: >-\n  x\n \n   # c\n")
@example("a: |\n    x\n  \n     y\nb: 1\n")
@example("a: x\ny\n")
@example("a: x\n  y # c\n  z\n")
@example('a: x\n  "y: z"\n')
@example("a:\n  b: >-\n  x\n")
@example("a: >-\n  x\n    y\n  z\n")
@example("a: {b: c: d}\n")
@example('a: "x"# c\n')
@example('a: "x\n  y" # c\nb: [c]\n')
@example('a: "x\n  y" z\n')
@example('a: "x\n  y"# c\n')
@example('a: "x\ny"\n')
@example('a: "x\ny: z"\n')
@example('a: "x\n   \n  y"\n')
@example("a: 'x\n\n  y'\n")
@example("a: 'it''s\n  ''y'\nb: 1\n")
@example('a: "x\n  b: c"\nd: "e"\n')
@example("a:\n  - ~\n  - b\n")
@example("a:\n  - # c\n    b: 1\n")
@example("a:\n  - # c\n  - b\n")
@example("a:\nb: 1\nc:\n  - d:\n    e: 2\n  - f\ng:\n")
def test_it_is_what_a_parser_gives_or_nothing(text: str) -> None:
    check(text)


@examples(600)
@given(st.sampled_from(EXAMPLES), st.data())
def test_so_is_a_real_dossier_that_was_damaged(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    start = text.find("\n", start) + 1
    text = text[:start] + text[start:][: data.draw(st.integers(1, 400))]
    at = data.draw(st.integers(0, len(text)))
    check(text[:at] + data.draw(texts) + text[at + data.draw(st.integers(0, 5)) :])


@pytest.mark.parametrize("path", sorted(HOSTILE.rglob("*.yaml")), ids=lambda path: path.stem)
def test_so_is_every_hostile_file(path: Path) -> None:
    with suppress(UnicodeDecodeError):
        check(path.read_bytes().decode())


words = st.text("bcdef :'-#,é", max_size=30).map("a{}z".format)
data = st.dictionaries(
    st.text("abc_", min_size=1, max_size=5),
    st.recursive(
        words | st.integers(-9999, 9999) | st.booleans() | st.none(),
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.text("abc_", min_size=1, max_size=5), inner, min_size=1, max_size=3)
        ),
        max_leaves=10,
    ),
    min_size=1,
    max_size=5,
)


@given(data, st.sampled_from([30, 80, 1000]), st.integers(2, 4))
def test_what_programs_write_as_a_rule_is_read_too(value: dict[str, Any], width: int, indent: int) -> None:
    text = yaml.safe_dump(value, width=width, indent=indent, allow_unicode=True, sort_keys=False)
    quick = fast(text)
    assert repr(quick) == repr(document(text, FastParser).data) or is_unusual(text)


def is_unusual(text: str) -> bool:
    """Whether a text has what is left to the parser: two dashes on a line or one alone, other kinds of keys."""
    return re.search(r"-\s+- |-$|\n\n|^[ -]*(\?|[^a-z_ -])|: \[\]|\\|- null", text, re.MULTILINE) is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a:\n  b: 5 mg # a dose\n", {"a": {"b": "5 mg"}}),
        ("a:\n- b: 1\n  c: 2\n- d\n", {"a": [{"b": 1, "c": 2}, "d"]}),
        ("a: one\n  two\n  three\n", {"a": "one two three"}),
        ("a: >-\n  one\n  two\n\n  three\n", {"a": "one two\nthree"}),
        ("a: |\n  one\n    two\n", {"a": "one\n  two\n"}),
        ("a: 'it''s\n  one'\n", {"a": "it's one"}),
        ('a: "say \\"x\\" \\\\"\n', {"a": 'say "x" \\'}),
        ("a: [b, 1, x y]\nc: {d: 5, e: f g}\n", {"a": ["b", 1, "x y"], "c": {"d": 5, "e": "f g"}}),
        ("# c\n\na:\n\nb: ~\n", {"a": None, "b": None}),
        ("a: 1\n  \n   # c: d\nb:\n  \n  - c\n", {"a": 1, "b": ["c"]}),
        ("a: 1\n  2 # c\nb: 3\n", {"a": "1 2", "b": 3}),
    ],
)
def test_what_is_ordinary(text: str, value: object) -> None:
    assert fast(text) == value
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "a: 1",
        "a: 1\na: 2\n",
        "a: &b 1\n",
        "a: *b\n",
        "a: !x 1\n",
        "a: [b: c]\n",
        'a: "\\u00e9"\n',
        "a: \xa0b\n",
        "a:\tb\n",
        "a: b\r\n",
        "---\na: b\n",
        "? a\n: b\n",
        f"a: {'9' * 20}\n",
        "a:\n" + "".join(" " * n + "b:\n" for n in range(1, 60)),
        "a: >-\n    one\n    \n    two\n",
        'a: "one\n  \\n two"\n',
        "a: b\nc\n",
    ],
)
def test_what_is_left_to_the_parser(text: str) -> None:
    assert fast(text) is None


def test_no_two_documents_share_a_list_though_its_line_is_remembered() -> None:
    first, second = fast("a: [b, c]\nd: {e: 1}\n"), fast("a: [b, c]\nd: {e: 1}\n")
    assert first is not None
    first["a"].append("f")
    first["d"]["e"] = 2
    assert second == {"a": ["b", "c"], "d": {"e": 1}}


def test_what_is_remembered_is_bounded() -> None:
    text = "".join(f"k{number}: v{number}\nl{number}:\n" for number in range(5_000)) + f"{'x' * 99}: {'y' * 9_999}\n"
    assert fast(text) is not None
    for remembered in (module.HEADS, module.VALUES, module.LINES):
        assert 0 < len(remembered) <= 4096
        assert max(map(len, remembered)) <= 40


def test_plain_text_may_go_on_for_long() -> None:
    text = "a: x" + "\n  x" * 100_000 + "\n"
    assert fast(text) == {"a": " ".join(["x"] * 100_001)}


def test_places_are_found_when_they_are_asked_for() -> None:
    text = "# c\na:\n  - b: >-\n      one\n      two\n    c: [d, e]\n"
    quick, parsed = read(text.encode(), "a.yaml"), document(text, FastParser)
    assert callable(quick.given_marks)
    assert list(quick.marks) == list(parsed.marks)
    assert quick.location(("a", 0, "c", 1)).column == 12


def test_an_ordinary_dossier_is_checked_without_a_parser() -> None:
    program = (
        "import sys; from evgrade.checking import validate\n"
        "assert validate('examples/smallest.dossier.yaml') == [] and 'yaml' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
