"""A study in the structure of ClinicalTrials.gov's API, with invented facts."""

from __future__ import annotations

from typing import Any


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
