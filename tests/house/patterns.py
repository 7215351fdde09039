"""Every regular expression of evgrade, and texts that make a bad one try again and again."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from evgrade.schema.store import _ecma

ROOT = Path(__file__).parents[2]
USES = ("search", "match", "fullmatch")
_FUNCTIONS = {"compile": USES, **dict.fromkeys(("sub", "split", "findall", "finditer"), ("findall",))}
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_CATEGORIES = {"DIGIT": "0", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "a", "NOT_SPACE": "a", "NOT_WORD": "-"}
_MANY = 20
"""From how many times on a repetition counts as one without end."""


@dataclass(frozen=True)
class Used:
    """A regular expression, where it stands, and how it is used."""

    place: str
    pattern: re.Pattern[Any]
    how: tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """A call whose pattern is only known when it runs: the module, and what it is made of."""

    place: tuple[str, str]


def _having(name: str, text: str) -> list[str]:
    """Return the files of evgrade that are called so and hold a text."""
    paths = sorted((ROOT / "evgrade").rglob(name))
    return [path.relative_to(ROOT).as_posix() for path in paths if text in path.read_text(encoding="utf-8")]


MODULES = _having("*.py", "re.")
SCHEMAS = _having("*.schema.json", '"pattern"')


@cache
def found_in(file: str) -> Sequence[Used | Unknown]:
    """Return the patterns of a module or a schema."""
    return tuple(_in_schema(ROOT / file) if file.endswith(".json") else _in_module(ROOT / file))


def _in_module(path: Path) -> Iterator[Used | Unknown]:
    module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    source = path.read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in calls:
        name = ast.unparse(call.func)
        if not name.startswith("re.") or name[3:] not in (*USES, *_FUNCTIONS):
            continue
        place = f"{module}: {ast.unparse(call.args[0])}"
        try:
            # What the module itself would compute from its own constants.
            pattern = eval(ast.unparse(call.args[0]), vars(importlib.import_module(module)))  # noqa: S307
        except NameError:
            yield Unknown((module, ast.unparse(call.args[0])))
            continue
        flags = re.findall(r"\bre\.([A-Z]+)\b", " ".join(map(ast.unparse, call.args[1:])))
        compiled = re.compile(pattern, sum(getattr(re, flag) for flag in flags))
        how = _how(source, call) if name == "re.compile" else _FUNCTIONS.get(name[3:], (name[3:],))
        yield Used(place, compiled, how)


def _how(source: str, call: ast.Call) -> tuple[str, ...]:
    """Return how a compiled pattern is used: by its name in the module, or in any way if it has none."""
    named = re.search(rf"^(\w+)\b.*= {re.escape(ast.get_source_segment(source, call) or '')}", source, re.MULTILINE)
    used = re.findall(rf"\b{named[1]}\.(\w+)\(", source) if named else []
    found = {way for one in used for way in ((one,) if one in USES else _FUNCTIONS.get(one, USES))}
    return tuple(sorted(found)) or USES


def _in_schema(path: Path) -> Iterator[Used]:
    """Yield the patterns of a JSON Schema: each is looked for anywhere in a text."""
    found = set(re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', path.read_text(encoding="utf-8")))
    for written in sorted(found):
        yield Used(f"{path.name}: {written}", re.compile(json.loads(written)), ("search",))
        yield Used(f"{path.name}: {written} in Python", _ecma(json.loads(written)), ("search",))


@dataclass(frozen=True)
class Attack:
    """Texts of any size: what leads to a repetition, what it repeats again and again, and a wrong end."""

    lead: str
    pump: str
    end: str

    def text(self, size: int, pattern: re.Pattern[Any]) -> Any:
        text = self.lead + self.pump * (size // len(self.pump)) + self.end
        return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def attacks(pattern: re.Pattern[Any]) -> list[Attack]:
    """Return what makes a bad pattern try again and again."""
    tree = list(_parser.parse(pattern.pattern, pattern.flags))
    signs = sorted({*_signs(tree), *"a0 -\n"})
    ways = [("", ""), *_repeated(tree, "")]
    pumps = {
        *signs,
        *(inside for _, inside in ways if inside),
        *(one + other for one in signs[:6] for other in signs[:6]),
    }
    # As often `a` as `aa`: the longer of two that repeat the same is left out.
    single = [
        pump
        for pump in sorted(pumps)
        if not any(pump == pump[:size] * (len(pump) // size) for size in range(1, len(pump)))
    ]
    leads = sorted({lead for lead, _ in ways})
    return [Attack(lead, pump, end) for lead in leads for pump in single for end in ("", "\x01", "!\x01")]


def repeats_without_end(pattern: re.Pattern[Any]) -> bool:
    """Whether a part of a pattern can match a text of any length."""
    return any(_repeated(_parser.parse(pattern.pattern, pattern.flags), ""))


def _inside(operation: Any, argument: Any) -> list[Any]:
    """Return what an item is made of: one sequence of items, several where it is a choice, none for a sign."""
    if operation is _constants.BRANCH:
        return list(argument[1])
    if operation in _REPEATS:
        return [argument[2]]
    if operation in (_constants.SUBPATTERN, _constants.ASSERT, _constants.ASSERT_NOT):
        return [argument[-1]]
    return [argument] if operation is _constants.ATOMIC_GROUP else []


def _repeated(items: Any, lead: str) -> Iterator[tuple[str, str]]:
    """Yield what leads to each repetition without end, and what it repeats."""
    for operation, argument in items:
        if operation in _REPEATS and argument[1] > _MANY:
            yield lead, _example(argument[2])
        for inside in _inside(operation, argument):
            yield from _repeated(inside, lead)
        lead += _example([(operation, argument)])


def _example(items: Any) -> str:
    """Return a short text that items match, as far as that is simple."""
    text = ""
    for operation, argument in items:
        within = [] if operation in (_constants.ASSERT, _constants.ASSERT_NOT) else _inside(operation, argument)
        times = max(1, argument[0]) if operation in _REPEATS else 1
        text += _example(within[0]) * times if within else next(iter(_signs([(operation, argument)])), "")
    return text


def _signs(items: Any) -> Iterator[str]:
    """Yield a sign for each thing that items ask for."""
    for operation, argument in items:
        if operation is _constants.LITERAL:
            yield chr(argument)
        elif operation is _constants.NOT_LITERAL:
            yield "b" if argument == ord("a") else "a"
        elif operation is _constants.ANY:
            yield "a"
        elif operation is _constants.RANGE:
            yield chr(argument[0])
        elif operation is _constants.CATEGORY:
            yield _CATEGORIES[str(argument).removeprefix("CATEGORY_")]
        elif operation is _constants.IN and argument[0][0] is _constants.NEGATE:
            excluded = set(_signs(argument[1:]))
            yield next(sign for sign in "a0-.,:;xyz \n\x02" if sign not in excluded)
        elif operation is _constants.IN:
            yield from _signs(argument)
        for inside in _inside(operation, argument):
            yield from _signs(inside)
