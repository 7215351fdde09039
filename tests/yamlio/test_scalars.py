"""What a value without quotes means: the core schema of YAML 1.2, and no more."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evgrade.yamlio.scalars import MAX_INTEGER_DIGITS, MAX_NUMBER_LENGTH, ScalarError, resolve
from tests.examples import examples

ALPHABET = "0123456789+-.eExXoOabfABFnaN_:~"
LARGEST = 10**MAX_INTEGER_DIGITS - 1


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_null(text: str) -> None:
    assert resolve(text) is None


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_true(text: str) -> None:
    assert resolve(text) is True


@pytest.mark.parametrize("text", ["false", "False", "FALSE"])
def test_false(text: str) -> None:
    assert resolve(text) is False


@pytest.mark.parametrize("text", ["yes", "no", "NO", "on", "off", "y", "n", "tRUE", "nULL", "none", "nil", "TRUe"])
def test_other_words_are_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-0", 0), ("+12", 12), ("-7", -7), ("010", 10), ("0o10", 8), ("0x1f", 31), ("0xFF", 255), ("007", 7)],
)
def test_whole_numbers_are_decimal_unless_marked(text: str, number: int) -> None:
    assert resolve(text) == number
    assert type(resolve(text)) is int


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5e-8", 5e-8),
        ("1e5", 1e5),
        ("1E+5", 1e5),
        (".5", 0.5),
        ("-.5", -0.5),
        ("1.", 1.0),
        ("+1.25", 1.25),
        ("0e9", 0.0),
    ],
)
def test_floats_need_no_point(text: str, number: float) -> None:
    assert resolve(text) == number
    assert type(resolve(text)) is float


@pytest.mark.parametrize(
    "text",
    [
        "1:2",
        "12:30:45",
        "1_000",
        "0b1",
        "-0x1",
        "+0o7",
        "0o8",
        "0X1",
        "0x",
        "1e",
        "e5",
        ".e5",
        ".",
        "+",
        "-",
        "--1",
        "1.2.3",
    ],
)
def test_what_is_nearly_a_number_is_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.Inf", "nan", "inf", "Infinity", "-Infinity"])
def test_what_is_not_finite_is_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["2024-01-02", "2024-13-45", "2024-01-02T03:04:05Z", "12:30", "<<", "="])
def test_dates_and_signs_are_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1" * 19, "a whole number cannot have more than 18 digits"),
        ("-" + "1" * 19, "a whole number cannot have more than 18 digits"),
        ("0" * 18 + "1", "a whole number cannot have more than 18 digits"),
        ("0xde0b6b3a7640000", "a whole number cannot have more than 18 digits"),
        ("0o67405553164731000000", "a whole number cannot have more than 18 digits"),
        ("7" * 5000, "a number cannot have more than 64 characters"),
        ("0x" + "f" * 5000, "a number cannot have more than 64 characters"),
        ("0." + "3" * 63, "a number cannot have more than 64 characters"),
        ("1e309", "the number is too large"),
        ("-1e309", "the number is too large"),
        ("1e-400", "the number is too close to 0"),
        ("-.001e-400", "the number is too close to 0"),
    ],
)
def test_a_number_that_would_not_be_kept_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ScalarError, match=reason):
        resolve(text)


@pytest.mark.parametrize(
    "text", ["1" * 18, "0xde0b6b3a763ffff", "1e308", "5e-324", "0e-999", "-0.0e-400", "0." + "3" * 62]
)
def test_a_number_at_the_bounds_is_read(text: str) -> None:
    assert isinstance(resolve(text), int | float)


def test_long_text_that_starts_like_a_number_is_text() -> None:
    text = "1" * MAX_NUMBER_LENGTH + "-2"
    assert resolve(text) == text


@given(st.integers(min_value=-LARGEST, max_value=LARGEST))
def test_whole_numbers_survive(number: int) -> None:
    assert resolve(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive(number: float) -> None:
    value = resolve(repr(number))
    assert isinstance(value, float)
    assert math.copysign(1, value) == math.copysign(1, number)
    assert value == number


@examples(1000)
@given(st.text(ALPHABET, max_size=12) | st.text(max_size=8))
def test_agrees_with_python_and_pyyaml_where_they_mean_the_same(text: str) -> None:
    try:
        value = resolve(text)
    except ScalarError:
        return
    if isinstance(value, float):
        assert repr(float(text)) == repr(value)
    elif type(value) is int:
        assert int(text, 0 if text[:2] in ("0x", "0o") else 10) == value
    elif isinstance(value, str):
        assert value == text
    if not differs_in_yaml_1_1(text):
        assert repr(by_pyyaml(text)) == repr(value)


def by_pyyaml(text: str) -> Any:
    """Return what PyYAML makes of a plain scalar."""
    loader: Any = yaml.SafeLoader("")
    tag = loader.resolve(yaml.ScalarNode, text, (True, False))
    return loader.construct_object(yaml.ScalarNode(tag, text))


def differs_in_yaml_1_1(text: str) -> bool:
    """Say whether YAML 1.1, as PyYAML reads it, and 1.2 disagree about a plain scalar."""
    low = text.lower()
    return (
        low in ("yes", "no", "on", "off", "=", "<<", "!", "&", "*")  # 1.1: booleans and other types
        or any(sign in text for sign in "_:")  # 1.1: digits in groups, base 60, times
        or low.lstrip("+-") in (".inf", ".nan")
        or (low.lstrip("+-")[:1] == "0" and len(text) > 1)  # 1.1: octal, binary, signed hexadecimal
        or ("e" in low)  # 1.1: a float needs a point and the sign of its exponent
        or (low.lstrip("+-").startswith(".") and low != text)  # 1.1: -.5 is text
        or text[:2] in ("-.", "+.")
        or (text[:4].isdigit() and text[4:5] == "-")  # 1.1: dates
    )


def test_the_limit_is_below_pythons_own() -> None:
    assert sys.int_info.default_max_str_digits > MAX_NUMBER_LENGTH
