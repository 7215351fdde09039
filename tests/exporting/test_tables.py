"""Tables for R and for people: the numbers of the dossier in the columns that metafor, meta and robvis look for."""

from __future__ import annotations

import csv
import io
import math
import re

import pytest

from evgrade.cli.destinations import ExportFormat
from tests.cli.hostile import hostile_dossier
from tests.cli.support import EXERCISE, RILUZOLE, SINGING, SMALLEST, Run

HEAD = "dossier: 1\ntherapy: {name: X}\ncondition: {name: Y}\n"
TABLES = [form for form in ExportFormat if form.endswith("-csv")]


def table(text: str) -> list[dict[str, str]]:
    """Read CSV strictly: each row has as many cells as there are columns, and no column has the name of another."""
    head, *rows = list(csv.reader(io.StringIO(text), strict=True))
    assert len(set(head)) == len(head)
    assert {len(row) for row in rows} <= {len(head)}
    return [dict(zip(head, row, strict=True)) for row in rows]


def stated(row: dict[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if cell}


def one_effect(evgrade: Run, effect: str, form: str = "effects-csv", trial: str = "") -> dict[str, str]:
    text = f"{HEAD}trials:\n  - {{id: t, statement: S, {trial}effects: [{{outcome: O, {effect}}}]}}\n"
    [row] = table(evgrade("export", "-", "--format", form, stdin=text).stdout)
    return row


# Trials


def test_a_trial_is_a_row_with_all_that_is_stated_of_it(evgrade: Run) -> None:
    rows = {row["id"]: row for row in table(evgrade("export", RILUZOLE, "--format", "trials-csv").stdout)}
    assert list(rows) == ["trial-bensimon-1994", "trial-lacomblez-1996", "trial-bensimon-2002"]
    first = rows["trial-bensimon-1994"]
    assert (first["study"], first["participants"], first["allocation"]) == ("Bensimon 1994", "155", "randomized")
    assert first["arms"] == "Riluzole: 77; Placebo: 78"
    assert first["dose"] == "100 mg per day (50 mg twice daily)"
    assert first["objective_outcome"] == "true"
    assert rows["trial-lacomblez-1996"]["duration"] == "18 months"


def test_what_a_row_of_trials_cannot_hold_is_named(evgrade: Run) -> None:
    stderr = evgrade("export", EXERCISE, "--format", "trials-csv").stderr
    assert "trials-csv has no place for trials.harms: trial-dal-bello-haas-2007\n" in stderr


def test_studies_of_one_name_are_told_apart(evgrade: Run) -> None:
    text = f"""{HEAD}trials:
  - {{id: t1, statement: S, refs: [a]}}
  - {{id: t2, statement: S, refs: [a]}}
  - {{id: t3, statement: S}}
references: [{{id: a, author: [Smith J], issued: 2001}}]
"""
    rows = table(evgrade("export", "-", "--format", "trials-csv", stdin=text).stdout)
    assert [row["study"] for row in rows] == ["Smith 2001 (t1)", "Smith 2001 (t2)", "t3"]


# Effects


def test_counts_are_in_the_columns_of_metafor_with_the_effect_that_they_make(evgrade: Run) -> None:
    rows = {row["id"]: row for row in table(evgrade("export", RILUZOLE, "--format", "effects-csv").stdout)}
    row = rows["effect-bensimon-1994-12-months"]
    assert [row[name] for name in ("ai", "n1i", "ci", "n2i", "measure")] == ["20", "77", "33", "78", "RR"]
    # metafor: escalc(measure="RR", ai=20, n1i=77, ci=33, n2i=78)
    assert float(row["yi"]) == pytest.approx(-0.4878719, abs=1e-7)
    assert float(row["vi"]) == pytest.approx(0.0544955, abs=1e-7)
    assert row["yi_from"].startswith("computed: risk ratio of the counts")
    assert row["yi_from"].endswith("evgrade chose the measure, as none is stated")


def test_a_ratio_is_its_logarithm_with_the_error_of_its_interval(evgrade: Run) -> None:
    row = one_effect(evgrade, "measure: HR, estimate: 0.65, ci_low: 0.5, ci_high: 0.85")
    assert float(row["yi"]) == pytest.approx(math.log(0.65))
    assert float(row["sei"]) == pytest.approx((math.log(0.85) - math.log(0.5)) / (2 * 1.959964), rel=1e-6)
    assert float(row["vi"]) == pytest.approx(float(row["sei"]) ** 2)
    assert row["yi_from"] == "from the stated interval"


def test_means_are_in_the_columns_of_metafor_and_keep_what_is_stated(evgrade: Run) -> None:
    rows = {row["id"]: row for row in table(evgrade("export", SINGING, "--format", "effects-csv").stdout)}
    row = rows["effect-lord-2010-pcs"]
    names = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i", "estimate", "p")
    assert [row[name] for name in names] == ["7.5", "14.6", "15", "-3.8", "8.4", "13", "11.3", "0.02"]


ARMS = "arms: [{name: A, role: intervention, participants: 9, %s}, {name: B, role: control, participants: 8, %s}]"


def test_a_standard_deviation_from_a_standard_error_is_said_to_be_one(evgrade: Run) -> None:
    row = one_effect(evgrade, ARMS % ("mean: 1, se: 2", "mean: 0, sd: 3"))
    assert (row["sd1i"], row["sd2i"], row["arms_note"]) == ("6", "3", "SD = SE × √n")


def test_events_in_person_time_are_no_people(evgrade: Run) -> None:
    time = "events: %s, person_time: {amount: %s, unit: months}"
    row = one_effect(evgrade, "measure: rate_ratio, " + ARMS % (time % (5, 120), time % (6, 60)))
    assert [row[name] for name in ("ai", "ci", "measure")] == ["", "", "IRR"]
    assert [row[name] for name in ("x1i", "t1i", "x2i", "t2i")] == ["5", "10", "6", "5"]


def test_the_arms_of_a_cluster_trial_carry_a_warning_and_make_no_effect(evgrade: Run) -> None:
    row = one_effect(evgrade, ARMS % ("events: 1", "events: 2"), trial="randomized_unit: cluster, ")
    assert (row["ai"], row["yi"], row["yi_from"]) == ("1", "", "")
    assert "too narrow" in row["arms_note"]


def test_arms_that_are_not_two_have_no_columns_and_are_named(evgrade: Run) -> None:
    arms = "{name: A, events: 1, participants: 2}"
    text = f"{HEAD}trials:\n  - {{id: t, statement: S, effects: [{{outcome: O, arms: [{arms}, {arms}, {arms}]}}]}}\n"
    result = evgrade("export", "-", "--format", "effects-csv", stdin=text)
    assert "effects-csv has no place for trials.effects.arms: t (1)\n" in result.stderr
    assert not {"ai", "n1i"} & stated(table(result.stdout)[0]).keys()


def test_meta_finds_the_same_numbers_under_its_own_names(evgrade: Run) -> None:
    effect = "measure: RR, " + ARMS % ("events: 1", "events: 2")
    ours, theirs = (one_effect(evgrade, effect, form) for form in ("effects-csv", "effects-meta-csv"))
    names = {
        "ai": "event.e",
        "n1i": "n.e",
        "ci": "event.c",
        "n2i": "n.c",
        "yi": "TE",
        "sei": "seTE",
        "study": "studlab",
    }
    assert {theirs[name] for name in names.values()} >= {"1", "9", "2", "8"}
    assert [ours[name] for name in names] == [theirs[name] for name in names.values()]
    rates = "measure: rate_ratio, " + ARMS % (
        "events: 5, person_time: {amount: 2, unit: years}",
        "events: 6, person_time: {amount: 3, unit: years}",
    )
    row = one_effect(evgrade, rates, "effects-meta-csv")
    assert [row[name] for name in ("event.e", "time.e", "event.c", "time.c")] == ["5", "2", "6", "3"]


def test_the_effects_that_an_outcome_lists_are_rows_too(evgrade: Run) -> None:
    listed = "{outcome: O, measure: OR, estimate: 2, se: 0.5, refs: [a]}"
    text = f"""{HEAD}outcomes: [{{id: o, name: O, study_effects: [{listed}]}}]
references: [{{id: a, author: [Smith J], issued: 2001}}]
"""
    [row] = table(evgrade("export", "-", "--format", "effects-csv", stdin=text).stdout)
    assert (row["study"], row["answers"], row["sei"]) == ("Smith 2001", "o", "0.5")
    assert float(row["yi"]) == pytest.approx(math.log(2))


# Risk of bias


def bias(tool: str, judged: str) -> str:
    return f"  - {{id: {tool.replace(' ', '')}, statement: S, risk_of_bias: {{tool: {tool}, {judged}}}}}\n"


def domains(**words: str) -> str:
    return "domains: {" + ", ".join(f"{name}: {{judgement: {word}}}" for name, word in words.items()) + "}"


ROB_2 = bias("RoB 2", "overall: some_concerns, " + domains(randomization_process="low", outcome_measurement="high"))
ROB_1 = bias("RoB 1", "overall: unclear_risk, " + domains(allocation_concealment="unclear_risk", other_bias="low"))
ROB_1_HEAD = (
    "Study,Random sequence generation,Allocation concealment,Blinding of participants and personnel,"
    "Blinding of outcome assessment,Incomplete outcome data,Selective reporting,Other sources of bias,Overall,Weight"
)
ROBINS_I = bias("ROBINS-I", "overall: serious, " + domains(confounding="critical", missing_data="no_information"))
ROBINS_E = bias("ROBINS-E", "overall: very_high, " + domains(exposure_measurement="some_concerns"))


@pytest.mark.parametrize(
    ("tool", "trial", "head", "row"),
    [
        ("rob2", ROB_2, "Study,D1,D2,D3,D4,D5,Overall,Weight", "RoB2,Low,,,High,,Some concerns,1"),
        ("rob2-cluster", ROB_2, "Study,D1,D1b,D2,D3,D4,D5,Overall,Weight", "RoB2,Low,,,,High,,Some concerns,1"),
        (
            "rob1",
            ROB_1,
            ROB_1_HEAD,
            "RoB1,,Unclear,,,,,Low,Unclear,1",
        ),
        (
            "robins-i",
            ROBINS_I,
            "Study,D1,D2,D3,D4,D5,D6,D7,Overall,Weight",
            "ROBINS-I,Critical,,,,No information,,,Serious,1",
        ),
        ("robins-e", ROBINS_E, "Study,D1,D2,D3,D4,D5,D6,D7,Overall,Weight", "ROBINS-E,,Some concerns,,,,,,Very high,1"),
    ],
)
def test_judgements_are_in_the_places_and_words_of_robvis(
    tool: str, trial: str, head: str, row: str, evgrade: Run
) -> None:
    result = evgrade("export", "-", "-f", "risk-of-bias-csv", "--tool", tool, stdin=f"{HEAD}trials:\n{trial}")
    assert result.stdout == f"{head}\n{row}\n"
    assert result.stderr == ""


@pytest.mark.parametrize("trial", [ROB_2, ROB_1, ROBINS_I, ROBINS_E])
def test_the_only_tool_needs_no_name(trial: str, evgrade: Run) -> None:
    assert len(table(evgrade("export", "-", "-f", "risk-of-bias-csv", stdin=f"{HEAD}trials:\n{trial}").stdout)) == 1


def test_of_several_tools_one_is_chosen_and_the_others_are_named(evgrade: Run) -> None:
    text = f"{HEAD}trials:\n{ROB_2}{ROBINS_I}"
    refused = evgrade("export", "-", "-f", "risk-of-bias-csv", stdin=text)
    assert (refused.code != 0, refused.stdout) == (True, "")
    assert "--tool: rob2, robins-i" in refused.stderr
    result = evgrade("export", "-", "-f", "risk-of-bias-csv", "--tool", "robins-i", stdin=text)
    assert [row["Study"] for row in table(result.stdout)] == ["ROBINS-I"]
    assert result.stderr == "risk-of-bias-csv has no place for trials.risk_of_bias: RoB2\n"


@pytest.mark.parametrize("path", [SMALLEST, RILUZOLE])
def test_without_judgements_by_a_tool_there_is_no_table(path: str, evgrade: Run) -> None:
    result = evgrade("export", path, "--format", "risk-of-bias-csv")
    assert (result.code != 0, result.stdout) == (True, "")
    assert "no study was judged" in result.stderr


def test_a_word_that_a_tool_lacks_is_named_and_no_other_takes_its_place(evgrade: Run) -> None:
    trial = bias("RoB 2", "overall: critical, " + domains(missing_outcome_data="serious", confounding="low"))
    result = evgrade("export", "-", "-f", "risk-of-bias-csv", stdin=f"{HEAD}trials:\n{trial}")
    assert stated(table(result.stdout)[0]) == {"Study": "RoB2", "Weight": "1"}
    for field in ("overall", "domains.missing_outcome_data", "domains.confounding"):
        assert f"trials.risk_of_bias.{field}: RoB2\n" in result.stderr


def test_judgements_for_an_outcome_are_a_row_of_their_own(evgrade: Run) -> None:
    trial = bias("RoB 2", "overall: low, by_outcome: [{outcome: Pain, overall: high}]")
    rows = table(evgrade("export", "-", "-f", "risk-of-bias-csv", stdin=f"{HEAD}trials:\n{trial}").stdout)
    assert [(row["Study"], row["Overall"]) for row in rows] == [("RoB2", "Low"), ("RoB2: Pain", "High")]


def test_the_domains_that_reviewers_add_to_rob_1_are_columns(evgrade: Run) -> None:
    rows = table(evgrade("export", EXERCISE, "--format", "risk-of-bias-csv").stdout)
    assert [row["Blinding (performance and detection bias)"] for row in rows] == ["Unclear", "Low"]


@pytest.mark.parametrize("name", ["Overall", "Study", "Allocation concealment"])
def test_a_domain_that_has_the_name_of_another_column_is_named(name: str, evgrade: Run) -> None:
    trial = bias("RoB 1", f"overall: low, other_domains: [{{name: {name}, judgement: high}}]")
    result = evgrade("export", "-", "-f", "risk-of-bias-csv", stdin=f"{HEAD}trials:\n{trial}")
    assert "High" not in table(result.stdout)[0].values()
    assert result.stderr == "risk-of-bias-csv has no place for trials.risk_of_bias.other_domains: RoB1\n"


def test_a_tool_goes_with_risk_of_bias_only(evgrade: Run) -> None:
    result = evgrade("export", RILUZOLE, "--format", "ris", "--tool", "rob2")
    assert (result.code, result.stdout) == (2, "")
    assert "--tool" in result.stderr


# Summary of findings and evidence profile


def test_a_summary_of_findings_has_the_numbers_of_the_dossier_and_says_which_are_computed(evgrade: Run) -> None:
    rows = {row["id"]: row for row in table(evgrade("export", RILUZOLE, "-f", "summary-of-findings-csv").stdout)}
    row = rows["outcome-mortality-12-months"]
    assert (row["studies"], row["participants"], row["design"]) == ("3", "799", "randomized")
    assert (row["relative_effect"], row["effect_from"]) == ("RR 0.78 (0.65 to 0.92)", "stated")
    assert (row["certainty"], row["certainty_by_evgrade"], row["importance"]) == ("high", "high", "critical")
    # the review prints 440 of 1,000 and 343 (286 to 405); 1000 × 0.44 × 0.78 = 343.2
    assert (row["without_per_1000"], row["with_per_1000"]) == ("440", "343.2")
    assert (row["with_low_per_1000"], row["with_high_per_1000"]) == ("286", "404.8")
    assert (row["difference_per_1000"], row["absolute_effect"]) == ("-96.8", "97 fewer per 1,000 (154 to 35 fewer)")
    assert row["absolute_from"].startswith("computed by evgrade: ")
    assert row["risk_of"] == "the placebo groups"


def test_a_difference_of_means_is_an_absolute_effect(evgrade: Run) -> None:
    rows = {row["id"]: row for row in table(evgrade("export", SINGING, "-f", "summary-of-findings-csv").stdout)}
    row = rows["outcome-pcs"]
    assert (row["relative_effect"], row["absolute_effect"]) == ("", "MD 12.6 (5.5 to 19.8)")
    assert row["footnotes"] == (
        "a. Risk of bias, serious: Those who sang knew it and rated themselves; one trial gave the control group "
        "nothing in its place.; b. Imprecision, serious: 52 people."
    )
    assert row["scale"] == "SF-36 physical component summary (0 to 100)"


def test_an_evidence_profile_has_each_domain_with_its_reason(evgrade: Run) -> None:
    rows = {row["id"]: row for row in table(evgrade("export", SINGING, "-f", "evidence-profile-csv").stdout)}
    row = rows["outcome-pcs"]
    assert [row[name] for name in ("risk_of_bias", "inconsistency", "imprecision", "publication_bias")] == [
        *("serious", "not serious", "serious", "undetected")
    ]
    assert row["imprecision_reason"] == "52 people."
    assert (row["large_effect"], row["large_effect_reason"]) == ("", "")


def test_what_is_not_stated_stays_empty_and_a_pooled_effect_is_said_to_be_computed(evgrade: Run) -> None:
    effects = "effects: [{outcome: O, answers: o, measure: OR, estimate: %s, ci_low: 0.5, ci_high: 1.5}]"
    trials = "".join(f"  - {{id: t{number}, statement: S, {effects % number}}}\n" for number in (0.9, 0.8))
    trials = trials.replace("t0.9", "t1").replace("t0.8", "t2")
    text = f"{HEAD}trials:\n{trials}outcomes: [{{id: o, name: O}}, {{id: p, name: P}}]\n"
    pooled, empty = table(evgrade("export", "-", "-f", "summary-of-findings-csv", stdin=text).stdout)
    assert pooled["measure"] == "OR"
    assert pooled["effect_from"].startswith("computed by evgrade: ")
    assert 0.8 < float(pooled["estimate"]) < 0.9
    assert pooled["absolute_effect"] == ""
    assert stated(empty).keys() <= {"dossier", "outcome", "id", "certainty_by_evgrade"}


def test_the_counts_of_two_arms_are_in_the_evidence_profile(evgrade: Run) -> None:
    arms = ARMS % ("events: 1", "events: 2")
    text = f"{HEAD}outcomes: [{{id: o, name: O, effect: {{outcome: O, measure: RR, estimate: 0.4, {arms}}}}}]\n"
    [row] = table(evgrade("export", "-", "-f", "evidence-profile-csv", stdin=text).stdout)
    names = ("events_with", "participants_with", "events_without", "participants_without")
    assert [row[name] for name in names] == ["1", "9", "2", "8"]


# All tables


@pytest.mark.parametrize("form", [form for form in TABLES if form != ExportFormat.RISK_OF_BIAS_CSV])
def test_a_dossier_without_evidence_is_a_table_without_rows(form: str, evgrade: Run) -> None:
    result = evgrade("export", SMALLEST, "--format", form)
    assert (result.code, table(result.stdout), result.stderr) == (0, [], "")


@pytest.mark.parametrize("form", [form for form in TABLES if form != ExportFormat.RISK_OF_BIAS_CSV])
def test_rows_of_several_dossiers_name_theirs(form: str, evgrade: Run) -> None:
    rows = table(evgrade("export", RILUZOLE, SINGING, "--format", form).stdout)
    assert list(dict.fromkeys(row["dossier"] for row in rows)) == [RILUZOLE, SINGING]


@pytest.mark.parametrize("form", TABLES)
def test_no_hostile_text_is_a_formula_and_numbers_stay_numbers(form: str, evgrade: Run) -> None:
    text = re.sub('"tool": .*"', '"tool": "rob_1"', hostile_dossier(EXERCISE))
    result = evgrade("export", "-", "--format", form, stdin=text)
    for row in table(result.stdout):
        for cell in row.values():
            assert cell.isprintable()
            if cell[:1] in tuple("=+-@"):
                float(cell)


@pytest.mark.parametrize("form", TABLES)
def test_the_columns_are_the_same_whatever_is_stated(form: str, evgrade: Run) -> None:
    first, second = (
        evgrade("export", "-", "-f", form, stdin=f"{HEAD}trials:\n{trial}").stdout.partition("\n")[0]
        for trial in (ROB_2, ROB_2.replace("low", "high").replace("statement: S", "statement: S, participants: 3"))
    )
    assert first == second
