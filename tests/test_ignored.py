"""Ignore patterns mean what they mean to git, and no pattern takes longer than another of its length."""

from __future__ import annotations

import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from evgrade.ignored import MOST_BYTES, Patterns
from tests.bounded import no_blow_up
from tests.cli.scratch import Scratch, isolate
from tests.crossed import one_in

NAMES = ["a", "b", "ab", "aab", "a.yaml", "foo", "a b", "[x]", "a]", "!x", "#x", "x ", "a\\", "é", "-", "A1", "abc"]
PIECES = [
    *(
        "a",
        "b",
        "ab",
        "*",
        "**",
        "***",
        "?",
        "/",
        "/**/",
        "**/",
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-c]",
        "[]a]",
        "[a",
        "x",
        "é",
    ),
    *(
        "[[:alpha:]]",
        "[[:foo:]]",
        "[[:digit:]x]",
        "[[:a]",
        "\\*",
        "\\a",
        "\\",
        " ",
        "\\ ",
        "!",
        "#",
        ".",
        "yaml",
        "foo",
    ),
    *("[/]", "[a/]b", "[\\]]", "[-a]", "[a-]", "A", "1", "[A-Z]", "//", "[!\\]a-]", "[b-a]", "[x-\\z]"),
]
NO_WHOLE_NAME = re.compile(r"[^/\n!]\*\*+/")  # git takes these for whole names sometimes, against its own documentation


def verdict(patterns: Patterns, path: str, folders: set[str]) -> bool:
    """Return whether git would ignore a path: what is inside an ignored folder is, whatever else is said."""
    parts = path.split("/")
    for end in range(1, len(parts)):
        if patterns.verdict(patterns.then(patterns.start, os.fsencode("/".join(parts[:end]))), is_folder=True):
            return True
    return bool(patterns.verdict(patterns.then(patterns.start, os.fsencode(path)), is_folder=path in folders))


def drawn(chance: random.Random) -> str:
    pattern = "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 5)))
    return (
        chance.choice(["", "", "", "!"])
        + chance.choice(["", "", "/"])
        + pattern
        + chance.choice(["", "", "/", " ", "\r"])
    )


@pytest.mark.parametrize("seed", range(40))
def test_patterns_ignore_what_they_ignore_for_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - patterns, not secrets
    isolate(monkeypatch)
    Scratch(tmp_path).git("init", "-q")
    paths = {"/".join(chance.choices(NAMES, k=chance.randint(1, 4))) for _ in range(60)}
    folders = {path.rsplit("/", n)[0] for path in paths for n in range(1, path.count("/") + 1)}
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    for path in paths - folders:
        (tmp_path / path).touch()
    asked = sorted(paths | folders)
    for _ in range(6):
        lines = [
            line for line in (drawn(chance) for _ in range(chance.randint(1, 4))) if not NO_WHOLE_NAME.search(line)
        ]
        content = "\n".join(lines).encode()
        (tmp_path / ".gitignore").write_bytes(content)
        command = ["git", "-c", "core.ignorecase=false", "check-ignore", "-z", "--no-index", "--stdin"]
        told = subprocess.run(command, cwd=tmp_path, input="\0".join(asked).encode(), capture_output=True, check=False)
        by_git = told.stdout.decode().split("\0")[:-1]
        patterns = Patterns.of(content)
        assert [path for path in asked if verdict(patterns, path, folders)] == by_git, content


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    one_in(
        2,
        [
            b"a*" * 6 + b"b",
            b"a*" * 30_000 + b"b",
            (b"*a" * 100 + b"b\n") * 300,
            (b"*" + b"a" * 150 + b"b\n") * 400,
            (b"**/" * 20 + b"a*b\n") * 900,
            (b"**/a/" * 50 + b"c\n") * 250,
            (b"**/" + b"a/" * 80 + b"c\n") * 350,
            b"".join(b"dir%d/*.x%d\n" % (number, number) for number in range(4000)),
            b"[[:alpha:]]" * 5900,
            b"[[:" * 21_000,
            b"[" * 65_000,
            b"[!a]" * 16_000,
            b"?" * 65_000,
            b"a " * 32_000,
            b"\\" * 65_001,
            b"/a" * 32_000,
        ],
    ),
    ids=lambda content: content[:12].decode(),
)
def test_no_pattern_takes_longer_than_others_of_its_length(content: bytes) -> None:
    with no_blow_up():
        patterns = Patterns.of(content[:MOST_BYTES])
        for path in (b"a" * 250 + b".yaml", b"a/" * 250 + b"a.yaml", b"ab" * 120):
            patterns.verdict(patterns.then(patterns.start, path), is_folder=False)
