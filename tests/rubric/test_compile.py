"""What a compiled rubric holds: all that its file says, in order, with its places."""

from __future__ import annotations

import pytest

from evgrade.rubric.cases import cases_of
from evgrade.rubric.conditions.base import Always
from evgrade.rubric.conditions.values import Within
from evgrade.rubric.load import load_rubric, shipped_names
from evgrade.rubric.model import Band, Each, Group, Ladder, Points, Rubric
from evgrade.rubric.outline import Grade, Level, Scale

from .building import HEADER, checked, rubric


def test_the_head_of_a_rubric_is_kept() -> None:
    text = HEADER.replace("status: own", "status: reconstructed") + _DOMAIN
    compiled, findings = checked(text)
    assert findings == []
    assert compiled is not None
    assert (compiled.name, compiled.title, compiled.version) == ("small", "A small rubric", "1")
    assert (compiled.status, compiled.source, compiled.description) == ("reconstructed", "a test", "For a test.")
    assert compiled.file == "rubric.yaml"
    assert len(compiled.sha256) == 64
    assert compiled.score is None
    assert compiled.recommendation is None
    assert cases_of(compiled) == ()


_DOMAIN = """\
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {grade: A, name: first, means: m, when: {any: trials}}
      - {grade: U, name: last, means: m, otherwise: true}
"""


def test_a_scale_has_an_order_and_a_grade_outside_it() -> None:
    scale = rubric(_DOMAIN).domain("domain").scale
    assert scale == Scale(
        name="support",
        grades=(Grade(name="A", means="strong"), Grade(name="B", means="fair"), Grade(name="C", means="weak")),
        unjudged=Grade(name="U", means="nothing"),
    )
    assert scale.names() == ("A", "B", "C", "U")
    assert [scale.rank(name) for name in "ABCU"] == [0, 1, 2, 3]
    assert [scale.is_unjudged(name) for name in "CU"] == [False, True]
    assert scale.means("U") == "nothing"
    assert scale.means("B") == "fair"
    assert scale.nothing == "U"


def test_a_scale_may_have_no_grade_for_nothing() -> None:
    text = _DOMAIN.replace("support", "plain").replace("U, name", "B, name")
    header = HEADER.replace("scales:\n", "scales:\n  plain: {grades: [{grade: A, means: a}, {grade: B, means: b}]}\n")
    compiled, findings = checked(header + text)
    assert findings == []
    assert compiled is not None
    scale = compiled.domain("domain").scale
    assert scale.names() == ("A", "B")
    assert scale.means("B") == "b"
    assert scale.nothing == ""
    assert not scale.is_unjudged("B")


def test_a_rule_has_its_own_origin_or_that_of_the_rubric() -> None:
    text = _DOMAIN.replace("means: m, when", "means: It is., why: Because., status: published, source: A paper, when")
    method = rubric(text).domain("domain").method
    assert isinstance(method, Ladder)
    first, last = (rung.rule for rung in method.rungs)
    assert (first.name, first.means, first.why) == ("first", "It is.", "Because.")
    assert (first.status, first.source) == ("published", "A paper")
    assert (last.status, last.source, last.why) == ("own", "a test", None)
    assert last.condition == Always()
    line = (HEADER + text).splitlines().index(next(line for line in text.splitlines() if "name: first" in line)) + 1
    assert (first.location.line, first.location.column) == (line, 9)


def test_terms_and_labels_stand_in_their_order() -> None:
    compiled = rubric("""\
terms:
  sound: {on: trials, means: Randomized., when: {allocation: randomized}}
  harmless: {means: No harm., phrase: without harm, when: {safety.concern: none}}
classify:
  class:
    on: trials
    means: How good it is.
    ladder:
      - {label: I, name: one, means: m, when: sound}
      - {label: II, name: two, means: m, otherwise: true}
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    ladder:
      - {grade: A, name: first, means: m, when: harmless}
      - {grade: U, name: last, means: m, otherwise: true}
""")
    sound, harmless = compiled.terms
    assert (sound.name, sound.means, sound.phrase) == ("sound", "Randomized.", "sound")
    assert (sound.definition, sound.noun) == ("trial", "trial")
    assert (harmless.phrase, harmless.definition, harmless.noun) == ("without harm", None, "dossier")
    assert harmless.location.line == sound.location.line + 1
    (label,) = compiled.classifiers
    assert (label.name, label.definition) == ("class", "trial")
    assert [rung.gives for rung in label.ladder.rungs] == ["I", "II"]


