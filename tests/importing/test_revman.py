"""Review Manager: .rm5 files, the data package and the older CSV, with the numbers of their kind of data alone."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from evgrade.importing.content import Options
from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.model import EvgradeError

DATA = (
    "\ufeffAnalysis group,Analysis number,Analysis name,Subgroup,Applicability,Study,Study year,GIV Mean,GIV SE,"
    "Experimental mean,Experimental SD,Experimental cases,Experimental N,Control mean,Control SD,Control cases,"
    "Control N,"
    "O-E,Variance,Weight,Mean,CI start,CI end,Footnotes\n"
    "1,1,Death,,SUBGROUP_AND_OVERALL,A 2001,2001,0.0,0.0,0.0,0.0,4,123,0.0,0.0,11,139,0.0,0.0,50,0.4,0.1,1.2,\n"
    "1,1,Death,,SUBGROUP_AND_OVERALL,B 2002,2002,0.0,0.0,0.0,0.0,6,306,0.0,0.0,29,303,0.0,0.0,50,0.2,0.1,0.5,\n"
    "1,1,Death,Dose,SUBGROUP_ONLY,B 2002,2002,0.0,0.0,0.0,0.0,3,150,0.0,0.0,29,303,0.0,0.0,50,0.2,0.1,0.5,\n"
    "1,2,Pain,,SUBGROUP_AND_OVERALL,A 2001,2001,0.0,0.0,5.10,1.0,0,123,6.5,1.2,0,139,0.0,0.0,100,0,0,0,\n"
    "1,3,Survival,,SUBGROUP_AND_OVERALL,A 2001,2001,-0.5,0.2,0.0,0.0,0,0,0.0,0.0,0,0,0.0,0.0,100,0.61,0.41,0.90,\n"
)
SETTINGS = (
    "Analysis group,Analysis number,Analysis name,Analysis group name,Data type,Experimental group label,"
    "Control group label,Statistical method,Effect measure,Analysis model,Overall estimates,Swap event and non-event,"
    "Study CI,Estimate CI,Mean,CI start,CI end,Heterogeneity Chi²,Heterogeneity df,Heterogeneity I²,Effect P\n"
    "1,1,Death,Drug versus placebo,Dichotomous,Drug,Placebo,MH,Risk Ratio,Random effects,true,false,95%,95%,"
    "0.26,0.14,0.5,1.1,1,9.5,0.001\n"
    "1,2,Pain,Drug versus placebo,Continuous,,,IV,Mean Difference,Fixed effect,true,false,95%,95%,0,0,0,0,0,0,0\n"
    "1,3,Survival,Drug versus placebo,Contrast level,,,IV,Hazard Ratio,Fixed effect,true,false,95%,95%,"
    "0.61,0.41,0.90,,0,,0.01\n"
)
INFORMATION = "Study,Year,Data source,Char: Methods,Char: Participants,Char: Notes\nA 2001,2001,PUB,RCT,Adults,x\n"
BIAS = "Study,Domain (judgement): Allocation concealment,Domain (support): Allocation concealment\n"
BIAS += "A 2001,Low risk,Centre\n"


def package(**changed: str) -> bytes:
    parts = {
        "data-rows": DATA,
        "overall-estimates-and-settings": SETTINGS,
        "study-information": INFORMATION,
        "risk-of-bias": BIAS,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in (parts | changed).items():
            archive.writestr(f"x-data/x-{name}.csv", text)
        archive.writestr("x/x-article.pdf", b"%PDF-1.5 a, b\n1, 2\n")
    return out.getvalue()


def read(content: bytes, **said: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records(content, "x-data.zip", Options(**said)):
        for section, entries in record.entries.items():
            found.setdefault(section, []).extend(entries)
    return found


def notes(content: bytes) -> str:
    return "\n".join(f"{note.place} {note.message}" for one in records(content, "x.zip") for note in one.notes)


def test_a_package_gives_outcomes_with_their_pooled_effect() -> None:
    death, pain, survival = read(package())["outcomes"]
    assert {
        key: str(death["effect"][key]) for key in ("measure", "estimate", "ci_low", "ci_high", "ci_level", "p")
    } == {
        "measure": "RR",
        "estimate": "0.26",
        "ci_low": "0.14",
        "ci_high": "0.5",
        "ci_level": "95",
        "p": "0.001",
    }
    assert (str(death["i_squared"]), str(death["q"]), death["q_df"], death["studies"]) == ("9.5", "1.1", 1, 2)
    assert death["participants"] == 123 + 139 + 306 + 303
    assert "effect" not in pain  # filled with 0, for nothing was pooled
    assert survival["effect"]["measure"] == "HR"


def test_only_the_columns_of_the_kind_of_data_are_read() -> None:
    death, pain, survival = read(package())["trials"][0]["effects"]
    assert death["arms"] == [
        {"name": "Drug", "role": "intervention", "events": 4, "participants": 123},
        {"name": "Placebo", "role": "control", "events": 11, "participants": 139},
    ]
    assert [str(pain["arms"][0][key]) for key in ("mean", "sd", "participants")] == ["5.10", "1.0", "123"]
    assert "events" not in pain["arms"][0]
    assert [str(survival[key]) for key in ("estimate", "ci_low", "ci_high")] == ["0.61", "0.41", "0.90"]
    assert "arms" not in survival


def test_a_row_that_is_no_part_of_the_overall_result_is_told() -> None:
    found = read(package())
    assert len(found["trials"][1]["effects"]) == 1
    assert "B 2002 is not part of the overall result of analysis 1.1" in notes(package())


def test_subgroups_that_are_not_put_together_are_outcomes_of_their_own() -> None:
    found = read(package(**{"overall-estimates-and-settings": SETTINGS.replace("effects,true", "effects,false")}))
    assert [one["name"] for one in found["outcomes"]][:2] == ["Death", "Death: Dose"]
    assert "effect" not in found["outcomes"][0]


def test_swapped_events_have_no_pooled_effect() -> None:
    changed = package(**{"overall-estimates-and-settings": SETTINGS.replace("true,false", "true,true", 1)})
    assert "effect" not in read(changed)["outcomes"][0]
    assert "swaps events and non-events" in notes(changed)


def test_study_information_and_risk_of_bias_belong_to_the_same_studies() -> None:
    found = read(package())
    assert (found["trials"][0]["statement"], found["trials"][0]["population"]) == ("RCT", "Adults")
    assert found["trials"][0]["x-label"] == found["trials"][-1]["x-label"] == "A 2001"
    assert found["trials"][-1]["risk_of_bias"] == {
        "tool": "RoB 1",
        "judged_by": "as tabulated in x-risk-of-bias.csv",
        "domains": {"allocation_concealment": {"judgement": "low", "reason": "Centre"}},
    }
    assert "x-article.pdf is not in a known format" in notes(package())


def test_the_rows_of_studies_alone_need_a_measure() -> None:
    with pytest.raises(EvgradeError, match="no file of settings"):
        read(DATA.encode())
    found = read(DATA.encode(), measure="RR")
    assert found["trials"][0]["effects"][0]["arms"][0]["events"] == 4


RM5 = """\
<?xml version="1.0" encoding="ISO-8859-1"?>
<COCHRANE_REVIEW TYPE="INTERVENTION"><COVER_SHEET><TITLE>Drugs for pain</TITLE></COVER_SHEET>
<STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>
<STUDY DATA_SOURCE="PUB" ID="STD-A" NAME="M\xfcller 2001" YEAR="2001">
<REFERENCE PRIMARY="YES" TYPE="JOURNAL_ARTICLE"><AU>M\xfcller A, Lee BC</AU><TI>A trial</TI>
<SO>Journal</SO><YR>2001</YR>
<VL>12</VL><PG>1-9</PG><IDENTIFIERS><IDENTIFIER TYPE="DOI" VALUE="10.1000/xyz"/></IDENTIFIERS></REFERENCE></STUDY>
<STUDY DATA_SOURCE="PUB" ID="STD-B" NAME="B 2002" YEAR="2002"/></INCLUDED_STUDIES>
<EXCLUDED_STUDIES><STUDY ID="STD-C" NAME="C"/></EXCLUDED_STUDIES></STUDIES></STUDIES_AND_REFERENCES>
<CHARACTERISTICS_OF_STUDIES><CHARACTERISTICS_OF_INCLUDED_STUDIES><INCLUDED_CHAR STUDY_ID="STD-A"><CHAR_METHODS>
<P>RCT</P></CHAR_METHODS><CHAR_NOTES><P>x</P></CHAR_NOTES></INCLUDED_CHAR></CHARACTERISTICS_OF_INCLUDED_STUDIES>
</CHARACTERISTICS_OF_STUDIES>
<QUALITY_ITEMS><QUALITY_ITEM CORE_ITEM="YES" ID="QIT-1"><NAME>Allocation concealment (selection bias)</NAME>
<QUALITY_ITEM_DATA><QUALITY_ITEM_DATA_ENTRY RESULT="NO" STUDY_ID="STD-A"><DESCRIPTION><P>Open list</P></DESCRIPTION>
</QUALITY_ITEM_DATA_ENTRY><QUALITY_ITEM_DATA_ENTRY RESULT="UNKNOWN" STUDY_ID="STD-B"><DESCRIPTION/>
</QUALITY_ITEM_DATA_ENTRY></QUALITY_ITEM_DATA></QUALITY_ITEM></QUALITY_ITEMS>
<ANALYSES_AND_DATA><COMPARISON ID="CMP-001" NO="1"><NAME>Drug versus placebo</NAME>
<DICH_OUTCOME CHI2="1.1" CI_END="0.5" CI_START="0.14" CI_STUDY="95" CI_TOTAL="95" DF="1" EFFECT_MEASURE="RR"
 EFFECT_SIZE="0.26" I2="9.5" ID="CMP-001.01" LOG_EFFECT_SIZE="-0.585" METHOD="MH" NO="1" P_Z="0.001" Q="0.0"
 RANDOM="YES" SWAP_EVENTS="NO" TAU2="0.1" TOTALS="YES"><NAME>Death</NAME><GROUP_LABEL_1>Drug</GROUP_LABEL_1>
