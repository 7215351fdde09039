"""Check whether a document is a rubric that can grade, and find rungs that can never be reached.

A rung can never be reached if its condition implies that a rung above it holds. The check is one-sided: every rung that
it reports is unreachable, but it can miss one. It judges implication by the form of conditions: the same field with a
narrower demand, the same list with a higher count, a conjunction with one part more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from evgrade.model import Finding, InvalidError, InvalidRubricError, Path, Severity
from evgrade.rubric.compile import UNUSED_TERM, compile_rubric
from evgrade.rubric.conditions.base import Always, Condition
from evgrade.rubric.conditions.logic import All, AnyOf, Term
from evgrade.rubric.conditions.parsing import Mistakes
from evgrade.rubric.language import FEWER, TOO_DEEP
from evgrade.rubric.model import Ladder, Rubric, Rule
from evgrade.schema.validate import validate
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read

HEADER = "rubric"


@lru_cache(maxsize=16)
def compiled(content: bytes, name: str) -> Rubric:
    """Return the rubric in some bytes; the same bytes are compiled once, however many dossiers they grade.

    Raises:
        InvalidRubricError: it is not a rubric that can grade; its findings say why.
    """
    try:
        document = read(content, name)
    except InvalidError as error:
        raise InvalidRubricError(f"{name} is not a rubric", error.findings) from None
    rubric, findings = check_rubric(document)
    if rubric is None or any(finding.severity is Severity.ERROR for finding in findings):
        raise InvalidRubricError(f"{name} is not a rubric that can be used for grading", tuple(findings))
    return rubric


def check_rubric(document: Document) -> tuple[Rubric | None, list[Finding]]:
    """Return a rubric and its mistakes, sorted; no rubric if the document does not follow the schema."""
    if not isinstance(document.data, dict) or HEADER not in document.data:
        return None, [_no_rubric(document)]
    findings = validate(document, "rubric")
    if findings:
        return None, findings
    try:
        rubric, mistakes = compile_rubric(document)
        if all(finding.code == UNUSED_TERM for finding in mistakes.findings):
            check_reach(rubric, mistakes)
    except RecursionError:  # a chain of a hundred terms or more, each used before it is defined
        return None, [_too_deep(document)]
    return rubric, sorted(dict.fromkeys(mistakes.findings), key=Finding.sort_key)


def _too_deep(document: Document) -> Finding:
    return Finding(
        code="rubric-condition",
        severity=Severity.ERROR,
        message=TOO_DEEP,
        location=document.location(("terms",)),
        excerpt=document.excerpt(("terms",)),
        hint=FEWER,
    )


def _no_rubric(document: Document) -> Finding:
    return Finding(
        code="no-rubric",
        severity=Severity.ERROR,
        message="this is not a rubric: it has no `rubric:` header",
        location=document.location(()),
        excerpt=document.excerpt(()),
        hint="a rubric begins with the line `rubric: 1`; `evgrade rubric list` names those that are shipped",
    )


# Rungs that can never be reached

Known = dict[tuple[int, int], bool]
"""Whether one condition implies another, by their identities: terms are shared by many conditions."""


def implies(one: Condition, other: Condition, known: Known | None = None) -> bool:
    """Whether `other` surely holds wherever `one` does."""
    one, other = _meant(one), _meant(other)
    known = {} if known is None else known
    pair = id(one), id(other)
    if pair not in known:
        known[pair] = one == other or _implies(one, other, known)
    return known[pair]


def _meant(condition: Condition) -> Condition:
    while isinstance(condition, Term):
        condition = condition.part
    return condition


def _implies(one: Condition, other: Condition, known: Known) -> bool:
    if isinstance(other, Always):
        return True
    if isinstance(other, All) and not isinstance(one, AnyOf):
        return all(implies(one, part, known) for part in other.parts)
    if isinstance(other, AnyOf) and not isinstance(one, All | AnyOf):
        return any(implies(one, part, known) for part in other.parts)
    return one.implies(other, partial(implies, known=known))


def check_reach(rubric: Rubric, mistakes: Mistakes) -> None:
    """Report every rung of a rubric that can never be reached."""
    for domain in rubric.domains:
        if isinstance(domain.method, Ladder):
            _check_ladder(domain.method, ("domains", domain.name, "ladder"), mistakes)
        else:
            starts = [start.rule for start in domain.method.start]
            _check_rules(starts, ("domains", domain.name, "points", "start"), mistakes)
    for classifier in rubric.classifiers:
        _check_ladder(classifier.ladder, ("classify", classifier.name, "ladder"), mistakes)
    for suggestion in rubric.suggestions:
        _check_ladder(suggestion.ladder, ("suggest", suggestion.name, "ladder"), mistakes)
    if rubric.recommendation is not None:
        _check_ladder(rubric.recommendation.ladder, ("recommendation", "ladder"), mistakes)


def _check_ladder(ladder: Ladder, path: Path, mistakes: Mistakes) -> None:
    _check_rules([rung.rule for rung in ladder.rungs], path, mistakes)


def _check_rules(rules: Sequence[Rule], path: Path, mistakes: Mistakes) -> None:
    for number, rule in enumerate(rules):
        for above in rules[:number]:
            if implies(rule.condition, above.condition):
                message = f"the rung `{rule.name}` can never be reached: `{above.name}` holds wherever it would"
                hint = "put the narrower rung first"
                mistakes.at_value((*path, number, "name"), "rubric-unreachable", message, hint)
                break
