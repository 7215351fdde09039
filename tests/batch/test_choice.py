"""Which rows are shown and in which order: laws of sorting and filtering, and what the options may say."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.batch.columns import (
    Choice,
    ColumnError,
    Extra,
    Kind,
    about,
    chosen_sort,
    columns_of,
    condition,
    extras_named,
    rank_key,
)
from evgrade.batch.row import Counts, Given, Problem, Row, Verdict
from evgrade.checked import Outcome
from evgrade.rubric.load import load_rubric
from evgrade.rubric.outline import Outline

DEFAULT, GRADE, OCEBM = (load_rubric(name).outline for name in ("evgrade-default", "grade", "ocebm-2011"))
LEVELS = [level.name for level in DEFAULT.levels or ()]
GRADES = DEFAULT.domains[0].scale.names()
COLUMNS = [column.name for column in columns_of([DEFAULT])]

names = st.sampled_from(["a", "A", "b", "ü", "=x", "-1", "two words"])
files = st.text("abc./", min_size=1, max_size=6)


@st.composite
def graded(draw: st.DrawFn) -> Row:
    """Make a graded row."""
    level = draw(st.sampled_from(LEVELS))
    verdict = Verdict(
        DEFAULT.name,
        tuple(Given(domain.name, draw(st.sampled_from(GRADES)), GRADES) for domain in DEFAULT.domains),
        draw(st.none() | st.sampled_from([0.0, 12.5, 50.0, 100.0])),
        0.0,
        100.0,
        level,
        LEVELS.index(level) + 1,
        (level,),
    )
    counts = Counts(0, draw(st.integers(0, 3)), 0, 0)
    return Row(draw(files), Outcome.VALID, "0" * 64, draw(names), draw(names), (verdict,), counts)


def not_graded(file: str, status: Outcome) -> Row:
    return Row(file, status, problem=Problem("why", 1, 2, "c"))


troubled = st.builds(not_graded, files, st.sampled_from([Outcome.INVALID, Outcome.SKIPPED, Outcome.FAILED]))
rows = st.lists(graded() | troubled, max_size=12)
OPERATORS = ["=", "!=", "<", "<=", ">", ">="]


def kept(text: str, given_rows: list[Row]) -> list[Row]:
    keeps = condition(text, [DEFAULT])
    return [row for row in given_rows if keeps(row)]


# Order


def in_order(choice: Choice, given_rows: list[Row], rubric: Outline = DEFAULT) -> list[Row]:
    return sorted(given_rows, key=choice.order(rubric))


@given(rows, st.sampled_from(COLUMNS), st.booleans(), st.booleans())
def test_sorting_loses_nothing_and_does_not_depend_on_the_order_before(
    given_rows: list[Row], name: str, backwards: bool, grouped: bool
) -> None:
    choice = Choice(sort=chosen_sort(f"-{name}" if backwards else name, [DEFAULT]), grouped=grouped)
    ordered = in_order(choice, given_rows)
    assert sorted(map(repr, ordered)) == sorted(map(repr, given_rows))
    again = in_order(choice, list(reversed(given_rows)))
    assert [rank_key(row, DEFAULT, 0) for row in again] == [rank_key(row, DEFAULT, 0) for row in ordered]


@given(rows, st.sampled_from(["score", "warnings", "grade_trials", "therapy", "recommendation"]))
def test_what_has_no_value_comes_last_either_way(given_rows: list[Row], name: str) -> None:
    column = next(column for column in columns_of([DEFAULT]) if column.name == name)
    for text in (name, f"-{name}"):
        ordered = in_order(Choice(sort=chosen_sort(text, [DEFAULT])), given_rows)
        missing = [column.of(row) is None or column.places.get(str(column.of(row)), 0) < 0 for row in ordered]
        assert missing == sorted(missing)


@given(rows)
def test_a_dash_turns_the_order_round(given_rows: list[Row]) -> None:
    scores = [
        [row.verdicts[0].score for row in in_order(Choice(sort=chosen_sort(text, [DEFAULT])), given_rows)
         if row.verdicts and row.verdicts[0].score is not None]
        for text in ("score", "-score")
    ]  # fmt: skip
    assert scores[0] == sorted(scores[0], key=lambda score: score or 0)
    assert scores[1] == scores[0][::-1]


@given(rows)
def test_the_rank_is_recommendation_then_score_then_therapy(given_rows: list[Row]) -> None:
    ranked = [row for row in in_order(Choice(), given_rows) if row.verdicts]
    for better, worse in pairwise(ranked):
        (one,), (other,) = better.verdicts, worse.verdicts
        assert one.rank is not None
        assert other.rank is not None
        assert one.rank <= other.rank
        if one.rank == other.rank:
            assert other.score is None or (one.score is not None and one.score >= other.score)
            if one.score == other.score:
                assert (better.therapy or "").casefold() <= (worse.therapy or "").casefold()


@given(rows)
def test_conditions_stand_together_when_grouped(given_rows: list[Row]) -> None:
    ordered = [row.condition for row in in_order(Choice(grouped=True), given_rows)]
    starts = [name for number, name in enumerate(ordered) if number == 0 or ordered[number - 1] != name]
    assert len(starts) == len(set(starts))


def test_without_recommendation_and_score_grades_rank() -> None:
    def row(file: str, *grades: str) -> Row:
        given_grades = tuple(Given(d.name, g, (g,)) for d, g in zip(OCEBM.domains, grades, strict=True))
        return Row(file, Outcome.VALID, verdicts=(Verdict("x", given_grades, None, None, None, None, None, ()),))

    given_rows = [row("a", "U", "1"), row("b", "3", "1"), row("c", "1", "5"), row("d", "1", "2")]
    assert [one.file for one in in_order(Choice(), given_rows, OCEBM)] == ["d", "c", "b", "a"]


# Conditions


@given(rows, st.sampled_from(["score", "warnings", "therapy", "grade_trials", "recommendation"]), st.data())
def test_equal_and_not_equal_part_all_rows(given_rows: list[Row], name: str, data: st.DataObject) -> None:
    column = next(column for column in columns_of([DEFAULT]) if column.name == name)
    values = {Kind.GRADE: sorted(column.places), Kind.TEXT: ["a", "ü"]}.get(column.kind, ["0", "50", "2"])
    value = data.draw(st.sampled_from(values))
    equal, other = kept(f"{name}={value}", given_rows), kept(f"{name}!={value}", given_rows)
    assert len(equal) + len(other) == len(given_rows)
    assert not [row for row in equal if row in other]


@given(rows, st.sampled_from(["score=50", "grade_trials=B", "recommendation=consider", "warnings=1", "therapy=b"]))
def test_less_equal_and_more_never_overlap_and_leave_out_only_what_has_no_value(
    given_rows: list[Row], text: str
) -> None:
    name, _, value = text.partition("=")
    parts = {sign: {id(row) for row in kept(f"{name}{sign}{value}", given_rows)} for sign in OPERATORS}
    assert parts["<="] == parts["<"] | parts["="]
    assert parts[">="] == parts[">"] | parts["="]
    assert not parts["<"] & parts[">"]
    if name != "warnings":  # which every row has
        assert not (parts["<"] | parts[">"]) & {id(row) for row in given_rows if not row.verdicts}


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("grade_trials>=C", "ABC"),
        ("grade_trials>C", "AB"),
        ("grade_trials<C", "DF"),
        ("grade_trials=u", "U"),
        ("grade_trials>=U", ""),
        ("grade_trials!=A", "BCDFU"),
        (" grade_trials  >=  b ", "AB"),
    ],
)
def test_the_better_grade_is_the_greater(text: str, grades: str) -> None:
    def row(grade: str) -> Row:
        given_grades = tuple(Given(domain.name, grade, (grade,)) for domain in DEFAULT.domains)
        return Row(grade, Outcome.VALID, verdicts=(Verdict("x", given_grades, None, None, None, LEVELS[0], 1, ()),))

    assert "".join(one.file for one in kept(text, [row(grade) for grade in GRADES])) == grades


def test_what_a_row_lacks_is_equal_to_nothing_only() -> None:
    row = Row("a", Outcome.SKIPPED)
    told = {text: bool(kept(text, [row])) for text in ("therapy=", "therapy!=", "score>=0", "score!=5", "therapy=a")}
    assert told == {"therapy=": True, "therapy!=": False, "score>=0": False, "score!=5": True, "therapy=a": False}
    assert not kept("errors=", [row]), "none is a number"


def test_a_level_is_known_by_its_title_too() -> None:
    row = Row("a", Outcome.VALID, verdicts=(Verdict("x", (), None, None, None, "against", 5, ()),))
    assert kept("recommendation=Recommended AGAINST", [row])
    assert kept("recommendation<=against", [row])
    assert not kept("recommendation>against", [row])


def test_about_looks_inside_the_name() -> None:
    assert about("LATERAL")(Row("a", Outcome.VALID, condition="Amyotrophic lateral sclerosis"))
    assert not about("lateral")(Row("a", Outcome.INVALID))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("score", "'score' is not a condition", "such as score>=50"),
        ("=5", "'=5' is not a condition", "such as"),
        ("scor=5", "there is no column 'scor'", "did you mean `score`?"),
        ("xyzzy=5", "there is no column 'xyzzy'", "the columns: file, status"),
        ("score=high", "score is a number, which 'high' is not", None),
        ("score=nan", "score is a number, which 'nan' is not", None),
        ("score>", "'score>' compares with nothing", None),
        ("grade_trials=E", "grade_trials is never 'E'", "it has: A, B, C, D, F, U"),
        ("recommendation=recomended", "recommendation is never 'recomended'", "did you mean `recommended`?"),
    ],
)
def test_a_mistake_is_explained(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(ColumnError) as caught:
        condition(text, [DEFAULT])
    assert caught.value.message == message
    assert (hint is None) == (caught.value.hint is None)
    assert (hint or "") in (caught.value.hint or "")


# Several rubrics


def test_columns_of_several_rubrics_bear_their_names() -> None:
    names_of_two = [column.name for column in columns_of([GRADE, DEFAULT])]
    assert "grade.grade_certainty" in names_of_two
    assert "evgrade-default.score" in names_of_two
    assert len(names_of_two) == len(set(names_of_two))


def test_a_bare_name_is_that_of_the_first_rubric_that_has_it() -> None:
    def name(text: str) -> str:
        chosen = chosen_sort(text, [GRADE, DEFAULT])
        assert chosen is not None
        return chosen[0].name

    assert name("score") == "evgrade-default.score"
    assert name("recommendation") == "grade.recommendation"
    assert name("-evgrade-default.recommendation") == "evgrade-default.recommendation"


def test_two_rubrics_of_one_name_are_refused() -> None:
    with pytest.raises(ColumnError, match="two rubrics are called grade"):
        columns_of([GRADE, GRADE])


def test_a_column_is_known_to_take_something_extra_before_any_rubric_is_compiled() -> None:
    for rubrics in ([DEFAULT], [DEFAULT, GRADE], [OCEBM]):
        for column in columns_of(rubrics, tuple(Extra)):
            extra = frozenset() if column.extra is None else {column.extra}
            assert extras_named(f"-{column.name}", []) == extra
            assert extras_named(None, [f"{column.name} != x"]) == extra
    assert extras_named("nonsense", ["nonsense", "=", "near=1"]) == frozenset()


def test_every_column_says_what_it_means_and_works_on_any_row() -> None:
    for column in columns_of([DEFAULT, GRADE]):
        assert column.means
        assert column.of(Row("a", Outcome.SKIPPED)) in (None, "a", "skipped", 0)
