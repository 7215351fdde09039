"""The registry's retired formats give the same entries as version 2 of its API, at their own places."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from evgrade.importing.formats import records
from evgrade.importing.found import Record
from tests.importing.entries import errors_of

CLASSIC: dict[str, Any] = {
    "ProtocolSection": {
        "IdentificationModule": {
            "NCTId": "NCT90000101",
            "SecondaryIdInfoList": {
                "SecondaryIdInfo": [{"SecondaryId": "2015-001234-56", "SecondaryIdType": "EudraCT Number"}]
            },
            "BriefTitle": "Drug X: a trial",
            "NCTIdAliasList": {"NCTIdAlias": ["NCT90000111"]},
        },
        "StatusModule": {
            "OverallStatus": "Active, not recruiting",
            "StartDateStruct": {"StartDate": "September 1, 2011", "StartDateType": "Actual"},
            "CompletionDateStruct": {"CompletionDate": "March 2031", "CompletionDateType": "Anticipated"},
            "LastUpdatePostDateStruct": {"LastUpdatePostDate": "May 7, 2020", "LastUpdatePostDateType": "Actual"},
        },
        "SponsorCollaboratorsModule": {"LeadSponsor": {"LeadSponsorName": "A University", "LeadSponsorClass": "OTHER"}},
        "ConditionsModule": {"ConditionList": {"Condition": ["Gout"]}},
        "DesignModule": {
            "StudyType": "Interventional",
            "PhaseList": {"Phase": ["Phase 2", "Phase 3"]},
            "DesignInfo": {
                "DesignAllocation": "Randomized",
                "DesignInterventionModel": "Parallel Assignment",
                "DesignMaskingInfo": {
                    "DesignMasking": "Double",
                    "DesignWhoMaskedList": {"DesignWhoMasked": ["Participant", "Outcomes Assessor"]},
                },
            },
            "EnrollmentInfo": {"EnrollmentCount": "101", "EnrollmentType": "Actual"},
        },
        "ArmsInterventionsModule": {
            "ArmGroupList": {
                "ArmGroup": [
                    {"ArmGroupLabel": "Drug X", "ArmGroupType": "Experimental"},
                    {"ArmGroupLabel": "Sugar pill", "ArmGroupType": "Placebo Comparator"},
                ]
            },
            "InterventionList": {"Intervention": [{"InterventionType": "Drug", "InterventionName": "Drug X"}]},
        },
        "OutcomesModule": {"PrimaryOutcomeList": {"PrimaryOutcome": [{"PrimaryOutcomeMeasure": "Death"}]}},
        "EligibilityModule": {"Gender": "All", "MinimumAge": "18 Years"},
        "ReferencesModule": {"ReferenceList": {"Reference": [{"ReferencePMID": "1234567", "ReferenceType": "result"}]}},
    },
    "ResultsSection": {
        "ParticipantFlowModule": {
            "FlowGroupList": {
                "FlowGroup": [
                    {"FlowGroupId": "FG000", "FlowGroupTitle": "Sugar pill"},
                    {"FlowGroupId": "FG001", "FlowGroupTitle": "Drug X"},
                ]
            },
            "FlowPeriodList": {
                "FlowPeriod": [
                    {
                        "FlowPeriodTitle": "Overall Study",
                        "FlowMilestoneList": {
                            "FlowMilestone": [
                                {
                                    "FlowMilestoneType": kind,
                                    "FlowAchievementList": {
                                        "FlowAchievement": [
                                            {"FlowAchievementGroupId": f"FG00{at}", "FlowAchievementNumSubjects": n}
                                            for at, n in enumerate(counts)
                                        ]
                                    },
                                }
                                for kind, counts in (("STARTED", ("50", "51")), ("COMPLETED", ("41", "40")))
                            ]
                        },
                    }
                ]
            },
        },
        "OutcomeMeasuresModule": {
            "OutcomeMeasureList": {
                "OutcomeMeasure": [
                    {
                        "OutcomeMeasureType": "Primary",
                        "OutcomeMeasureTitle": "Death",
                        "OutcomeMeasureReportingStatus": "Posted",
                        "OutcomeMeasureParamType": "Count of Participants",
                        "OutcomeMeasureUnitOfMeasure": "Participants",
                        "OutcomeMeasureTimeFrame": "12 months",
                        "OutcomeGroupList": {
                            "OutcomeGroup": [
                                {"OutcomeGroupId": "OG000", "OutcomeGroupTitle": "Sugar pill"},
                                {"OutcomeGroupId": "OG001", "OutcomeGroupTitle": "Drug X"},
                            ]
                        },
                        "OutcomeDenomList": {
                            "OutcomeDenom": [
                                {
                                    "OutcomeDenomUnits": "Participants",
                                    "OutcomeDenomCountList": {
                                        "OutcomeDenomCount": [
                                            {"OutcomeDenomCountGroupId": "OG000", "OutcomeDenomCountValue": "49"},
                                            {"OutcomeDenomCountGroupId": "OG001", "OutcomeDenomCountValue": "50"},
                                        ]
                                    },
                                }
                            ]
                        },
                        "OutcomeClassList": {
                            "OutcomeClass": [
                                {
                                    "OutcomeCategoryList": {
                                        "OutcomeCategory": [
                                            {
                                                "OutcomeMeasurementList": {
                                                    "OutcomeMeasurement": [
                                                        {
                                                            "OutcomeMeasurementGroupId": "OG000",
                                                            "OutcomeMeasurementValue": "9",
                                                        },
                                                        {
                                                            "OutcomeMeasurementGroupId": "OG001",
                                                            "OutcomeMeasurementValue": "4",
                                                        },
                                                    ]
                                                }
                                            }
                                        ]
                                    }
                                }
                            ]
                        },
                        "OutcomeAnalysisList": {
                            "OutcomeAnalysis": [
                                {
                                    "OutcomeAnalysisGroupIdList": {"OutcomeAnalysisGroupId": ["OG000", "OG001"]},
                                    "OutcomeAnalysisParamType": "Hazard Ratio (HR)",
                                    "OutcomeAnalysisParamValue": "0.50",
                                    "OutcomeAnalysisCIPctValue": "95",
                                    "OutcomeAnalysisCINumSides": "2-Sided",
                                    "OutcomeAnalysisCILowerLimit": "0.20",
                                    "OutcomeAnalysisCIUpperLimit": "1.10",
                                    "OutcomeAnalysisPValue": "0.08",
                                }
                            ]
                        },
                    }
                ]
            }
        },
        "AdverseEventsModule": {
            "EventsTimeFrame": "1 year",
            "EventGroupList": {
                "EventGroup": [
                    {
                        "EventGroupId": "EG000",
                        "EventGroupTitle": "Drug X",
                        "EventGroupSeriousNumAffected": "3",
                        "EventGroupSeriousNumAtRisk": "51",
                    },
                    {
                        "EventGroupId": "EG001",
                        "EventGroupTitle": "Sugar pill",
                        "EventGroupSeriousNumAffected": "0",
                        "EventGroupSeriousNumAtRisk": "50",
                    },
                ]
            },
            "SeriousEventList": {
                "SeriousEvent": [
                    {
                        "SeriousEventTerm": "Nausea",
                        "SeriousEventOrganSystem": "Gastrointestinal disorders",
                        "SeriousEventStatsList": {
                            "SeriousEventStats": [
                                {
                                    "SeriousEventStatsGroupId": group,
                                    "SeriousEventStatsNumEvents": events,
                                    "SeriousEventStatsNumAffected": n,
                                    "SeriousEventStatsNumAtRisk": of,
                                }
                                for group, events, n, of in (("EG000", "5", "3", "51"), ("EG001", "0", "0", "50"))
                            ]
                        },
                    }
                ]
            },
        },
        "MoreInfoModule": {"LimitationsAndCaveats": {"LimitationsAndCaveatsDescription": "It was small."}},
    },
}

XML = """<?xml version="1.0" encoding="UTF-8"?>
<clinical_study>
  <required_header><url>https://clinicaltrials.gov/show/NCT90000101</url></required_header>
  <id_info>
    <org_study_id>X-1</org_study_id>
    <secondary_id>2015-001234-56</secondary_id>
    <nct_id>NCT90000101</nct_id>
    <nct_alias>NCT90000111</nct_alias>
  </id_info>
  <brief_title>Drug X: a trial</brief_title>
  <sponsors><lead_sponsor><agency>A University</agency><agency_class>Other</agency_class></lead_sponsor></sponsors>
  <overall_status>Active, not recruiting</overall_status>
  <start_date type="Actual">September 1, 2011</start_date>
  <completion_date type="Anticipated">March 2031</completion_date>
  <phase>Phase 2/Phase 3</phase>
  <study_type>Interventional</study_type>
  <study_design_info>
    <allocation>Randomized</allocation>
    <intervention_model>Parallel Assignment</intervention_model>
    <masking>Double (Participant, Outcomes Assessor)</masking>
  </study_design_info>
  <primary_outcome><measure>Death</measure><time_frame>12 months</time_frame></primary_outcome>
  <enrollment type="Actual">101</enrollment>
  <condition>Gout</condition>
  <arm_group><arm_group_label>Drug X</arm_group_label><arm_group_type>Experimental</arm_group_type></arm_group>
  <arm_group><arm_group_label>Sugar pill</arm_group_label>
    <arm_group_type>Placebo Comparator</arm_group_type></arm_group>
  <intervention><intervention_type>Drug</intervention_type><intervention_name>Drug X</intervention_name></intervention>
  <eligibility><gender>All</gender><minimum_age>18 Years</minimum_age><maximum_age>N/A</maximum_age></eligibility>
  <overall_official><last_name>Contact Person</last_name></overall_official>
  <results_reference><citation>Who W. A trial.</citation><PMID>1234567</PMID></results_reference>
  <last_update_posted type="Actual">May 7, 2020</last_update_posted>
  <clinical_results>
    <participant_flow>
      <group_list>
        <group group_id="P1"><title>Sugar pill</title></group>
        <group group_id="P2"><title>Drug X</title></group>
      </group_list>
      <period_list><period><title>Overall Study</title><milestone_list>
        <milestone><title>STARTED</title><participants_list>
          <participants group_id="P1" count="50"/><participants group_id="P2" count="51"/>
        </participants_list></milestone>
        <milestone><title>COMPLETED</title><participants_list>
          <participants group_id="P1" count="41"/><participants group_id="P2" count="40"/>
        </participants_list></milestone>
      </milestone_list></period></period_list>
    </participant_flow>
    <outcome_list><outcome>
      <type>Primary</type>
      <title>Death</title>
      <time_frame>12 months</time_frame>
      <group_list>
        <group group_id="O1"><title>Sugar pill</title></group>
        <group group_id="O2"><title>Drug X</title></group>
      </group_list>
      <measure>
        <title>Death</title>
        <units>Participants</units>
        <param>Count of Participants</param>
        <analyzed_list><analyzed><units>Participants</units><scope>Overall</scope><count_list>
          <count group_id="O1" value="49"/><count group_id="O2" value="50"/>
        </count_list></analyzed></analyzed_list>
        <class_list><class><category_list><category><measurement_list>
          <measurement group_id="O1" value="9"/><measurement group_id="O2" value="4"/>
        </measurement_list></category></category_list></class></class_list>
      </measure>
      <analysis_list><analysis>
        <group_id_list><group_id>O1</group_id><group_id>O2</group_id></group_id_list>
        <p_value>0.08</p_value>
        <param_type>Hazard Ratio (HR)</param_type>
        <param_value>0.50</param_value>
        <ci_percent>95</ci_percent>
        <ci_n_sides>2-Sided</ci_n_sides>
        <ci_lower_limit>0.20</ci_lower_limit>
        <ci_upper_limit>1.10</ci_upper_limit>
      </analysis></analysis_list>
    </outcome></outcome_list>
    <reported_events>
      <time_frame>1 year</time_frame>
      <group_list>
        <group group_id="E1"><title>Drug X</title></group>
        <group group_id="E2"><title>Sugar pill</title></group>
      </group_list>
      <serious_events><category_list>
        <category><title>Total</title><event_list><event>
          <sub_title>Total, serious adverse events</sub_title>
          <counts group_id="E1" subjects_affected="3" subjects_at_risk="51"/>
          <counts group_id="E2" subjects_affected="0" subjects_at_risk="50"/>
        </event></event_list></category>
        <category><title>Gastrointestinal disorders</title><event_list><event>
          <sub_title>Nausea</sub_title>
          <counts group_id="E1" events="5" subjects_affected="3" subjects_at_risk="51"/>
          <counts group_id="E2" events="0" subjects_affected="0" subjects_at_risk="50"/>
        </event></event_list></category>
      </category_list></serious_events>
    </reported_events>
    <limitations_and_caveats>It was small.</limitations_and_caveats>
  </clinical_results>
