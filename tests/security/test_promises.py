"""Every promise of SECURITY.md names tests that hold it, and they are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
SECTIONS = {found[0]: found[1] for found in re.findall(r"^## (.+)\n([\s\S]*?)(?=^## |\Z)", PAGE, re.M)}
WITHOUT = ("What is not promised", "Reporting")
PROMISES = [
    pytest.param(promise, id=promise.split("\n")[0][2:60])
    for name, text in SECTIONS.items()
    if name not in WITHOUT
    for promise in re.findall(r"^- [\s\S]*?(?=^- |\Z)", text, re.M)
]
NAMED = re.compile(r"^  - `(tests/[\w/]+\.py)::(test_\w+)`$", re.M)


@cache
def names_in(file: str) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_held_by_tests_that_are_there(promise: str) -> None:
    named = NAMED.findall(promise)
    assert named
    assert len(named) == promise.count("::"), "every line that names a test is read as one"
    assert [name for file, name in named if name not in names_in(file)] == []


def test_there_is_a_promise_of_everything_that_others_write() -> None:
    assert {"Folders", "Dossiers", "Rubrics", "Repositories", "Caches", "Clusters"} <= SECTIONS.keys()
    assert set(WITHOUT) <= SECTIONS.keys()
    assert len(PROMISES) > 15


def test_a_name_that_is_none_would_be_noticed() -> None:
    assert "test_of_nothing" not in names_in("tests/security/test_promises.py")
    assert NAMED.findall("  - `tests/a.py::test_b`") == [("tests/a.py", "test_b")]
