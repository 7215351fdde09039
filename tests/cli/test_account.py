"""The report accounts for all evidence: for and against, harms, what is not read, verdicts of people, what is open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from evgrade.facts.quality import RISKS
from evgrade.grading.account import Direction
from evgrade.grading.sides import ANYWHERE, BIAS, DESIGNS, LISTED
from evgrade.schema.shape import Kind, Shape, dossier_shape

from .support import RILUZOLE, SMALLEST, VALID, Run

POSITIVE = "{id: %s, statement: People felt better., agent: same, condition: same, users: 1, result: benefit}"
NEGATIVE = (
    "{id: %s, statement: It did not help., agent: same, condition: same, allocation: randomized, masking: double,"
    " control: placebo, participants: 178, powered: true, risk_of_bias: {overall: low}, publication: peer_reviewed,"
    " result: no_benefit, refs: [r],"
    " effects: [{outcome: death, measure: HR, estimate: 0.95, ci_low: 0.7, ci_high: 1.3}]}"
)
SOURCE = "references: [{id: r, type: article, author: [Moertel C], issued: '1982', title: A paper}]\n"
AGAINST = f"trials: [{', '.join(NEGATIVE % f'n{number}' for number in range(6))}]\ncases: [{POSITIVE % 'anecdote'}]\n"
SYNTHESIS = (
    "syntheses: [{id: s, statement: Pooled., question: benefit, design: randomized_trials, agent: same,"
    " condition: same, studies: 28, participants: 2733, result: benefit}]\n"
)
HARMS = """\
safety:
  concern: serious
  died: {n: 1, of: 178, counts: attributed, control: {n: 0, of: 90}}
  serious: {n: 3, of: 178, counts: attributed}
  adverse_events:
    - {id: nausea, name: Nausea, seriousness: not_serious, n: 50, of: 178}
    - {id: cyanide, name: Cyanide poisoning, seriousness: died, n: 1, of: 178, dose: {text: 9 g a day}}
  contraindications: [{id: pregnancy, statement: Pregnancy.}]
  interactions: [{id: vitamin-c, statement: Vitamin C raises the release of cyanide.}]
