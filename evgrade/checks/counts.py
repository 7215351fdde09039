"""Checks of counts: people and events that do not add up."""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts import known
from evgrade.model import Severity


@check("count-responses", on="case", severity=Severity.WARNING)
def responses_of_evaluated(item: Item) -> Iterator[Problem]:
    """The answers of the people who were evaluated add up to them."""
    evaluated = known(item.data, "evaluated")
    counts = [known(response, "n") for response in item.data.get("responses", [])]
    if evaluated is None or not counts or None in counts:
        return
    total = sum(counts)
    if total != evaluated:
        terms = " + ".join(map(str, counts))
        more = total > evaluated
        yield Problem(
            f"the responses add up to {terms} = {total}, and {evaluated} were evaluated",
            at=("responses",),
            hint=f"{abs(total - evaluated)} {'too many' if more else 'without an answer'}: correct a count, or say in "
            "`notes` who is missing and waive this",
            related=((*item.path, "evaluated"),),
            severity=Severity.ERROR if more else None,
        )
