"""What a code means, in words: the one place that formats ask for the texts of rules."""

from __future__ import annotations

from evgrade.codes import Code, known_codes
from evgrade.model import Finding


def rule_of(finding: Finding) -> Code:
    """Return what is known of a finding's code; of a code that nobody described, the finding itself speaks."""
    known = known_codes().get(finding.code)
    if known is not None:
        return known
    return Code(finding.code, finding.severity, finding.code, finding.message, finding.hint or finding.message)
