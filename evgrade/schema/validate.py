"""Validate a document against a schema: accept it fast, or explain the errors.

jsonschema-rs accepts a good document in a twentieth of a millisecond. Only rejected documents are passed to jsonschema,
which takes longer to import than everything else together, but has errors that can be explained. Without jsonschema-rs
everything works, more slowly. Neither ever fetches a schema.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from evgrade.model import Finding, Severity
from evgrade.schema.store import FORMATS, schema
from evgrade.yamlio.document import Document


def validate(document: Document, name: str) -> list[Finding]:
    """Return the violations of a schema in a document, with their positions."""
    fast = _fast_validator(name)
    if fast is not None and fast.is_valid(document.data):
        return []
    from evgrade.schema.explain import explain  # noqa: PLC0415 - imports jsonschema, which good files never need

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
    """Report an error found only by the fast validator, in its own words."""
    path = tuple(error.instance_path)
    return Finding(
        code="schema-other",
        severity=Severity.ERROR,
        message=str(error.message),
        location=document.location(path),
        excerpt=document.excerpt(path),
    )
