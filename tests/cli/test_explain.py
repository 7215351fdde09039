"""`evgrade explain`: the whole derivation, every rule tried and what it looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from evgrade.api import grade
from evgrade.checking import load_dossier
from evgrade.grading.derivation import derive
from evgrade.render.page import Bullets, Item, Mark
from evgrade.render.pages.derivation import derivation_page
from evgrade.rubric.load import load_rubric, shipped_names
from tests.crossed import crossed

from .conftest import SameAsGolden
from .support import EXERCISE, NALTREXONE, RILUZOLE, ROOT, SINGING, SMALLEST, Run

DOMAINS = [domain.name for domain in load_rubric().domains]
each_example = pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE, SMALLEST])


def test_it_reads_as_it_was_read_last(evgrade: Run, run: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("explain", NALTREXONE, "trials")
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, "low-dose-naltrexone-als.explain.txt")
    assert run("explain", NALTREXONE, "trials") == result


@each_example
def test_it_comes_to_the_grades_that_score_gives(evgrade: Run, example: str) -> None:
    text = evgrade("explain", example, env={"COLUMNS": "120"}).stdout
    assessment = grade(ROOT / example)
    for domain in assessment.domains:
        others = [other for other in domain.possible if other != domain.grade]
        possible = f" (still possible: {', '.join(others)})" if others else ""
        assert f"\n{domain.title}: {domain.grade}{possible}\n" in f"\n{text}"
    given = assessment.recommendation
    assert f"\nRecommendation: {'nothing recorded yet' if given is None else given.title}" in text


@each_example
def test_one_rung_of_each_ladder_is_the_one(evgrade: Run, example: str) -> None:
    text = evgrade("explain", example, env={"COLUMNS": "120"}).stdout
    recommends = grade(ROOT / example).recommendation is not None
    assert " ".join(text.split()).count("<- this one") == len(DOMAINS) + recommends


@each_example
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_is_a_part_of_the_whole(evgrade: Run, example: str, domain: str) -> None:
    part = evgrade("explain", example, domain)
    assert part.code == 0
    *paragraphs, legend = part.stdout.rstrip().split("\n\n")
    assert len(paragraphs) == 1
    whole = evgrade("explain", example).stdout
    assert paragraphs[0] in whole
    assert whole.rstrip().endswith(legend)


def test_every_rung_up_to_the_one_reached_is_there_with_its_truth(evgrade: Run) -> None:
    text = evgrade("explain", NALTREXONE, "trials", env={"COLUMNS": "120"}).stdout
    tried = re.findall(r"^ \[(yes|no|\?)\] ([A-FU]) ([a-z-]+):", text, re.MULTILINE)
    assert tried == [
        ("no", "F", "shown-not-to-work"),
        ("no", "A", "replicated"),
        ("no", "B", "one-sound-study"),
        ("no", "C", "sound-evidence-disagrees"),
        ("no", "C", "controlled-with-limitations"),
        ("no", "D", "trials-without-benefit"),
        ("yes", "D", "uncontrolled-reports"),
    ]


def test_what_is_not_stated_is_said_with_the_line_to_write_it(evgrade: Run) -> None:
    text = evgrade("explain", SMALLEST, "safety").stdout
    assert "[?]" in text
    assert "not stated: safety.died.n, line 3" in text


def test_items_are_named_with_their_lines(evgrade: Run) -> None:
    text = evgrade("explain", NALTREXONE, "trials", env={"COLUMNS": "120"}).stdout
    lines = (ROOT / NALTREXONE).read_text(encoding="utf-8").splitlines()
    named = re.findall(r"\[(?:yes|no|\?)\] ([a-z0-9-]+), line ([0-9]+)", text)
    assert len(named) > 5
    for name, line in named:
        assert f"id: {name}" in lines[int(line) - 1]


def test_an_unknown_domain_gets_the_nearest_name(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        result = each("explain", SMALLEST, "trails")
        assert (result.code, result.stdout) == (2, "")
        assert result.stderr == (
            "evgrade: the rubric evgrade-default has no domain 'trails'\n  = did you mean `trials`?\n"
        )


def test_an_unknown_domain_with_no_near_name_gets_the_list(evgrade: Run) -> None:
    assert f"  = its domains: {', '.join(DOMAINS)}, recommendation\n" in evgrade("explain", SMALLEST, "x").stderr


def test_a_folder_has_no_derivation(evgrade: Run) -> None:
    result = evgrade("explain", "examples")
    assert (result.code, result.stderr) == (2, "evgrade: examples is a folder, not a file\n")


def test_another_rubric_has_another_derivation(evgrade: Run, without_recommendation: Path) -> None:
    result = evgrade("explain", SMALLEST, "-r", without_recommendation)
    assert result.code == 0
    assert "Recommendation" not in result.stdout


def test_a_rubric_without_score_or_recommendation_still_grades(
    evgrade: Run, without_recommendation: Path, without_score: Path
) -> None:
    for rubric in (without_recommendation, without_score):
        for form in ("text", "json"):
            assert evgrade("score", SMALLEST, "-r", rubric, "-f", form).code == 0


OPPOSITE = {Mark.YES: Mark.NO, Mark.NO: Mark.YES, Mark.UNKNOWN: Mark.UNKNOWN}


def decided(words: str, marks: Sequence[Mark]) -> Mark:
    """Return the mark that follows from the marks below a line, in three-valued logic."""
    if words == "not:":
        [mark] = marks
        return OPPOSITE[mark]
    settling = Mark.YES if words == "one of these:" else Mark.NO
    if settling in marks:
        return settling
    return Mark.UNKNOWN if Mark.UNKNOWN in marks else OPPOSITE[settling]


def groups(items: Iterable[Item]) -> Iterator[tuple[str, Mark, list[Mark]]]:
    """Yield each line that groups conditions, with its mark and those below it."""
    for item in items:
        below = list(item.children)
        words = "".join(part for part in item.line if isinstance(part, str))
        if words in ("one of these:", "all of these:", "not:"):
            assert item.mark is not None
            yield words, item.mark, [one.mark for one in below if one.mark is not None]
        yield from groups(below)


@crossed(("example", "rubric"), [NALTREXONE, RILUZOLE, EXERCISE, SINGING], list(shipped_names()))
def test_what_stands_above_conditions_follows_from_them(example: str, rubric: str) -> None:
    """An `all` inside an `any` has a line of its own, or a reader would take its parts for alternatives."""
    dossier = load_dossier(str(ROOT / example))
    blocks = derivation_page(derive(dossier, load_rubric(rubric)), dossier)
    found = [group for block in blocks if isinstance(block, Bullets) for group in groups(block.items)]
    assert [one for one in found if decided(one[0], one[2]) is not one[1]] == []
