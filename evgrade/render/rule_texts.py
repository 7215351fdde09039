"""The texts of rules by their codes: the one place where formats look them up."""

from __future__ import annotations

from evgrade.codes import Code, known_codes
from evgrade.model import Finding


def rule_of(finding: Finding) -> Code:
    """Return what is known of a finding's code; of a code that nobody described, the finding itself speaks."""
    known = known_codes().get(finding.code)
    if known is not None:
        return known
    return Code(
        name=finding.code,
        severity=finding.severity,
        ignorable=False,
        title=finding.code,
        why=finding.message,
        how=finding.hint or finding.message,
    )