</clinical_study>
"""

FORMS: dict[str, bytes] = {
    "FullStudiesResponse": json.dumps(
        {"FullStudiesResponse": {"NStudiesFound": 1, "FullStudies": [{"Rank": 1, "Study": CLASSIC}]}}
    ).encode(),
    "FullStudies": json.dumps({"FullStudies": [{"Study": CLASSIC}]}).encode(),
    "Study": json.dumps({"Study": CLASSIC}).encode(),
    "bare study": json.dumps(CLASSIC).encode(),
    "XML": XML.encode(),
}


def read(form: str) -> Record:
    [record] = records(FORMS[form], "a.file")
    return record


@pytest.mark.parametrize("form", FORMS)
def test_design_and_status_are_those_of_the_record(form: str) -> None:
    [trial] = read(form).entries["trials"]
    assert trial["registry"] == ["NCT90000101", "NCT90000111", "2015-001234-56"]
    assert (trial["status"], trial["phase"], trial["allocation"]) == ("active", "phase2_phase3", "randomized")
    assert (trial["intervention_model"], trial["masking"], trial["control"]) == ("parallel", "double", "placebo")
    assert trial["masked_parties"] == ["participant", "outcomes_assessor"]
    assert (trial["started"], trial["participants"], trial["completed"]) == ("2011-09-01", 101, 81)
    assert "ended" not in trial
    assert trial["population"] == "Eligible: Gout; 18 Years and older; all sexes"
    assert trial["sponsor"] == "A University"
    assert trial["notes"] == "Limitations, in the words of the record: It was small."


@pytest.mark.parametrize("form", FORMS)
def test_results_are_those_of_the_record(form: str) -> None:
    [trial] = read(form).entries["trials"]
    assert {arm["name"]: (arm["participants"], arm["completed"]) for arm in trial["arms"]} == {
        "Drug X": (51, 40),
        "Sugar pill": (50, 41),
    }
    [effect] = trial["effects"]
    assert {key: str(effect[key]) for key in ("measure", "estimate", "ci_low", "ci_high", "p", "primary")} == {
        "measure": "HR",
        "estimate": "0.50",
        "ci_low": "0.20",
        "ci_high": "1.10",
        "p": "0.08",
        "primary": "True",
    }
    assert [(arm["name"], arm["events"], arm["participants"]) for arm in effect["arms"]] == [
        ("Sugar pill", 9, 49),
        ("Drug X", 4, 50),
    ]
    total, nausea = trial["harms"]
    assert [(arm["name"], arm["n"], arm["of"]) for arm in total["arms"]] == [("Drug X", 3, 51), ("Sugar pill", 0, 50)]
    assert (nausea["name"], nausea["organ_system"], nausea["arms"][0]["events"]) == (
        "Nausea",
        "Gastrointestinal disorders",
        5,
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_record_is_a_reference_with_its_version_and_its_papers(form: str) -> None:
    record = read(form)
    own, paper = record.entries["references"]
    assert (own["id"], own["issued"], paper["pmid"]) == ("ctgov-nct90000101", "2020-05-07", 1234567)
    assert not errors_of(record)


def test_places_point_into_the_retired_json() -> None:
    record = read("FullStudiesResponse")
    [place] = [note.place for note in record.notes if "2031-03" in note.message]
    found: Any = json.loads(FORMS["FullStudiesResponse"])
    for key in place.removeprefix("#/").split("/"):
        found = found[int(key) if isinstance(found, list) else key]
    assert found == CLASSIC["ProtocolSection"]["StatusModule"]["CompletionDateStruct"]


def test_places_point_at_lines_of_the_xml() -> None:
    lines = XML.splitlines()
    record = read("XML")
    [place] = [note.place for note in record.notes if "2031-03" in note.message]
    assert "completion_date" in lines[int(place.removeprefix(":")) - 1]


def test_an_element_that_nobody_knows_is_named_at_its_line() -> None:
    text = XML.replace("<condition>", "<new_thing a='1'><inner>word</inner></new_thing>\n  <condition>", 1)
    [record] = records(text.encode(), "a.xml")
    assert any(
        "new_thing" in text.splitlines()[int(note.place[1:]) - 1] for note in record.notes if "inner" in note.message
    )
    assert any("last_name" in note.message for note in record.notes)
    assert "Contact Person" not in str(record.entries)


def test_several_xml_files_in_a_zip_are_read_one_by_one() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(3):
            archive.writestr(f"NCT9000020{number}.xml", XML.replace("NCT90000101", f"NCT9000020{number}"))
    assert [one.name for one in records(buffer.getvalue(), "a.zip")] == [f"NCT9000020{number}" for number in range(3)]