<GROUP_LABEL_2>Placebo</GROUP_LABEL_2>
<DICH_DATA CI_END="1.2" CI_START="0.1" EFFECT_SIZE="0.4" EVENTS_1="4" EVENTS_2="11" STUDY_ID="STD-A" TOTAL_1="123"
 TOTAL_2="139"/>
<DICH_SUBGROUP NO="1"><NAME>Old</NAME><DICH_DATA EVENTS_1="6" EVENTS_2="29" STUDY_ID="STD-B" TOTAL_1="306"
 TOTAL_2="303"/></DICH_SUBGROUP></DICH_OUTCOME>
<OTHER_OUTCOME NO="2"><NAME>Text</NAME></OTHER_OUTCOME></COMPARISON></ANALYSES_AND_DATA></COCHRANE_REVIEW>
""".encode("latin-1")


def a_review() -> Record:
    [record] = records(RM5, "x.rm5")
    return record


def test_a_review_gives_studies_with_their_reports_and_characteristics() -> None:
    found = a_review().entries
    assert found["references"][0]["title"] == "Drugs for pain"
    assert found["references"][1] == {
        "id": "muller-2001",
        "doi": "10.1000/xyz",
        "title": "A trial",
        "container_title": "Journal",
        "volume": "12",
        "page": "1-9",
        "author": ["Müller A", "Lee BC"],
        "issued": "2001",
    }
    first = found["trials"][0]
    assert (first["x-label"], first["year"], first["statement"]) == ("Müller 2001", 2001, "RCT")
    assert first["refs"] == ["table-x-rm5", "muller-2001"]


def test_an_answer_to_a_question_of_quality_is_a_judgement_and_an_empty_unclear_is_none() -> None:
    first, second = a_review().entries["trials"]
    assert first["risk_of_bias"]["domains"] == {"allocation_concealment": {"judgement": "high", "reason": "Open list"}}
    assert "risk_of_bias" not in second


def test_an_analysis_gives_counts_and_the_pooled_effect_never_the_logarithm() -> None:
    found = a_review().entries
    [outcome] = found["outcomes"]
    assert (str(outcome["effect"]["estimate"]), outcome["effect"]["measure"]) == ("0.26", "RR")
    assert (str(outcome["q"]), outcome["q_df"], outcome["participants"]) == ("1.1", 1, 871)
    arms = [[arm["events"] for arm in trial["effects"][0]["arms"]] for trial in found["trials"]]
    assert arms == [[4, 11], [6, 29]]


def test_what_a_review_has_beyond_is_told() -> None:
    said = "\n".join(note.message for note in a_review().notes)
    for part in ("1 excluded studies", "an analysis of other data", "notes of Müller 2001", "unclear without a reason"):
        assert part in said


OLD = """\
Comparison Number,Outcome Number,Subgroup Number,Name,Data Type,Statistical Method,Effect Measure,Analysis Model,\
Events 1,Total 1,Events 2,Total 2,Mean 1,SD 1,Mean 2,SD 2,Effect Estimate,SE,CI Start,CI End,Weight,Q,P(Q),\
I² (Q),Z,P(Z),df
1,,,Drug versus placebo,,,,,,,,,,,,,,,,,,,,,,,
1,1,,Death,DIC,MH,RR,Random,10,429,40,442,0,0,0,0,0.26,,0.14,0.5,100,1.1,0.3,9.5,3.3,0.001,1
1,1,,A 2001,,,,,4,123,11,139,0,0,0,0,0.4,,0.1,1.2,50,,,,,,
1,1,,B 2002,,,,,6,306,29,303,0,0,0,0,0.2,,0.1,0.5,50,,,,,,
1,2,,Pain,CON,IV,MD,Fixed,0,123,0,139,0,0,0,0,-1.4,,-1.7,-1.1,100,0,1,0,9,0.00001,0
1,2,,A 2001,,,,,0,123,0,139,5.1,1.0,6.5,1.2,-1.4,,-1.7,-1.1,100,,,,,,
"""


def test_the_older_csv_has_outcomes_and_studies_by_turns() -> None:
    found = read(OLD.encode())
    death, pain = found["outcomes"]
    assert (str(death["effect"]["estimate"]), death["q_df"], str(death["i_squared"])) == ("0.26", 1, "9.5")
    assert str(pain["effect"]["ci_low"]) == "-1.7"
    assert [trial["x-label"] for trial in found["trials"]] == ["A 2001", "B 2002"]
    assert [effect["arms"][0].get("events") for effect in found["trials"][0]["effects"]] == [4, None]
