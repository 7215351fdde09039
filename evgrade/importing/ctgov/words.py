"""Words and dates of the older formats of ClinicalTrials.gov, translated into version 2 of its API."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

_CODES = {
    "N_A": "NA",
    "NOT_APPLICABLE": "NA",
    "ANTICIPATED": "ESTIMATED",
    "NONE_OPEN_LABEL": "NONE",
    "OPEN_LABEL": "NONE",
    "NO_MASKING": "NONE",
    "SINGLE_BLIND": "SINGLE",
    "DOUBLE_BLIND": "DOUBLE",
    "NONRANDOMIZED": "NON_RANDOMIZED",
    "2_SIDED": "TWO_SIDED",
    "1_SIDED": "ONE_SIDED",
    "UNKNOWN_STATUS": "UNKNOWN",
    "REGISTRY_IDENTIFIER": "REGISTRY",
    "OTHER_IDENTIFIER": "OTHER",
    "OTHER_GRANT_FUNDING_NUMBER": "OTHER_GRANT",
    "U_S_NIH_GRANT_CONTRACT": "NIH",
    "U_S_FDA_GRANT_CONTRACT": "FDA",
    "U_S_VA_GRANT_CONTRACT": "VA",
    "U_S_CDC_GRANT_CONTRACT": "CDC",
    "U_S_AHRQ_GRANT_CONTRACT": "AHRQ",
    "U_S_SAMHSA_GRANT_CONTRACT": "SAMHSA",
}
_DESIGN = {
    "allocation": "allocation",
    "intervention model": "interventionModel",
    "primary purpose": "primaryPurpose",
    "time perspective": "timePerspective",
    "observational model": "observationalModel",
}
_FORMS = (("%B %d, %Y", "%Y-%m-%d"), ("%d %B %Y", "%Y-%m-%d"), ("%B %Y", "%Y-%m"), ("%m/%d/%Y", "%Y-%m-%d"))


def code(words: str) -> str:
    """Return the code for words: PLACEBO_COMPARATOR for `Placebo Comparator`."""
    plain = re.sub("[^A-Z0-9]+", "_", words.upper()).strip("_")
    plain = re.sub(r"_ASSIGNMENT$", "", plain)
    return _CODES.get(plain, plain)


def phases(words: str) -> list[str]:
    """Return the codes for phases such as `Phase 1/Phase 2`, `PHASE1|PHASE2`, `Early Phase 1`, `Not Applicable`."""
    parts = [words] if code(words) == "NA" else re.split(r"[/|]", words)
    return [re.sub("PHASE_([0-9])", r"PHASE\1", code(one)) for one in parts if one.strip()]


def masking(words: str) -> dict[str, Any]:
    """Return the masking and the masked parties of `Double (Participant, Investigator)`, by their paths."""
    how, bracket, who = words.partition("(")
    if not bracket or code(words) == "NONE":
        return {"maskingInfo/masking": code(words)}
    parties = [code(one) for one in who.rstrip(") ").split(",") if one.strip()]
    return {"maskingInfo/masking": code(how)} | ({"maskingInfo/whoMasked": parties} if parties else {})


def design(words: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the parts of a design by their paths in version 2, and the parts that have none.

    The text is `Allocation: Randomized|Masking: None`, or the same with commas.
    """
    others = design_parts(words)
    found: dict[str, Any] = {key: code(others.pop(name)) for name, key in _DESIGN.items() if name in others}
    return (found | masking(others.pop("masking")) if "masking" in others else found), others


def design_parts(words: str) -> dict[str, str]:
    """Return the parts of a design by their lower-case names."""
    found: dict[str, str] = {}
    name = ""
    for part in words.split("|") if "|" in words else words.split(","):
        head, colon, said = part.partition(":")
        if colon:
            name = head.strip().casefold()
            found[name] = said.strip()
        elif name:
            found[name] += f",{part}"  # within a list in brackets
    return {key: said.strip() for key, said in found.items() if said.strip()}


def day(words: str) -> str:
    """Return a date as 2018-09-20, 2018-09 or 2018; other text stays as it is."""
    plain = " ".join(words.split())
    for form, iso in _FORMS:
        try:
            return datetime.strptime(plain, form).strftime(iso)
        except ValueError:
            continue
    return plain
