"""Twice the file takes twice the work: ten thousand of anything, with something wrong in each, is no reason to wait.

Function calls are counted, which are the same on any machine.
"""

from __future__ import annotations

import io
import pstats
from collections import Counter
from collections.abc import Callable
from cProfile import Profile
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import pytest

from evgrade.checking import check
from evgrade.cli.destinations import FindingsFormat, Output
from evgrade.cli.fix import show_fixes
from evgrade.cli.outputs import Outputs
from evgrade.render import findings
from evgrade.schema.suggest import Suggestions
from tests.crossed import one_in

from .growing import GROWING, in_one_line
from .growing import written as whole
from .sections import MISTAKES, full, grown, lists, written

MANY = 30
"""More than are listed, and more than are given a suggestion, where these limits are low."""

MOST = 3.0
"""How many times as often a function may call another for twice as many entries: once for each pair would be 4."""

BOUNDED = ("suggest.py", "difflib.py", "heapq.py")
"""Where names are compared, each with all others, until that has been done often enough."""

FEW = 5 * MANY
"""What a function calls no more often than this says nothing."""


@pytest.fixture(autouse=True)
def _low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach the limits that hold for any file, above which nothing grows, with small ones."""
    monkeypatch.setattr(findings, "MOST", 5)
    monkeypatch.setattr(Suggestions, "_MOST", 4_000)


def calls(work: Callable[[Path], object], path: Path) -> Counter[object]:
    """Return how often each function calls each other one."""
    profile = Profile()
    profile.runcall(work, path)
    found: Any = pstats.Stats(profile, stream=io.StringIO()).stats  # type: ignore[attr-defined]
    counts: Counter[object] = Counter()
    for called, (*_, callers) in found.items():
        for caller, numbers in callers.items():
            if not any(name in f"{caller} {called}" for name in BOUNDED):
                counts[caller, called] += numbers[0]
    return counts


def grows_no_faster(work: Callable[[Path], object], text: Callable[[int], str], folder: Path) -> None:
    warm, once, twice = (folder / f"{name}.dossier.yaml" for name in ("warm", "once", "twice"))
    for path, number in ((warm, 10), (once, MANY), (twice, 2 * MANY)):
        path.write_text(text(number), encoding="utf-8")
    work(warm)  # so that imports are not counted
    before, after = calls(work, once), calls(work, twice)
    assert [(pair, before[pair], times) for pair, times in after.items() if times > MOST * before[pair] + FEW] == []


def checked(path: Path) -> None:
    """Check a file and write what was found in every format."""
    forms = [Output(form, str(path.with_suffix(f".{form.value}"))) for form in FindingsFormat]
    outputs = Outputs(forms, "validate")
    for one in check([path]):
        outputs.take(one)
    outputs.finish()


LIKE_OTHERS = ("[]", "observational", "syntheses", "preclinical", "cases", "safety.", ".refs")
"""Lists inside lists, and lists whose entries are like those of `trials`, `claims` or `references`: for the night."""

IN_ONE_LINE = ("trials", "effects of a trial", "wrong types", "unknown keys", "unknown references", "repairs of values")


def repaired(path: Path) -> None:
    show_fixes([str(path)], quiet=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *one_in(4, [name for name in lists() if not any(one in name for one in LIKE_OTHERS)]),
        *(pytest.param(name, marks=pytest.mark.nightly) for name in lists() if any(one in name for one in LIKE_OTHERS)),
    ],
)
def test_checking_grows_with_every_list_of_the_schema_and_every_mistake_in_it(name: str, tmp_path: Path) -> None:
    way, node = lists()[name]

    def entries(number: int) -> str:
        every_second_is_valid = chain.from_iterable((full, mistake) for mistake in cycle(MISTAKES.values()))
        makes = islice(every_second_is_valid, number)
        return written(grown(way, [make(node, n) for n, make in enumerate(makes)]))

    grows_no_faster(checked, entries, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(3, sorted(GROWING)))
def test_checking_grows_with_what_is_wrong(name: str, tmp_path: Path) -> None:
    grows_no_faster(checked, lambda number: whole(GROWING[name](number)), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(2, IN_ONE_LINE))
def test_checking_grows_with_a_file_in_one_line(name: str, tmp_path: Path) -> None:
    grows_no_faster(checked, lambda number: in_one_line(GROWING[name](number)), tmp_path)


@pytest.mark.parametrize("name", ["repairs of values", "repairs of identifiers", "trials"])
@pytest.mark.usefixtures("capsys")
def test_repairing_grows_with_the_file(name: str, tmp_path: Path) -> None:
    grows_no_faster(repaired, lambda number: whole(GROWING[name](number)), tmp_path)
