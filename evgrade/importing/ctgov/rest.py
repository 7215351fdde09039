"""What no dossier has a field for in a record of ClinicalTrials.gov: named by module, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evgrade.importing.ctgov.part import Part, Reading, plain_key

_PROTOCOL, _RESULTS = "/protocolSection", "/resultsSection"
_OUTCOME = f"{_RESULTS}/outcomeMeasuresModule/outcomeMeasures/*"
_WHY = {
    f"{_PROTOCOL}/identificationModule/orgStudyIdInfo": "the sponsor's own number",
    f"{_PROTOCOL}/identificationModule/organization": "the organization that registered the study",
    f"{_PROTOCOL}/identificationModule/acronym": "the acronym",
    f"{_PROTOCOL}/identificationModule/secondaryIdInfos": "what other numbers are",
    f"{_PROTOCOL}/statusModule": "other dates of the study and of its registration",
    f"{_PROTOCOL}/sponsorCollaboratorsModule/responsibleParty": "the responsible party: people's names are not copied",
    f"{_PROTOCOL}/sponsorCollaboratorsModule": "what kind of organization sponsors and collaborators are",
    f"{_PROTOCOL}/oversightModule": "oversight",
    f"{_PROTOCOL}/descriptionModule": "descriptions: read them in the record",
    f"{_PROTOCOL}/conditionsModule/keywords": "keywords",
    f"{_PROTOCOL}/conditionsModule": "conditions",
    f"{_PROTOCOL}/designModule": "the design in words, its purpose, biospecimens and registries of patients",
    f"{_PROTOCOL}/armsInterventionsModule/armGroups": "what arms are given",
    f"{_PROTOCOL}/armsInterventionsModule/interventions": "what interventions are, and their other names",
    f"{_PROTOCOL}/outcomesModule/primaryOutcomes": "definitions and times of primary outcomes",
    f"{_PROTOCOL}/outcomesModule/secondaryOutcomes": "registered secondary outcomes",
    f"{_PROTOCOL}/outcomesModule/otherOutcomes": "other registered outcomes",
    f"{_PROTOCOL}/eligibilityModule": "criteria of eligibility: read them in the record",
    f"{_PROTOCOL}/contactsLocationsModule": "contacts and places: personal data are not copied",
    f"{_PROTOCOL}/referencesModule/references": "kinds and words of references",
    f"{_PROTOCOL}/referencesModule/seeAlsoLinks": "links",
    f"{_PROTOCOL}/referencesModule/availIpds": "where data of participants are",
    f"{_PROTOCOL}/ipdSharingStatementModule": "the plan for sharing data of participants",
    f"{_RESULTS}/participantFlowModule/periods": "reasons for leaving, units other than people, and comments",
    f"{_RESULTS}/participantFlowModule": "how people were recruited, and what the groups of the flow are",
    f"{_RESULTS}/baselineCharacteristicsModule": "characteristics at baseline",
    f"{_RESULTS}/outcomeMeasuresModule": "other facts of outcome measures",
    f"{_OUTCOME}/description": "how outcomes were measured",
    f"{_OUTCOME}/populationDescription": "who was analysed, in words",
    f"{_OUTCOME}/groups": "what groups are",
    f"{_OUTCOME}/denoms": "denominators that were not used",
    f"{_OUTCOME}/classes/*/denoms": "denominators that were not used",
    f"{_OUTCOME}/classes": "spreads and comments that have no field",
    f"{_OUTCOME}/analyses": "other facts of analyses",
    f"{_RESULTS}/adverseEventsModule": "how harms were looked for, and what the groups are",
    f"{_RESULTS}/adverseEventsModule/seriousEvents": "how harms were coded and assessed, and counts that have no field",
    f"{_RESULTS}/adverseEventsModule/otherEvents": "how harms were coded and assessed, and counts that have no field",
    f"{_RESULTS}/moreInfoModule": "agreements and points of contact: people's names are not copied",
    "/annotationSection": "annotations of the registry",
    "/documentSection": "documents",
    "/derivedSection": "what the registry derives from a record",
    "/hasResults": "whether there are results",
}


_WITHIN = frozenset(own for own in _WHY if not any(other.startswith(f"{own}/") for other in _WHY))
"""Kinds of things that have no other kind within them."""


@dataclass(slots=True)
class _Left:
    """Values of one kind that nobody took: where the first is, and how many there are."""

    pointer: str
    many: int = 0


def note_rest(whole: Part) -> None:
    """Note everything in a record that nobody took, once for each kind of thing."""
    found: dict[str, _Left] = {}
    _collect(whole.data, "", "", "", found, whole.reading)
    for own, left in found.items():
        place = left.pointer if left.many == 1 else own.partition("/*")[0]
        many = "" if left.many == 1 else f" ({left.many} values)"
        in_table = "not read from a table; the JSON of the study has it" if own.startswith("/table/") else ""
        said = in_table or _WHY.get(own, f"`{own.rstrip('/*').rpartition('/')[2]}` has no field in a dossier")
        whole.reading.note(place, f"not taken{many}: {said}")


def _collect(value: Any, pointer: str, pattern: str, own: str, found: dict[str, _Left], reading: Reading) -> None:
    """Add the values within a value that nobody took; a kind is the nearest that is known, else the pattern itself."""
    if pattern in _WHY:
        own = pattern
    if own in _WITHIN and own in found:
        found[own].many += _count(value, reading)
    elif isinstance(value, dict):
        for key, one in value.items():
            if reading.left(value, key):
                plain = plain_key(key)
                _collect(one, f"{pointer}/{plain}", f"{pattern}/{plain}", own, found, reading)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            _collect(one, f"{pointer}/{at}", f"{pattern}/*", own, found, reading)
    elif value is not None and value != "":
        found.setdefault(own or pattern, _Left(pointer)).many += 1


def _count(value: Any, reading: Reading) -> int:
    if isinstance(value, dict):
        return sum(_count(one, reading) for key, one in value.items() if reading.left(value, key))
    if isinstance(value, list):
        return sum(_count(one, reading) for one in value)
    return int(value is not None and value != "")
