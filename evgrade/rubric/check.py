"""Check whether a document is a rubric that can grade."""

from __future__ import annotations

from functools import lru_cache

from evgrade.model import Finding, InvalidError, InvalidRubricError, Severity
from evgrade.rubric.compile import compile_rubric
from evgrade.rubric.language import FEWER, TOO_DEEP
from evgrade.rubric.model import Rubric
from evgrade.schema.validate import validate
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read

HEADER = "rubric"


@lru_cache(maxsize=16)
def compiled(content: bytes, name: str) -> Rubric:
    """Return the rubric that some bytes hold; the same bytes are compiled once, however many dossiers they grade.

    Raises:
        InvalidRubricError: it is not a rubric that can be used for grading; its findings say why.
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
    """Return a rubric and all that is wrong with it, sorted; no rubric where its form is wrong already."""
    if not isinstance(document.data, dict) or HEADER not in document.data:
        return None, [_no_rubric(document)]
    findings = validate(document, "rubric")
    if findings:
        return None, findings
    try:
        rubric, mistakes = compile_rubric(document)
    except RecursionError:  # terms that are used before they are defined, each of the next one, a hundred and more
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
