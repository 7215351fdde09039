"""Rubrics and dossiers for tests, written as in a file but without what does not matter."""

from __future__ import annotations

import json
from typing import Any

from evgrade.dossier import Dossier
from evgrade.logic import Truth
from evgrade.model import Finding
from evgrade.rubric.check import check_rubric
from evgrade.rubric.conditions.base import NO_CONTEXT, Condition
from evgrade.rubric.conditions.parsing import Mistakes, Scope
from evgrade.rubric.model import Ladder, Rubric
from evgrade.rubric.rules import Vocabulary
from evgrade.schema.shape import dossier_shape
from evgrade.yamlio.reader import read

HEADER = """\
rubric: 1
name: small
title: A small rubric
version: "1"
status: own
source: a test
description: For a test.
scales:
  support:
    grades: [{grade: A, means: strong}, {grade: B, means: fair}, {grade: C, means: weak}]
    unjudged: {grade: U, means: nothing}
"""

Data = dict[str, Any]

_NOTHING = read(b"{}", "nothing.yaml")


def checked(text: str) -> tuple[Rubric | None, list[Finding]]:
    """Return what a whole rubric file holds, and what is wrong with it."""
    return check_rubric(read(text.encode(), "rubric.yaml"))


def rubric(body: str) -> Rubric:
    """Return a rubric from its text below the header; it must be right."""
    compiled, findings = checked(HEADER + body)
    assert compiled is not None
    assert findings == []
    return compiled


def ladder_rubric(when: str, vocabulary: str = "") -> Rubric:
    """Return a rubric with one domain, which is A where a condition holds and U otherwise."""
    return rubric(f"""\
{vocabulary}
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {{grade: A, name: first, means: It is so., when: {when}}}
      - {{grade: U, name: last, means: It is not., otherwise: true}}
""")


def condition(when: str, vocabulary: str = "") -> Condition:
    """Return a condition on the dossier, from its text."""
    method = ladder_rubric(when, vocabulary).domain("domain").method
    assert isinstance(method, Ladder)
    return method.rungs[0].rule.condition


def parsed(written: Any) -> Condition:
    """Return a condition on the dossier, from data as a rubric has it: faster than from text, for laws."""
    mistakes = Mistakes(_NOTHING)
    found = Vocabulary({"status": "own", "source": "a test"}, mistakes).parser.parse(
        written, (), Scope(dossier_shape())
    )
    assert mistakes.findings == []
    return found


def item_condition(where: str, on: str = "trials", vocabulary: str = "") -> Condition:
    """Return a condition on the items of a list of the dossier, from its text."""
    counted: Any = condition(f"{{any: {on}, where: {where}}}", vocabulary)
    where_condition: Condition = counted.where
    return where_condition


def truth(when: str, dossier: Data, vocabulary: str = "") -> Truth:
    """Return whether a condition holds of a dossier."""
    return condition(when, vocabulary).truth(dossier, NO_CONTEXT)


def dossier(**sections: Any) -> Dossier:
    """Return a dossier from some of its sections."""
    data = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}, **sections}
    return Dossier(read(json.dumps(data, indent=1).encode(), "dossier.yaml"))
