"""A document against a schema: accepted fast, or explained.

jsonschema-rs accepts a good document in a twentieth of a millisecond. Only what it rejects is given to
jsonschema, which is slower to import than everything else together and whose errors can be explained.
Without jsonschema-rs everything works, slower. Neither ever fetches a schema.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from evgrade.model import Finding, Severity
from evgrade.schema.formats import FORMATS
from evgrade.schema.store import schema
from evgrade.yamlio.document import Document


def validate(document: Document, name: str) -> list[Finding]:
    """Return what the schema called `name` finds wrong in a document, each at its place; empty if nothing."""
    fast = _fast_validator(name)
    if fast is not None and fast.is_valid(document.data):
        return []
    from evgrade.schema.explain import explain  # noqa: PLC0415 - imports jsonschema, which a good file never needs

    findings = explain(document, schema(name))
    if findings or fast is None:
        return findings
    return [_unexplained(document, error) for error in fast.iter_errors(document.data)]


@cache
def _fast_validator(name: str) -> Any:
    try:
        jsonschema_rs = import_module("jsonschema_rs")
    except ImportError:
        return None
    return jsonschema_rs.Draft202012Validator(schema(name), validate_formats=True, formats=dict(FORMATS))


def _unexplained(document: Document, error: Any) -> Finding:
    """Report what only the fast validator objects to: better its own words than a silent acceptance."""
    path = tuple(error.instance_path)
    return Finding(
        code="schema-other",
        severity=Severity.ERROR,
        message=str(error.message),
        location=document.location(path),
        excerpt=document.excerpt(path),
    )
