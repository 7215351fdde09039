"""Slips that give YAML another shape: each is named as the cause, and nothing is one within text."""

from __future__ import annotations

import pytest

from evgrade.model import InvalidError
from evgrade.yamlio.reader import read
from evgrade.yamlio.slips import certain, misshapen, moved, origin, put_right, split_numbers

NBSP, THIN = "\xa0", "\u2009"


def refused(text: str) -> str:
    """Return what is said of a text that cannot be read: place, message and hint."""
    with pytest.raises(InvalidError) as error:
        read(text.encode(), "a.yaml")
    (finding,) = error.value.findings
    return f"{finding.location.line}:{finding.location.column}: {finding.message} [{finding.hint}]"


def mended(text: str) -> str:
    """Return a text with all its slips put right."""
    for find in (misshapen, split_numbers):
        text = put_right(text, certain(text, find(text)))
    return text


@pytest.mark.parametrize("empty", ["[]", "[ ]", "null", "~"])
@pytest.mark.parametrize("gap", ["", "\n", "  # a comment\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_empty_list_with_entries_below_is_the_cause(empty: str, gap: str, end: str) -> None:
    text = f"a: 1\nclaims: {empty}\n{gap}  - id: c\n    statement: s\nb: 2\n".replace("\n", end)
    assert refused(text) == (
        f"2:9: `claims: {empty}` says that there is nothing, but entries of the list follow "
        f"[remove {empty} from this line]"
    )
    assert mended(text) == text.replace(f" {empty}", "", 1)


def test_so_is_one_in_an_entry_and_one_whose_entries_are_not_indented() -> None:
    assert refused("t:\n  - arms: []\n    - name: a\n").startswith("2:11: `arms: []`")
    assert refused("t: []\n- name: a\n").startswith("1:4: `t: []`")
    assert mended("t:\n  - arms: []\n    - name: a\n") == "t:\n  - arms:\n    - name: a\n"


def test_so_is_an_empty_mapping_with_keys_below() -> None:
    text = "dose: {} # not yet\n  amount: 5\n"
    assert refused(text) == (
        "1:7: `dose: {}` says that there is nothing, but keys of the mapping follow [remove {} from this line]"
    )
    assert mended(text) == "dose: # not yet\n  amount: 5\n"


def test_an_empty_list_is_not_blamed_for_another_mistake() -> None:
    assert "`a: []`" not in refused("a: []\nb: [\n")
    assert "`a: []`" not in refused("a: []\n  - 'x\n")
    assert mended("a: []\nb:\n  - c\n") == "a: []\nb:\n  - c\n"


@pytest.mark.parametrize("blank", [NBSP, THIN, "\u202f", "\u3000", "\u200b"])
def test_a_blank_that_is_none_is_named(blank: str) -> None:
    said = refused(f"t:\n  n:{blank}3\n  m: 4\n")
    assert said.startswith("2:5: a ")
    assert f"(U+{ord(blank):04X}) after `n:`" in said
    assert said.endswith("[use an ordinary space]")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (f"n:{NBSP}3\nm: 4\n", "n: 3\nm: 4\n"),
        (f"n:{NBSP} 3\nm: 4\n", "n:  3\nm: 4\n"),
        (f"n{NBSP}: 3\nm: 4\n", "n: 3\nm: 4\n"),
        (f"t:\n{NBSP}{NBSP}n: 3\n  m: 4\n", "t:\n  n: 3\n  m: 4\n"),
        (f"t:\n  -{NBSP}n: 3\n    m: 4\n", "t:\n  - n: 3\n    m: 4\n"),
        (f"t: {{n:{NBSP}3,{NBSP}m:{THIN}4}}\n", "t: {n: 3, m: 4}\n"),
    ],
)
def test_a_blank_that_is_none_becomes_one_beside_a_key(text: str, right: str) -> None:
    assert mended(text) == right


@pytest.mark.parametrize(
    "text",
    [
        f"t: |\n  n:{NBSP}3\n  claims: []\n    - x\n  {{a: 1,5}}\n",
        f"t: 'n:\n  n:{NBSP}3'\n",
        f"# n:{NBSP}3\n# a: []\n#  - b\nt: 1\n",
        f"t: prose with{NBSP}a blank, n:{NBSP}3\n",
        f't: "{{n:{NBSP}3}} and {{a: 1,5}}"\n',
        "t: [1,5, 2]\n",
        "t: {a: 1, b: 2}\n",
        "t: {a: 1,b: 2}\n",
        "t: {a: x1,5}\n",
        "t: {a: '1,5'}\n",
    ],
)
def test_within_text_nothing_is_a_slip(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        ("0,706", "write 0.706"),
        ("-0,5", "write -0.5"),
        ("1.234,5", "write 1234.5"),
        ("1,234,567", "write 1234567"),
        ("1,667", "write 1.667 if the comma is a decimal comma or 1667 if the comma separates thousands"),
    ],
)
def test_a_comma_in_a_number_in_braces_is_named(number: str, hint: str) -> None:
    text = f"e: {{ci_low: 0.2, ci_high: {number}, p: 1}}\n"
    said = refused(text)
    assert said == f"1:27: a comma in {number} ends the value: between {{ and }}, commas separate keys [{hint}]"
    assert mended(text) == text.replace(number, f'"{number}"')


def test_a_text_with_a_comma_in_braces_is_to_be_quoted() -> None:
    assert "a comma in it needs quotes" in refused("e: {statement: it saw 1,200}\n")


def test_places_move_with_what_was_put_right_before_them() -> None:
    text = f"n{NBSP}:{NBSP}3\nm{NBSP}:{NBSP}4\n"
    found = certain(text, misshapen(text))
    place, back = moved(found), origin(found)
    assert put_right(text, found)[place(text.index("4"))] == "4"
    assert put_right(text, found)[place(text.index("m"))] == "m"
    assert [back(place(text.index(sign))) for sign in "nm34"] == [text.index(sign) for sign in "nm34"]


def test_many_slips_are_put_right_at_once() -> None:
    text = "".join(f"k{n}: []\n  - a\nn{n}:{NBSP}3\nb{n}: {{x: 0,5}}\n" for n in range(200))
    read(mended(text).encode(), "a.yaml")
