"""Studies in the structure of ClinicalTrials.gov's API, with invented facts, of usual and unusual shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Data = dict[str, Any]


def a_study(number: str = "NCT90000001") -> dict[str, Any]:
    """Return a two-arm trial with results."""
    groups = [{"id": "OG000", "title": "Sugar pill"}, {"id": "OG001", "title": "Drug X (full analysis set)"}]
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": number,
                "briefTitle": "Drug X: a trial",
                "secondaryIdInfos": [
                    {"id": "2015-001234-56", "type": "EUDRACT_NUMBER"},
                    {"id": "R01 AB1", "type": "NIH"},
                ],
            },
            "statusModule": {
                "overallStatus": "COMPLETED",
                "startDateStruct": {"date": "2015-02", "type": "ACTUAL"},
                "completionDateStruct": {"date": "2031-02", "type": "ESTIMATED"},
                "lastUpdatePostDateStruct": {"date": "2020-03-04"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A University"}},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE2", "PHASE3"],
                "designInfo": {
                    "allocation": "RANDOMIZED",
                    "interventionModel": "PARALLEL",
                    "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
                },
                "enrollmentInfo": {"count": 101, "type": "ACTUAL"},
            },
            "armsInterventionsModule": {
                "armGroups": [
                    {"label": "Drug X", "type": "EXPERIMENTAL"},
                    {"label": "Sugar pill", "type": "PLACEBO_COMPARATOR"},
                ]
            },
            "referencesModule": {
                "references": [
                    {"pmid": "1234567", "type": "RESULT", "citation": "Who W. A trial: 2016."},
                    {"pmid": "7654321", "type": "BACKGROUND"},
                ]
            },
        },
        "resultsSection": {
            "participantFlowModule": {
                "groups": [{"id": "FG000", "title": "Sugar pill"}, {"id": "FG001", "title": "Drug X"}],
                "periods": [
                    {
                        "milestones": [
                            {
                                "type": "STARTED",
                                "achievements": [
                                    {"groupId": "FG000", "numSubjects": "50"},
                                    {"groupId": "FG001", "numSubjects": "51"},
                                ],
                            }
                        ]
                    }
                ],
            },
            "outcomeMeasuresModule": {
                "outcomeMeasures": [
                    {
                        "type": "PRIMARY",
                        "title": "Death",
                        "reportingStatus": "POSTED",
                        "paramType": "COUNT_OF_PARTICIPANTS",
                        "unitOfMeasure": "Participants",
                        "timeFrame": "12 months",
                        "groups": groups,
                        "denoms": [
                            {
                                "units": "Participants",
                                "counts": [{"groupId": "OG000", "value": "49"}, {"groupId": "OG001", "value": "50"}],
                            }
                        ],
                        "classes": [
                            {
                                "categories": [
                                    {
                                        "measurements": [
                                            {"groupId": "OG000", "value": "9"},
                                            {"groupId": "OG001", "value": "4"},
                                        ]
                                    }
                                ]
                            }
                        ],
                        "analyses": [
                            {
                                "groupIds": ["OG000", "OG001"],
                                "paramType": "Hazard Ratio (HR)",
                                "paramValue": ".50",
                                "ciPctValue": "95",
                                "ciNumSides": "TWO_SIDED",
                                "ciLowerLimit": "0.20",
                                "ciUpperLimit": "1.10",
                                "pValue": "=.08",
                            }
                        ],
                    }
                ]
            },
            "adverseEventsModule": {
                "eventGroups": [
                    {"id": "EG000", "title": "Drug X", "seriousNumAffected": 3, "seriousNumAtRisk": 51},
                    {"id": "EG001", "title": "Sugar pill", "seriousNumAffected": 0, "seriousNumAtRisk": 0},
                ],
                "seriousEvents": [
                    {
                        "term": "Nausea",
                        "organSystem": "Gastrointestinal disorders",
                        "stats": [
                            {"groupId": "EG000", "numEvents": 5, "numAffected": 3, "numAtRisk": 51},
                            {"groupId": "EG001", "numAffected": 0, "numAtRisk": 0},
                        ],
                    }
                ],
            },
        },
    }


def _design(data: Data) -> Data:
    found: Data = data["protocolSection"]["designModule"]
    return found


def outcome(
    title: str, sizes: Sequence[int], values: Sequence[Mapping[str, Any]], titles: Sequence[str], **more: Any
) -> Data:
    """Return an outcome measure of groups with sizes and values."""
    keys = [f"OG{number:03}" for number in range(len(titles))]
    return {
        "type": "SECONDARY",
        "title": title,
        "reportingStatus": "POSTED",
        "timeFrame": "Week 12",
        "unitOfMeasure": "Participants",
        "paramType": "COUNT_OF_PARTICIPANTS",
        "groups": [{"id": key, "title": name} for key, name in zip(keys, titles, strict=True)],
        "denoms": [
            {
                "units": "Participants",
                "counts": [{"groupId": key, "value": str(n)} for key, n in zip(keys, sizes, strict=True)],
            }
        ],
        "classes": [
            {
                "categories": [
                    {"measurements": [{"groupId": key} | dict(v) for key, v in zip(keys, values, strict=True)]}
                ]
            }
        ],
    } | more


def measures(data: Data) -> list[Data]:
    """Return the outcome measures of a study."""
    found: list[Data] = data["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    return found


def flow(*periods: Mapping[str, tuple[int, int]]) -> Data:
    """Return a flow of participants: how many of each group started and completed each period."""
    titles = list(periods[0])
    keys = {title: f"FG{number:03}" for number, title in enumerate(titles)}
    return {
        "groups": [{"id": keys[title], "title": title} for title in titles],
        "periods": [
            {
                "title": f"Period {number}",
                "milestones": [
                    {
                        "type": kind,
                        "achievements": [
                            {"groupId": keys[title], "numSubjects": str(counts[at])} for title, counts in period.items()
                        ],
                    }
                    for at, kind in enumerate(("STARTED", "COMPLETED"))
                ],
            }
            for number, period in enumerate(periods, 1)
        ],
    }


def harms(**groups: tuple[int, int]) -> Data:
    """Return adverse events of groups: how many were harmed of how many."""
    keys = {title: f"EG{number:03}" for number, title in enumerate(groups)}
    return {
        "timeFrame": "1 year",
        "frequencyThreshold": "5",
        "eventGroups": [
            {
                "id": keys[title],
                "title": title.replace("_", " "),
                "deathsNumAffected": 0,
                "deathsNumAtRisk": of,
                "seriousNumAffected": n,
                "seriousNumAtRisk": of,
                "otherNumAffected": n,
                "otherNumAtRisk": of,
            }
            for title, (n, of) in groups.items()
        ],
        "seriousEvents": [
            {
                "term": "Fall",
                "stats": [
                    {"groupId": keys[title], "numEvents": n + 1, "numAffected": n, "numAtRisk": of}
                    for title, (n, of) in groups.items()
                ],
            }
        ],
    }


def five_arms() -> Data:
    """Return a trial of four doses and a placebo."""
    data, names = a_study("NCT90000002"), ["Placebo", "1 mg", "2 mg", "4 mg", "8 mg"]
    data["protocolSection"]["armsInterventionsModule"]["armGroups"] = [
        {"label": name, "type": "EXPERIMENTAL" if name != "Placebo" else "PLACEBO_COMPARATOR"} for name in names
    ]
    _design(data)["enrollmentInfo"]["count"] = 150
    data["resultsSection"] = {
        "participantFlowModule": flow(dict.fromkeys(reversed(names), (30, 28))),
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                outcome("Response", [30] * 5, [{"value": str(n)} for n in (3, 5, 7, 9, 11)], names),
                outcome(
                    "Score",
                    [30] * 5,
                    [{"value": f"{n}.50", "spread": "2.10"} for n in range(1, 6)],
                    names,
                    paramType="MEAN",
                    dispersionType="Standard Deviation",
                    unitOfMeasure="points",
                ),
            ]
        },
        "adverseEventsModule": harms(**{name: (n, 30) for n, name in enumerate(names)}),
    }
    return data


def clusters() -> Data:
    """Return a trial whose units are not people."""
    data = a_study("NCT90000003")
    measures(data)[0] |= {"typeUnitsAnalyzed": "Villages", "denomUnitsSelected": "Villages"}
    measures(data)[0]["denoms"].append(
        {"units": "Villages", "counts": [{"groupId": "OG000", "value": "12"}, {"groupId": "OG001", "value": "11"}]}
    )
    for milestone in data["resultsSection"]["participantFlowModule"]["periods"][0]["milestones"]:
        for one in milestone["achievements"]:
            one["numUnits"] = "17"
    return data


def expanded_access() -> Data:
    """Return a programme of expanded access."""
    data = a_study("NCT90000004")
    del data["resultsSection"]
    data["protocolSection"]["designModule"] = {
        "studyType": "EXPANDED_ACCESS",
        "expandedAccessTypes": {"individual": True},
    }
    data["protocolSection"]["statusModule"]["overallStatus"] = "AVAILABLE"
    return data


def device_trial() -> Data:
    """Return a trial of a device against a sham."""
    data = a_study("NCT90000005")
    _design(data)["phases"] = ["NA"]
    data["protocolSection"]["oversightModule"] = {"isFdaRegulatedDevice": True, "isUnapprovedDevice": False}
    data["protocolSection"]["armsInterventionsModule"] |= {"interventions": [{"type": "DEVICE", "name": "Stimulator"}]}
    data["protocolSection"]["armsInterventionsModule"]["armGroups"][1]["type"] = "SHAM_COMPARATOR"
    return data


def observational() -> Data:
    """Return an observational study with results."""
    data = a_study("NCT90000006")
    _design(data).clear()
    _design(data).update(
        studyType="OBSERVATIONAL",
        patientRegistry=True,
        designInfo={"observationalModel": "COHORT", "timePerspective": "PROSPECTIVE"},
        enrollmentInfo={"count": 101, "type": "ACTUAL"},
    )
    del data["protocolSection"]["armsInterventionsModule"]
    return data


def single_arm_with_deaths() -> Data:
    """Return a trial of one arm in which people died."""
    data = a_study("NCT90000007")
    data["protocolSection"]["armsInterventionsModule"]["armGroups"] = [{"label": "Drug X", "type": "EXPERIMENTAL"}]
    _design(data)["designInfo"] = {"allocation": "NA", "interventionModel": "SINGLE_GROUP"}
    _design(data)["enrollmentInfo"]["count"] = 40
    data["resultsSection"] = {
        "participantFlowModule": flow({"Drug X": (40, 21)}),
        "outcomeMeasuresModule": {
            "outcomeMeasures": [
                outcome(
                    "Survival at 12 months",
                    [40],
                    [{"value": "61.3", "lowerLimit": "44.0", "upperLimit": "74.9"}],
                    ["Drug X"],
                    paramType="NUMBER",
                    dispersionType="95% Confidence Interval",
                    unitOfMeasure="percentage of participants",
                    description="Kaplan-Meier estimate",
                )
            ]
        },
        "adverseEventsModule": harms(Drug_X=(12, 40)),
    }
    data["resultsSection"]["adverseEventsModule"]["eventGroups"][0]["deathsNumAffected"] = 15
    return data


def crossover() -> Data:
    """Return a trial in which everybody had both treatments."""
    data = a_study("NCT90000008")
    _design(data)["designInfo"]["interventionModel"] = "CROSSOVER"
    _design(data)["enrollmentInfo"]["count"] = 20
    data["resultsSection"] = {
        "participantFlowModule": flow(
            {"Drug X first": (10, 10), "Sugar pill first": (10, 9)},
            {"Drug X first": (10, 8), "Sugar pill first": (9, 9)},
        ),
        "outcomeMeasuresModule": {
            "outcomeMeasures": [outcome("Pain", [20, 19], [{"value": "7"}, {"value": "11"}], ["Drug X", "Sugar pill"])]
        },
        "adverseEventsModule": harms(Drug_X=(2, 20), Sugar_pill=(1, 19)),
    }
    return data


def everything() -> Data:
    """Return a study in which every module is filled."""
    data = a_study("NCT90000009")
    protocol, results = data["protocolSection"], data["resultsSection"]
    protocol["identificationModule"] |= {
        "nctIdAliases": ["NCT90000019"],
        "officialTitle": "A study of everything",
        "acronym": "EVERYTHING",
        "orgStudyIdInfo": {"id": "ORG-1"},
        "organization": {"fullName": "An Organization", "class": "OTHER"},
    }
    protocol["statusModule"] |= {
        "whyStopped": "Money ran out",
        "statusVerifiedDate": "2020-01",
        "primaryCompletionDateStruct": {"date": "2019-01", "type": "ACTUAL"},
    }
    protocol["sponsorCollaboratorsModule"] |= {
        "collaborators": [{"name": "A Company", "class": "INDUSTRY"}],
        "responsibleParty": {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "Principal Person"},
    }
    protocol["descriptionModule"] = {"briefSummary": "In short.", "detailedDescription": "At length."}
    protocol["conditionsModule"] = {"conditions": ["Gout", "Pain"], "keywords": ["uric acid"]}
    protocol["armsInterventionsModule"] |= {
        "interventions": [{"type": "DRUG", "name": "Drug X", "otherNames": ["X-1"], "armGroupLabels": ["Drug X"]}]
    }
    protocol["designModule"]["designInfo"] |= {"primaryPurpose": "TREATMENT"}
    protocol["outcomesModule"] = {
        "primaryOutcomes": [
            {"measure": "Dying", "description": "Of any cause", "timeFrame": "A year"},
            {"measure": "Falls"},
        ],
        "secondaryOutcomes": [{"measure": "Pain at night", "timeFrame": "A week"}],
        "otherOutcomes": [{"measure": "Mood"}],
    }
    protocol["eligibilityModule"] = {
        "eligibilityCriteria": "Inclusion:\n\n* gout",
        "healthyVolunteers": False,
        "sex": "ALL",
        "minimumAge": "18 Years",
        "maximumAge": "75 Years",
        "stdAges": ["ADULT", "OLDER_ADULT"],
    }
    protocol["contactsLocationsModule"] = {
        "overallOfficials": [{"name": "Contact Person", "role": "STUDY_CHAIR"}],
        "locations": [
            {"facility": "A Hospital", "city": "Lyon", "country": "France", "geoPoint": {"lat": 45.7, "lon": 4.8}},
            {"facility": "Another Hospital", "city": "Bonn", "country": "Germany"},
        ],
    }
    protocol["referencesModule"] |= {
        "seeAlsoLinks": [{"label": "a page", "url": "https://example.org"}],
        "availIpds": [{"id": "IPD1", "type": "Individual Participant Data Set"}],
    }
    protocol["referencesModule"]["references"] += [
        {
            "pmid": "2223334",
            "type": "DERIVED",
            "citation": "Other O. Falls. doi: 10.1000/falls.1. Epub 2019.",
            "retractions": [{"pmid": "2223335", "source": "J Falls. 2020"}],
        },
        {"type": "RESULT", "citation": "No number."},
    ]
    protocol["ipdSharingStatementModule"] = {"ipdSharing": "NO"}
    results["participantFlowModule"]["periods"][0] |= {
        "title": "Overall Study",
        "dropWithdraws": [{"type": "Death", "reasons": [{"groupId": "FG000", "numSubjects": "2"}]}],
    }
    results["baselineCharacteristicsModule"] = {
        "groups": [{"id": "BG000", "title": "Sugar pill"}, {"id": "BG001", "title": "Total"}],
        "measures": [
            {"title": "Age", "paramType": "MEAN", "classes": [{"categories": [{"measurements": [{"value": "61"}]}]}]}
        ],
    }
    names = ["Drug X", "Sugar pill"]
    measures(data).extend(
        [
            outcome(
                "Pain score",
                [50, 49],
                [{"value": "3.10", "spread": "0.30"}, {"value": "4.20", "spread": "0.31"}],
                names,
                paramType="LEAST_SQUARES_MEAN",
                dispersionType="Standard Error",
                unitOfMeasure="points",
                analyses=[
                    {
                        "groupIds": ["OG000", "OG001"],
                        "groupDescription": "All who had one dose.",
                        "paramType": "LS Mean Difference",
                        "paramValue": "-1.10",
                        "dispersionType": "STANDARD_ERROR_OF_MEAN",
                        "dispersionValue": "0.43",
                        "pValue": "<0.05",
                        "pValueComment": "nominal",
                        "statisticalMethod": "MMRM",
                        "nonInferiorityType": "SUPERIORITY",
                    }
                ],
            ),
            outcome(
                "Urate",
                [50, 49],
                [
                    {"value": "5.01", "lowerLimit": "4.00", "upperLimit": "6.02"},
                    {"value": "NA", "comment": "Lost samples"},
                ],
                names,
                paramType="MEAN",
                dispersionType="95% Confidence Interval",
                unitOfMeasure="mg/dL",
                populationDescription="Those with a sample.",
            ),
            {"type": "OTHER_PRE_SPECIFIED", "title": "Later", "reportingStatus": "NOT_POSTED"},
        ]
    )
    results["adverseEventsModule"] |= {"timeFrame": "1 year", "description": "By diary.", "frequencyThreshold": "5"}
    results["adverseEventsModule"]["otherEvents"] = [
        {"term": "Rash", "assessmentType": "SYSTEMATIC_ASSESSMENT", "stats": [{"groupId": "EG000", "numEvents": 4}]}
    ]
    results["moreInfoModule"] = {
        "limitationsAndCaveats": {"description": "It was small."},
        "certainAgreement": {"piSponsorEmployee": False},
        "pointOfContact": {"title": "Contact Person"},
    }
    data["derivedSection"] = {
        "conditionBrowseModule": {
            "meshes": [{"id": "D006073", "term": "Gout"}],
            "ancestors": [{"id": "D001168", "term": "Arthritis"}],
            "browseLeaves": [{"id": "M1", "name": "Gout"}],
        }
    }
    data["documentSection"] = {"largeDocumentModule": {"largeDocs": [{"filename": "Prot_000.pdf"}]}}
    data["hasResults"] = True
    return data


SHAPES: Mapping[str, Callable[[], Data]] = {
    one.__name__: one
    for one in (
        a_study,
        five_arms,
        clusters,
        expanded_access,
        device_trial,
        observational,
        single_arm_with_deaths,
        crossover,
        everything,
    )
}
"""Studies by their shape."""
