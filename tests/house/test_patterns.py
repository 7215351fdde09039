"""No regular expression takes longer than its text is long, whatever the text: in code and in the JSON Schemas."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

import pytest

from evgrade.yamlio import header as header_module
from tests.crossed import one_in

from .patterns import MODULES, SCHEMAS, Unknown, Used, attacks, found_in, repeats_without_end

pytestmark = pytest.mark.slow

_HEADERS = [pattern % b"dossier" for pattern in (header_module._KEY, header_module._KEY_SOMEWHERE)]
MADE_WHEN_IT_RUNS: dict[tuple[str, str], list[Any]] = {
    ("evgrade.config", """f\"\"\"\\\\s*["']?{re.escape(key)}["']?\\\\s*[=.]\"\"\""""): [
        r"""\s*["']?select["']?\s*[=.]"""
    ],
    ("evgrade.template", "'|'.join(words)"): [],  # of three fixed words
    ("evgrade.ignored", "_CLASSES[name]"): [],  # tried on single bytes
    ("evgrade.importing.tables.mapped", "'(.+?)'.join(parts)"): [],  # tried on cells of at most 200 characters
    ("evgrade.report.outcomes", "f'(?<![\\\\w./@:#-]){words}(?![\\\\w/@-])'"): [
        r"(?<![\w./@:#-])low\s+dose\s+naltrexone(?![\w/@-])"
    ],
    ("evgrade.schema.store", "_ecma(pattern)"): [],  # those of the schemas, which are tried as that returns them
    ("evgrade.schema.store", "re.sub('\\\\$$', '\\\\\\\\Z', outside.replace('\\\\s', _BLANKS))"): [],
    ("evgrade.yamlio.header", "pattern % header.encode()"): _HEADERS,
    ("evgrade.yamlio.layout", "f'(?<![^\\\\r\\\\n])# {re.escape(str(key))}:'"): [r"(?<![^\r\n])# trials:"],
}
MANY, LARGE, LARGEST = 96, 3000, 9000
LIMITS = {**dict.fromkeys((12, 19, 26, 33, 47, 68, MANY), 0.01), 1000: 0.05, 3000: 0.1, LARGEST: 0.028}
"""Seconds for each size, fifty times what it takes or more; small steps where time may double with each character."""
SUSPECT = LIMITS[LARGEST] * (LARGE / LARGEST) ** 2 / 3
"""What a large text takes that could, growing with its square, take a third of the limit when it is largest."""


def slowest(pattern: re.Pattern[Any], how: str) -> str | None:
    """Return the beginning of a text that takes too long; None if there is none."""
    tried = attacks(pattern)
    without_end = repeats_without_end(pattern)
    for size, seconds in LIMITS.items():
        if size > MANY and not without_end:  # at each place of a longer text it tries no more than here
            break
        for attack in tried:
            text = attack.text(size, pattern)
            if _takes(seconds, pattern, how, text):
                return repr(text[:60])
        if size == LARGE:
            tried = [attack for attack in tried if _takes(SUSPECT, pattern, how, attack.text(size, pattern))]
    return None


def _takes(seconds: float, pattern: re.Pattern[Any], how: str, text: Any) -> bool:
    for _ in range(2):  # on a busy machine anything may take long once
        start = time.process_time()
        getattr(pattern, how)(text)
        if time.process_time() - start < seconds:
            return False
    return True


def slow(patterns: Iterable[Used]) -> list[tuple[str, str, str]]:
    """Return the patterns that take too long, how they are used then, and the beginning of a text that shows it."""
    tried = ((used, how, slowest(used.pattern, how)) for used in patterns for how in used.how)
    return [(used.place, how, text) for used, how, text in tried if text is not None]


@pytest.mark.parametrize("file", one_in(3, [*MODULES, *SCHEMAS]))
def test_a_pattern_takes_time_that_grows_with_its_text_and_no_faster(file: str) -> None:
    assert slow(one for one in found_in(file) if isinstance(one, Used)) == []


def test_neither_does_one_that_is_made_when_it_runs_take_longer() -> None:
    made = (re.compile(one) for some in MADE_WHEN_IT_RUNS.values() for one in some)
    assert (
        slow(Used(str(one.pattern), one, ("search" if isinstance(one.pattern, bytes) else "match",)) for one in made)
        == []
    )


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (r"(a+)+b", "match"),
        (r"(?:a|a)*b", "search"),
        pytest.param(r"\s*x?\s*y", "fullmatch", marks=pytest.mark.nightly),
        (r"a+b", "search"),
        pytest.param(r"\b(\S+) to \1\b", "search", marks=pytest.mark.nightly),
        (r"x.*y.*z", "match"),
        (r"[0-9]+[0-9]*z", "match"),
        pytest.param(r"^(a|b|ab)*c$", "search", marks=pytest.mark.nightly),
    ],
)
def test_a_bad_pattern_is_found(pattern: str, how: str) -> None:
    assert slowest(re.compile(pattern), how) is not None


def test_all_patterns_are_looked_at() -> None:
    found = [one for file in (*MODULES, *SCHEMAS) for one in found_in(file)]
    assert {one.place for one in found if isinstance(one, Unknown)} <= MADE_WHEN_IT_RUNS.keys()
    assert len(found) > 80