"""


def text(evgrade: Run, dossier: str, *options: str) -> str:
    """Return the report of a dossier, on one line."""
    result = evgrade("score", "-", *options, stdin=VALID + dossier, env={"COLUMNS": "120"})
    assert result.code == 0, result.stderr
    return " ".join(result.stdout.split())


def data(evgrade: Run, dossier: str, *options: str) -> Any:
    return json.loads(evgrade("score", "-", "-f", "json", *options, stdin=VALID + dossier).stdout)


def markdown(evgrade: Run, dossier: str) -> str:
    return evgrade("score", "-", "-f", "markdown", stdin=VALID + dossier).stdout


# Both sides


def test_an_anecdote_does_not_hide_six_negative_trials(evgrade: Run) -> None:
    given = data(evgrade, AGAINST + SOURCE)
    trials = next(one for one in given["domains"] if one["name"] == "trials")
    assert trials["counts"] == {"for": 1, "against": 6, "unclear": 0}
    shown = text(evgrade, AGAINST + SOURCE)
    assert "For (1)" in shown
    assert "Against (6)" in shown
    assert "anecdote line" in shown
    assert "n0 line" in shown
    page = markdown(evgrade, AGAINST + SOURCE)
    assert all(f"**n{number}:**" in page for number in range(6))


def test_an_item_is_one_line_with_result_size_design_bias_effect_and_source(evgrade: Run) -> None:
    assert (
        "n0 line 4: no benefit; 178 people; randomized, double-masked, compared with placebo, large enough to tell;"
        " low risk of bias; death: HR 0.95 (0.7 to 1.3) [Moertel 1982]" in text(evgrade, AGAINST + SOURCE)
    )


def test_a_p_without_an_effect_does_not_take_the_place_of_the_statement(evgrade: Run) -> None:
    trial = "trials: [{id: t, statement: Survival did not differ., effects: [{outcome: death, p: 0.93}]}]\n"
    assert "Survival did not differ." in text(evgrade, trial)


@pytest.mark.parametrize(
    ("result", "direction"),
    [
        ("benefit", "for"),
        ("no_benefit", "against"),
        ("harm", "against"),
        ("mixed", "unclear"),
        ("pending", "unclear"),
        ("unclear", "unclear"),
        (None, "unclear"),
    ],
)
def test_a_result_speaks_for_a_side(evgrade: Run, result: str | None, direction: str) -> None:
    stated = "" if result is None else f", result: {result}"
    given = data(evgrade, f"trials: [{{id: t, statement: A trial.{stated}}}]\n")
    [item] = next(one for one in given["domains"] if one["name"] == "trials")["weighed"]
    assert item["direction"] == direction


@pytest.mark.parametrize(
    ("relevance", "side"), [("plausible", "for"), ("implausible", "against"), ("unclear", "unclear")]
)
def test_a_mechanism_and_its_evidence_speak_for_sides_of_their_own(evgrade: Run, relevance: str, side: str) -> None:
    evidence = "[{id: yes, statement: Seen., direction: supports}, {id: no, statement: Not., direction: contradicts}]"
    given = data(evgrade, f"mechanism: [{{id: m, statement: How., relevance: {relevance}, evidence: {evidence}}}]\n")
    items = next(one for one in given["domains"] if one["name"] == "mechanism")["weighed"]
    sides = {item["evidence"]["id"]: item["direction"] for item in items}
    assert sides == {"m": side, "yes": "for", "no": "against"}


def test_where_there_are_many_those_that_decide_are_shown_and_neither_side_is_left_out(evgrade: Run) -> None:
    many = ", ".join(POSITIVE % f"p{number}" for number in range(9))
    shown = text(evgrade, f"trials: [{NEGATIVE % 'n'}]\ncases: [{many}]\n{SOURCE}")
    assert "» n line" in shown
    assert "For (9)" in shown
    assert "and 6 more: evgrade explain FILE trials" in shown


def test_a_side_without_evidence_says_so(evgrade: Run) -> None:
    assert "Against: none in this dossier" in text(evgrade, f"cases: [{POSITIVE % 'a'}]\n")


def test_what_the_words_stand_for_is_in_the_format() -> None:
    shape = dossier_shape()
    for section, words in DESIGNS.items():
        items = [_item(shape, section)]
        if section == "mechanism":
            evidence = items[0].key("evidence")
            assert evidence is not None
            items.append(evidence.item)
        for key, told in (*words, *((key, told) for key, told in ANYWHERE if items[-1].key(key))):
            field = next(found for item in items if (found := item.key(key)) is not None)
            assert set(told) <= set(_choices(field)), (section, key)
    assert set(DESIGNS) == set(LISTED)
    assert set(BIAS) == RISKS.keys()


def _item(shape: Shape, section: str) -> Shape:
    found = shape.key(section)
    assert found is not None
    return found.item


def _choices(field: Shape) -> Iterable[Any]:
    assert field.kind is Kind.CHOICE
    return field.choices


def test_every_direction_has_its_count(evgrade: Run) -> None:
    for domain in data(evgrade, AGAINST + SOURCE)["domains"]:
        assert set(domain["counts"]) == set(Direction)
        assert sum(domain["counts"].values()) == len(domain["weighed"])


# Harms


def test_harms_are_named_with_their_numbers_the_gravest_first(evgrade: Run) -> None:
    shown = text(evgrade, HARMS)
    told = (
        "death line N: 1 of 178 people (0.6%), 0 of 90 (0%) in the control group; attributed to the therapy",
        "serious harm line N: 3 of 178 people (1.7%)",
        "Cyanide poisoning line N: fatal; 1 of 178 people (0.6%); at 9 g a day",
        "Pregnancy line N: contraindication",
        "Vitamin C raises the release of cyanide line N: interaction",
        "Nausea line N: not serious; 50 of 178 people (28.1%)",
    )
    unnumbered = re.sub(r"\bline \d+", "line N", shown)
    places = [unnumbered.index(one) for one in told]
    assert places == sorted(places)
    page = markdown(evgrade, HARMS)
    assert all(name in page for name in ("Cyanide poisoning", "Pregnancy", "Vitamin C", "Nausea"))
    entries = data(evgrade, HARMS)["harms"]["entries"]
    assert [one["kind"] for one in entries][:3] == ["count", "count", "adverse_event"]


def test_harms_for_which_there_is_no_room_keep_their_names(evgrade: Run) -> None:
    events = ", ".join(f"{{id: e{number}, name: Event {number}}}" for number in range(20))
    shown = text(evgrade, f"safety: {{adverse_events: [{events}]}}\n")
    assert "and 8 more: Event 12; Event 13;" in shown
    assert all(f"Event {number}" in shown for number in range(20))


def test_a_system_that_does_not_read_harms_shows_them_all_the_same(evgrade: Run) -> None:
    assert re.search(r"Cyanide poisoning line \d+: fatal", text(evgrade, HARMS, "-r", "aan-2004"))


# What is not read


def test_evidence_that_a_rubric_does_not_read_is_counted_with_the_systems_that_do(evgrade: Run) -> None:
    told = "1 systematic review (28 studies, 2,733 people), from line 4; used by"
    assert told in text(evgrade, SYNTHESIS, "-r", "aan-2004")
    [unread] = data(evgrade, SYNTHESIS, "-r", "aan-2004")["unread"]
    assert (unread["section"], unread["studies"], unread["people"]) == ("syntheses", 28, 2733)
    assert "ocebm-2011" in unread["read_by"]
    assert "aan-2004" not in unread["read_by"]
    assert data(evgrade, SYNTHESIS, "-r", "ocebm-2011")["unread"] == []


def test_validate_notes_it_too_and_it_can_be_ignored(evgrade: Run) -> None:
    result = evgrade("validate", "-", "-r", "aan-2004", stdin=VALID + SYNTHESIS)
    assert "note: aan-2004 does not use `syntheses`: 1 systematic review (28 studies, 2,733 people)" in result.stdout
    assert result.code == 0
    quiet = evgrade("validate", "-", "-r", "aan-2004", "--ignore", "unread-evidence", stdin=VALID + SYNTHESIS)
    assert "does not use" not in quiet.stdout


# What nobody recorded


def test_nothing_recorded_is_no_verdict_and_says_what_to_add(evgrade: Run) -> None:
    shown = text(evgrade, "")
    assert "NOTHING RECORDED YET" in shown
    assert "clinical trials: add `trials`" in shown
    assert "line 2" not in shown
    assert "was found" not in shown
    given = data(evgrade, "")
    assert (given["recommendation"], given["recorded"]) == (None, False)
    assert {one["basis"] for one in given["domains"]} == {"not_recorded"}
    assert "**Nothing recorded yet**" in markdown(evgrade, "")


def test_not_recorded_is_another_thing_than_none_found(evgrade: Run) -> None:
    told = "Clinical trials: – Not recorded, so every grade is still possible. To record it, add `trials`."
    silent, looked = text(evgrade, HARMS), text(evgrade, HARMS + "trials: []\n")
    assert told in silent
    assert "Clinical trials: U No evidence was found on whether it helps patients." in looked
    assert "No evidence was found" not in silent
    assert (
        "Preclinical support: – Not recorded, so every grade is still possible. To record it, add `preclinical`."
        in looked
    )


def test_what_cannot_apply_is_left_out_of_the_score(evgrade: Run) -> None:
    dossier = VALID.replace("{name: a therapy}", "{name: a talking therapy, kind: behavioural}") + AGAINST + SOURCE
    shown = " ".join(evgrade("score", "-", stdin=dossier).stdout.split())
    assert "Preclinical support: n/a Not applicable to this kind of therapy, and left out of the score." in shown


# Provisional levels


def test_a_level_that_is_open_is_marked_with_the_facts_that_settle_it(evgrade: Run) -> None:
    dossier = "trials: []\nsafety: {concern: moderate}\n"
    given = data(evgrade, dossier)["recommendation"]
    assert given["settled"] is False
    assert given["settles"][0]["means"]
    shown = text(evgrade, dossier)
    assert "(PROVISIONAL)" in shown
    assert "Provisional: it could still become" in shown
    assert "people who died because of a harm: add `died.n` to `safety` (line 5)" in shown
    assert "(provisional)" in markdown(evgrade, dossier)


def test_a_level_that_is_settled_is_not(evgrade: Run) -> None:
    shown = text(evgrade, AGAINST + SOURCE)
    assert "RECOMMENDED AGAINST" in shown
    assert "rovisional" not in shown
    assert data(evgrade, AGAINST + SOURCE)["recommendation"]["settled"] is True


def test_it_is_marked_wherever_a_level_stands(evgrade: Run, tmp_path: Any) -> None:
    (tmp_path / "a.yaml").write_text(VALID + "trials: []\nsafety: {concern: moderate}\n")
    (tmp_path / "b.yaml").write_text(VALID + AGAINST + SOURCE)
    side = evgrade("compare", "a.yaml", "b.yaml", "-f", "markdown", cwd=tmp_path).stdout
    [level, possible] = re.findall(r"\| Recommendation \| (.*) \|\n\| – still possible \| (.*) \|\n", side)[0]
    open_level, settled_level = level.split(" | ")
    assert open_level.endswith("?")
    assert settled_level == "Recommended against"
    assert [bool(one) for one in possible.split(" | ")] == [True, False]
    several = evgrade("score", "a.yaml", "-r", "evgrade-default", "-r", "aan-2004", cwd=tmp_path).stdout
    assert "? (provisional; still possible: " in " ".join(several.split())
    rows = evgrade("batch", "a.yaml", "b.yaml", "-f", "csv", "-q", cwd=tmp_path).stdout.splitlines()
    place = rows[0].split(",").index("settled")
    assert sorted(row.split(",")[place] for row in rows[1:]) == ["no", "yes"]
    lines = [json.loads(line) for line in evgrade("batch", tmp_path, "-f", "jsonl", "-q").stdout.splitlines()]
    assert sorted(row["verdicts"][0]["recommendation"]["settled"] for row in lines) == [False, True]


# Verdicts of people


def test_the_groups_own_verdict_and_published_ones_stand_beside(evgrade: Run) -> None:
    dossier = f"""\