POINTS = """\
domains:
  domain:
    title: Domain
    question: How many?
    scale: support
    points:
      start: 2
      adjustments:
        - {points: 1, name: more, means: m, when: {any: trials}}
        - {points: -0.5, name: less, means: m, otherwise: true}
      caps:
        - {at_most: 2, name: capped, means: m, when: {none: trials}}
      floor: 0
      ceiling: 3
      judged_when: {safety.exposed: {at_least: 1}}
      bands: [{grade: A, at_least: 2.5}, {grade: B, at_least: 1}, {grade: C, otherwise: true}]
"""


def points_of(compiled: Rubric) -> Points:
    method = compiled.domain("domain").method
    assert isinstance(method, Points)
    return method


def test_points_have_a_start_adjustments_caps_and_bands() -> None:
    points = points_of(rubric(POINTS))
    (start,) = points.start
    assert (start.points, start.rule.name, start.rule.means) == (2, "start", "Points start here.")
    assert (start.rule.status, start.rule.source, start.rule.condition) == ("own", "a test", Always())
    assert [(one.points, one.rule.name) for one in points.adjustments] == [(1, "more"), (-0.5, "less")]
    assert [(one.at_most, one.rule.name) for one in points.caps] == [(2, "capped")]
    assert (points.floor, points.ceiling) == (0, 3)
    assert points.bands == (
        Band(grade="A", at_least=2.5),
        Band(grade="B", at_least=1),
        Band(grade="C", at_least=float("-inf")),
    )
    assert isinstance(points.judged, Within)


def test_points_may_start_on_a_ladder() -> None:
    ladder = """start:
        - {points: 4, name: high, means: m, when: {any: trials}}
        - {points: 2, name: low, means: m, otherwise: true}"""
    points = points_of(
        rubric(POINTS.replace("start: 2", ladder).replace("      judged_when: {safety.exposed: {at_least: 1}}\n", ""))
    )
    assert [(one.points, one.rule.name) for one in points.start] == [(4, "high"), (2, "low")]
    assert points.judged is None


EACH = """\
domains:
  domain:
    title: Domain
    question: Is it so?
    scale: support
    each: trials
    where: {agent: same}
    combine: best
    ladder:
      - {grade: A, name: first, means: m, when: {result: benefit}}
      - {grade: U, name: last, means: m, otherwise: true}
"""


def test_a_domain_may_be_judged_item_by_item() -> None:
    each = rubric(EACH).domain("domain").each
    assert isinstance(each, Each)
    assert (each.entries.keys, each.entries.closed, each.entries.noun) == (("trials",), True, "trial")
    assert each.combine == "best"
    assert each.where != Always()
    every = rubric(EACH.replace("    where: {agent: same}\n", "")).domain("domain").each
    assert every is not None
    assert every.where == Always()


RECOMMENDATION = """\
score:
  title: Score
  weights: {domain: 100}
  unjudged: left_out
  points: {support: {A: 100, B: 50, C: 0}}
recommendation:
  levels: [{level: good, title: Good, means: Take it.}, {level: bad, title: Bad, means: Leave it.}]
  ladder:
    - {level: good, name: helps, means: m, when: {grade: domain, at_least: B}}
    - {level: bad, name: rest, means: m, otherwise: true}
cases:
  - name: Nothing
    why: Because.
    source: A paper
    dossier: {trials: []}
    expect: {domain: U, recommendation: bad}
    possible: {domain: [U], recommendation: [bad]}
    score: [0, 10]
  - {name: By path, path: ../some.yaml, expect: {domain: A}}
"""


