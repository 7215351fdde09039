"""No regular expression takes longer than its text is long, whatever the text: in code and in the JSON Schemas."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from evgrade.yamlio import header as header_module

from .patterns import Unknown, Used, attacks, in_code, in_schemas

pytestmark = pytest.mark.slow

FOUND = [*in_code(), *in_schemas()]
_HEADERS = [pattern % b"dossier" for pattern in (header_module._LINE, header_module._KEY_SOMEWHERE)]
MADE_WHEN_IT_RUNS: dict[tuple[str, str], list[Any]] = {
    ("evgrade.config", """f\"\"\"\\\\s*["']?{re.escape(key)}["']?\\\\s*[=.]\"\"\""""): [
        r"""\s*["']?select["']?\s*[=.]"""
    ],
    ("evgrade.template", "'|'.join(words)"): [],  # of three fixed words
    ("evgrade.ignored", "_CLASSES[name]"): [],  # tried on single bytes
    ("evgrade.importing.tables.mapped", "'(.+?)'.join(parts)"): [],  # tried on cells of at most 200 characters
    ("evgrade.report.wording", "f'(?<![\\\\w./@:#-]){words}(?![\\\\w/@-])'"): [
        r"(?<![\w./@:#-])low\s+dose\s+naltrexone(?![\w/@-])"
    ],
    ("evgrade.schema.ecma", "_ecma(pattern)"): [],  # those of the schemas, which are tried as that returns them
    ("evgrade.schema.ecma", "re.sub('\\\\$$', '\\\\\\\\Z', outside.replace('\\\\s', _BLANKS))"): [],
    ("evgrade.yamlio.header", "pattern % header.encode()"): _HEADERS,
    ("evgrade.yamlio.layout", "f'(?<![^\\\\r\\\\n])# {re.escape(str(key))}:'"): [r"(?<![^\r\n])# trials:"],
}
SIZES = (*range(12, 100, 4), 1000, 3000, 9000, 27_000)
"""In small steps where time may double with each character, so that a bad pattern is found soon."""

SECONDS = 0.25
"""Fifty times what the largest text takes; what grows with its square takes longer."""


def slowest(pattern: re.Pattern[Any], how: str) -> str | None:
    """Return the beginning of a text that takes too long; None if there is none."""
    for size in SIZES:
        for text in dict.fromkeys(attacks(pattern, size)):
            if _takes_long(pattern, how, text):
                return repr(text[:60])
    return None


def _takes_long(pattern: re.Pattern[Any], how: str, text: Any) -> bool:
    for _ in range(2):  # on a busy machine anything may take long once
        start = time.process_time()
        getattr(pattern, how)(text)
        if time.process_time() - start < SECONDS:
            return False
    return True


MADE = [
    Used(str(made), re.compile(made), ("search" if isinstance(made, bytes) else "match",))
    for some in MADE_WHEN_IT_RUNS.values()
    for made in some
]


@pytest.mark.parametrize(
    "used", [*(one for one in FOUND if isinstance(one, Used)), *MADE], ids=lambda one: one.place[:70]
)
def test_a_pattern_takes_time_that_grows_with_its_text_and_no_faster(used: Used) -> None:
    for how in used.how:
        assert slowest(used.pattern, how) is None, how


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (r"(a+)+b", "match"),
        (r"(?:a|a)*b", "search"),
        (r"\s*x?\s*y", "fullmatch"),
        (r"a+b", "search"),
        (r"\b(\S+) to \1\b", "search"),
        (r"x.*y.*z", "match"),
        (r"[0-9]+[0-9]*z", "match"),
        (r"^(a|b|ab)*c$", "search"),
    ],
)
def test_a_bad_pattern_is_found(pattern: str, how: str) -> None:
    assert slowest(re.compile(pattern), how) is not None


def test_all_patterns_are_looked_at() -> None:
    assert {one.place for one in FOUND if isinstance(one, Unknown)} <= MADE_WHEN_IT_RUNS.keys()
    assert len(FOUND) > 80
