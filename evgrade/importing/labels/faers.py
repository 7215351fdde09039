"""Reports of suspected reactions, such as FAERS: recognized so that nobody takes them for counts of people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.tree import items, within
from evgrade.model import EvgradeError

_QUARTERLY = re.compile(r"(?:primaryid|isr)\$(?:caseid|case)\b|primaryid\$", re.IGNORECASE)
_DASHBOARD = re.compile(r"\"?case id\"?\s?[,;\t].{0,2000}\"?suspect product", re.IGNORECASE)


def _is_faers(content: Content) -> bool:
    if content.start[:1] == "{":
        results = [one for _, one in items(content.json, "results")]
        return bool(results) and (all(_is_report(one) for one in results) or all(_is_count(one) for one in results))
    if "<ichicsr" in content.start[:2000].lower():
        return True
    first = content.start.partition("\n")[0]
    return bool(_QUARTERLY.match(first) or _DASHBOARD.search(first))


def _is_report(one: Any) -> bool:
    return "safetyreportid" in one


def _is_count(one: Any) -> bool:
    return one.keys() == {"term", "count"} and isinstance(within(one, "count"), int)


def _refuse(content: Content) -> NoReturn:
    raise EvgradeError(
        f"{content.name} holds reports of suspected reactions (FAERS), which are not counts of people: nobody knows how"
        " many took the drug, reports repeat each other, and name drugs that were only taken besides",
        hint="describe them in a sentence: `observational` with `design: surveillance` and `question: harm`; for the"
        " harms that they name, `adverse_events` with `source: post_marketing` and without numbers",
    )


def _records(content: Content) -> Iterator[Record]:
    _refuse(content)


READER = Reader(_is_faers, _records)