review: {{group: Our group}}
verdicts:
  - {{id: a, by: Another body, date: "2015", statement: No evidence., recommended: against, refs: [r]}}
  - {{id: b, by: our group, date: "2021", statement: We advise against it., recommended: not_recommended}}
overrides: [{{domain: recommendation, grade: against, reason: It harms., by: The panel}}]
panel: [{{id: r1, recommendation: against, grades: []}}]
{SOURCE}"""
    shown = text(evgrade, dossier)
    assert "The review group (The panel): Recommended against. It harms." in shown
    assert "The review group (our group), 2021: not recommended. We advise against it." in shown
    assert "Another body, 2015: recommended against. No evidence. [Moertel 1982]" in shown
    assert "The rater r1: Recommended against" in shown
    assert "Not counted" not in shown
    given = data(evgrade, dossier)["verdicts"]
    assert [one["source"] for one in given] == ["group", "group", "published", "rater"]


# What would change it


def test_the_nearest_rung_of_a_better_level_is_named_and_nothing_that_is_met(evgrade: Run) -> None:
    trial = (
        "{id: t, statement: It helped., agent: same, condition: same, allocation: randomized, masking: none,"
        " objective_outcome: false, assessor_masked: false, control: usual_care, participants: 100,"
        " risk_of_bias: {overall: high}, publication: peer_reviewed, result: benefit}"
    )
    safety = (
        "safety: {exposed: 200, serious: {n: 0, of: 200, counts: attributed},"
        " died: {n: 0, of: 200, counts: attributed}, boxed_warnings: [], concern: minor}"
    )
    better = data(evgrade, f"trials: [{trial}]\n{safety}\n")["recommendation"]["better"]
    assert better["gives"] == "consider"
    assert better["lacks"] == ["Clinical trials at least B (now C)"]


def test_what_was_found_is_never_said_as_a_share(evgrade: Run) -> None:
    for dossier in (AGAINST + SOURCE, HARMS, f"cases: [{POSITIVE % 'a'}]\n"):
        for domain in data(evgrade, dossier)["domains"]:
            assert "so far 1 of" not in str(domain["better"])
            assert "needs no " not in str(domain["better"])


# Asking for it


@pytest.mark.parametrize("name", ["recommendation", "Recommendation"])
def test_the_recommendation_is_explained(evgrade: Run, name: str) -> None:
    result = evgrade("explain", RILUZOLE, name)
    assert result.code == 0
    assert result.stdout.startswith("Recommendation: ")
    assert "<- this one" in result.stdout


def test_where_nothing_is_recorded_that_is_the_explanation(evgrade: Run) -> None:
    assert "nothing recorded yet" in evgrade("explain", SMALLEST, "recommendation").stdout


def test_a_rubric_without_one_says_so(evgrade: Run) -> None:
    result = evgrade("explain", RILUZOLE, "recommendation", "-r", "ocebm-2011")
    assert (result.code, result.stdout) == (2, "")
    assert "ocebm-2011 gives no recommendation" in result.stderr


def test_a_domain_goes_by_its_title_and_a_rubric_by_its_name_in_any_case(evgrade: Run) -> None:
    expected = evgrade("explain", RILUZOLE, "trials").stdout
    for name in ("Clinical trials", "CLINICAL TRIALS", "Trials"):
        assert evgrade("explain", RILUZOLE, name).stdout == expected
    assert evgrade("score", RILUZOLE, "-r", "GRADE").stdout == evgrade("score", RILUZOLE, "-r", "grade").stdout
    assert evgrade("score", RILUZOLE, "-r", "GRADE", "-r", "grade", "-f", "json").stdout.count('"rubric": {') == 1


# Where it goes


@pytest.mark.parametrize(
    ("output", "begins"),
    [("x.json", "{\n"), ("x.md", "# "), ("x.MARKDOWN", "# "), ("x.txt", "Example"), ("x", "Example")],
)
def test_the_suffix_says_what_a_file_holds(evgrade: Run, tmp_path: Any, output: str, begins: str) -> None:
    for command in (("score", SMALLEST), ("compare", SMALLEST, SMALLEST), ("diff", SMALLEST, SMALLEST)):
        result = evgrade(*command, "-o", str(tmp_path / output))
        assert (result.code, result.stdout) == (0, "")
        held = (tmp_path / output).read_text(encoding="utf-8")
        assert held.startswith(begins if command[0] == "score" or begins != "Example" else ("• (1) Example", "Example"))


def test_a_format_before_the_file_is_written_besides(evgrade: Run, tmp_path: Any) -> None:
    result = evgrade("score", SMALLEST, "-o", f"json={tmp_path}/x.json", "-o", f"markdown={tmp_path}/y.out")
    assert result.stdout.startswith("Example therapy")
    assert json.loads((tmp_path / "x.json").read_text())["schema"] == "evgrade.assessment/1"
    assert (tmp_path / "y.out").read_text().startswith("# Example")


def test_what_cannot_be_written_is_refused_with_what_would_be_right(evgrade: Run, tmp_path: Any) -> None:
    result = evgrade("score", SMALLEST, "-o", str(tmp_path / "x.html"))
    assert result.code == 2
    said = " ".join(result.stderr.split())
    assert "`.html` is not an output format (use .txt, .md or .json" in said
    assert list(tmp_path.iterdir()) == []
    assert evgrade("score", SMALLEST, "-f", "text", "-o", str(tmp_path / "x.html")).code == 0
