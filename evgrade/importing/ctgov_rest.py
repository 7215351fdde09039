"""What no dossier has a field for in a record of ClinicalTrials.gov: named by module, and counted."""

from __future__ import annotations

from evgrade.importing.ctgov_part import Part

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


def note_rest(whole: Part) -> None:
    """Note everything in a record that nobody took, once for each kind of thing."""
    found: dict[str, list[str]] = {}
    for pointer, pattern, _ in whole.leaves():
        found.setdefault(pattern, []).append(pointer)
    grouped: dict[str, list[str]] = {}
    for pattern, pointers in found.items():
        own = pattern
        while own and own not in _WHY:
            own = own.rpartition("/")[0]
        grouped.setdefault(own or pattern, []).extend(pointers)
    for own, pointers in grouped.items():
        place = pointers[0] if len(pointers) == 1 else own.partition("/*")[0]
        many = "" if len(pointers) == 1 else f" ({len(pointers)} values)"
        said = _WHY.get(own, f"`{own.rstrip('/*').rpartition('/')[2]}` has no field in a dossier")
        whole.reading.note(place, f"not taken{many}: {said}")