def test_score_recommendation_and_cases_are_kept() -> None:
    compiled = rubric(_DOMAIN + RECOMMENDATION)
    score, recommendation = compiled.score, compiled.recommendation
    assert score is not None
    assert (score.title, score.weights, score.unjudged) == ("Score", {"domain": 100}, "left_out")
    assert score.points == {"support": {"A": 100, "B": 50, "C": 0}}
    assert recommendation is not None
    assert recommendation.level("bad") == Level(name="bad", title="Bad", means="Leave it.")
    assert [recommendation.rank(name) for name in ("good", "bad")] == [0, 1]
    assert [rung.gives for rung in recommendation.ladder.rungs] == ["good", "bad"]
    inline, by_path = cases_of(compiled)
    assert (inline.name, inline.why, inline.source) == ("Nothing", "Because.", "A paper")
    assert inline.path is None
    assert (inline.grades, inline.recommendation) == ({"domain": "U"}, "bad")
    assert inline.possible == {"domain": ("U",), "recommendation": ("bad",)}
    assert inline.score is not None
    assert inline.score == (0.0, 10.0)
    assert by_path.path == "../some.yaml"
    assert by_path.why == ""
    assert by_path.dossier is None
    assert by_path.score is None
    assert by_path.recommendation is None


def test_an_inline_case_needs_no_header_and_keeps_its_places() -> None:
    (case, _) = cases_of(rubric(_DOMAIN + RECOMMENDATION))
    assert case.dossier is not None
    assert case.dossier.data == {
        "trials": [],
        "dossier": 1,
        "therapy": {"name": "a therapy"},
        "condition": {"name": "a condition"},
    }
    line = next(n for n, line in enumerate((HEADER + _DOMAIN + RECOMMENDATION).splitlines(), 1) if "dossier: {" in line)
    assert case.dossier.location(("trials",)).line == line
    assert case.dossier.location(("therapy",)).line == line


def test_a_case_may_say_what_therapy_it_is_about() -> None:
    text = RECOMMENDATION.replace("dossier: {trials: []}", "dossier: {therapy: {name: LDN, kind: drug}}")
    case = cases_of(rubric(_DOMAIN + text))[0]
    assert case.dossier is not None
    assert case.dossier.data["therapy"] == {"name": "LDN", "kind": "drug"}


def test_keys_of_ones_own_are_allowed_everywhere() -> None:
    text = _DOMAIN.replace("    title: Domain", "    x-note: mine\n    title: Domain").replace(
        "name: first", "x-n: 1, name: first"
    )
    assert rubric("x-mine: {anything: [at, all]}\n" + text).domain("domain").title == "Domain"


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_rubric_compiles_and_has_worked_cases(name: str) -> None:
    compiled = load_rubric(name)
    assert compiled.name == name
    assert cases_of(compiled)


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_terms_that_rest_on_too_many_others_are_refused(backwards: bool) -> None:
    terms = [f"  t{n + 1}: {{means: m, when: {{not: t{n}}}}}" for n in range(400)]
    terms.insert(0, "  t0: {means: m, when: {safety.concern: none}}")
    if backwards:
        terms.reverse()
    text = HEADER + "terms:\n" + "\n".join(terms) + "\n" + _DOMAIN.replace("{any: trials}", "t400")
    _, findings = checked(text)
    assert findings
    assert {finding.code for finding in findings} == {"rubric-condition"}
    assert all("200 deep" in finding.message for finding in findings)


def test_terms_may_rest_on_many_others() -> None:
    terms = [f"  t{n + 1}: {{means: m, when: {{not: t{n}}}}}" for n in range(45)]
    terms.insert(0, "  t0: {means: m, when: {safety.concern: none}}")
    text = HEADER + "terms:\n" + "\n".join(terms) + "\n" + _DOMAIN.replace("{any: trials}", "t45")
    assert checked(text)[1] == []


GROUPED = POINTS.replace("{points: 1, name: more,", "{points: 1, name: more, group: kind,").replace(
    "      caps:", "      groups: {kind: {at_most: 0.5, means: One kind.}}\n      caps:"
)


def test_adjustments_of_a_group_share_its_limit() -> None:
    more, less = points_of(rubric(GROUPED)).adjustments
    assert more.group == Group("kind", 0.5, "One kind.")
    assert (more.label, less.label) == ("+1 (kind: at most 0.5)", "-0.5")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (GROUPED.replace("group: kind", "group: kinds"), "there is no group `kinds`"),
        (GROUPED.replace("group: kind, ", ""), "no adjustment is in the group `kind`"),
    ],
)
def test_groups_are_there_and_used(wrong: str, message: str) -> None:
    assert message in [found.message for found in checked(HEADER + wrong)[1]]
