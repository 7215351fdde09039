"""Mistakes in a rubric, collected as findings with their places."""

from __future__ import annotations

from evgrade.model import Finding, Path, Severity
from evgrade.yamlio.document import Document


class Mistakes:
    """Collects what is wrong with one rubric."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def at_key(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        """Add a mistake in, or of, the entry at a path: it points at its key, or at the entry of a list."""
        self._add(path, code, message, hint, key=bool(path) and isinstance(path[-1], str))

    def at_value(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        """Add a mistake in the value at a path."""
        self._add(path, code, message, hint, key=False)

    def _add(self, path: Path, code: str, message: str, hint: str | None, *, key: bool) -> None:
        self.findings.append(
            Finding(
                code=code,
                severity=Severity.ERROR,
                message=message,
                location=self.document.location(path, key=key),
                excerpt=self.document.excerpt(path, key=key),
                hint=hint,
            )
        )
