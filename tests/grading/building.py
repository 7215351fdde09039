"""Small rubrics and dossiers for the tests of this folder."""

from __future__ import annotations

import json
from typing import Any

from evgrade.dossier import Dossier, examine
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.rubric.check import check_rubric
from evgrade.rubric.model import Rubric
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


_ABOUT = "    question: Is it so?\n    scale: support\n"


def rubric(body: str) -> Rubric:
    """Return a rubric from its text below the header; it must be right."""
    compiled, findings = check_rubric(read((HEADER + body).encode(), "rubric.yaml"))
    assert compiled is not None
    assert findings == [], findings
    return compiled


def ladder(*rungs: str, name: str = "domain", head: str = "") -> str:
    """Return the text of a domain with a ladder; a rung is «GRADE name: condition», the last one without condition."""
    lines = []
    for rung in rungs:
        grade, _, rest = rung.partition(" ")
        title, _, when = rest.partition(": ")
        condition = f"when: {when}" if when else "otherwise: true"
        lines.append(f"      - {{grade: {grade}, name: {title}, means: It is {title}., {condition}}}\n")
    return f"  {name}:\n    title: {name.capitalize()}\n{_ABOUT}{head}    ladder:\n{''.join(lines)}"


def points(text: str, head: str = "") -> str:
    """Return the text of a domain with points, indented as it must be."""
    indented = "".join(f"      {line}\n" for line in text.strip().splitlines())
    return f"domains:\n  domain:\n    title: Domain\n{_ABOUT}{head}    points:\n{indented}"


def dossier(**sections: Any) -> Dossier:
    """Return a dossier from some of its sections."""
    data = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}, **sections}
    loaded, findings = examine(json.dumps(data, indent=1).encode(), "dossier.yaml")
    assert loaded is not None, findings
    return loaded


def trial(identifier: str, **fields: Any) -> dict[str, Any]:
    """Return a trial."""
    return {"id": identifier, "statement": f"Trial {identifier}.", **fields}


def graded(body: str, **sections: Any) -> Assessment:
    """Return what a dossier comes to."""
    return assess(dossier(**sections), rubric(body))


def domain(body: str, **sections: Any) -> DomainGrade:
    """Return the grade of the domain called `domain`."""
    return graded(body, **sections).domain("domain")
