"""Worked cases: run as the rubric promises, each with what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from evgrade.grading.cases import CaseResult, run_cases
from evgrade.rubric.load import load_rubric

from .building import HEADER, ladder

BODY = (
    HEADER
    + "domains:\n"
    + ladder("A harmless: {safety.concern: none}", "B tried: {any: trials}", "U nothing")
    + """\
score: {title: Score, weights: {domain: 100}, unjudged: left_out, points: {support: {A: 100, B: 50, C: 0}}}
recommendation:
  levels: [{level: good, title: Good, means: m}, {level: bad, title: Bad, means: m}]
  ladder:
    - {level: good, name: helps, means: m, when: {grade: domain, at_least: B}}
    - {level: bad, name: rest, means: m, otherwise: true}
cases:
"""
)
DOSSIER = "dossier: 1\ntherapy: {name: LDN}\ncondition: {name: ALS}\nsafety: {concern: none}\n"


def results(folder: Path, *cases: str) -> list[CaseResult]:
    """Return how worked cases of a rubric in a folder come out."""
    path = folder / "rubric.yaml"
    path.write_text(BODY + "".join(f"  - {case}\n" for case in cases), encoding="utf-8")
    return list(run_cases(load_rubric(str(path))))


@pytest.mark.parametrize(
    ("case", "differs"),
    [
        ("{name: n, dossier: {}, expect: {}}", ()),
        ("{name: n, dossier: {}, expect: {domain: U, recommendation: nothing_recorded}}", ()),
        ("{name: n, dossier: {}, expect: {}, possible: {domain: [A, B, C, U]}}", ()),
        ("{name: n, dossier: {safety: {concern: none}}, expect: {domain: A, recommendation: good}}", ()),
        ("{name: n, dossier: {safety: {concern: none}}, expect: {domain: B}}", ("domain is A, expected B",)),
        (
            "{name: n, dossier: {safety: {concern: none}}, expect: {domain: U, recommendation: bad}}",
            ("domain is A, expected U", "recommendation is good, expected bad"),
        ),
        ("{name: n, dossier: {safety: {}, trials: []}, expect: {}, possible: {domain: [A, U]}}", ()),
        ("{name: n, dossier: {safety: {}, trials: []}, expect: {}, possible: {domain: [U, A]}}", ()),
        (
            "{name: n, dossier: {safety: {}, trials: []}, expect: {}, possible: {domain: [U], recommendation: [bad]}}",
            ("possible for domain: A, U; expected U", "possible for recommendation: good, bad; expected bad"),
        ),
        ("{name: n, dossier: {safety: {concern: none}}, expect: {}, score: [100, 100]}", ()),
        ("{name: n, dossier: {trials: [{id: t, statement: s}]}, expect: {}, score: [40, 60]}", ()),
        (
            "{name: n, dossier: {trials: [{id: t, statement: s}]}, expect: {}, score: [0, 49.5]}",
            ("the score is 50.0, expected 0 to 49.5",),
        ),
        (
            "{name: n, dossier: {trials: [{id: t, statement: s}]}, expect: {}, score: [51, 60]}",
            ("the score is 50.0, expected 51 to 60",),
        ),
        ("{name: n, dossier: {}, expect: {}, score: [0, 100]}", ("the score is None, expected 0 to 100",)),
    ],
)
def test_a_case_holds_or_says_what_differs(tmp_path: Path, case: str, differs: tuple[str, ...]) -> None:
    (result,) = results(tmp_path, case)
    assert result.differs == differs
    assert result.holds is (differs == ())
    assert result.findings == ()
    assert result.case.name == "n"


def test_cases_run_in_their_order_and_one_that_fails_stops_nothing(tmp_path: Path) -> None:
    found = results(
        tmp_path,
        "{name: one, dossier: {}, expect: {domain: A}}",
        "{name: two, path: nowhere.yaml, expect: {domain: A}}",
        "{name: three, dossier: {trials: none}, expect: {domain: U}}",
        "{name: four, dossier: {}, expect: {domain: U}}",
    )
    assert [(result.case.name, result.holds) for result in found] == [
        ("one", False),
        ("two", False),
        ("three", False),
        ("four", True),
    ]


def test_a_case_by_path_is_looked_for_beside_the_rubric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dossiers").mkdir()
    (tmp_path / "dossiers" / "ldn.yaml").write_text(DOSSIER, encoding="utf-8")
    monkeypatch.chdir("/")
    (result,) = results(tmp_path, "{name: n, path: dossiers/ldn.yaml, expect: {domain: A, recommendation: good}}")
    assert result.differs == ()


def test_a_dossier_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    (result,) = results(tmp_path, "{name: n, path: nowhere.yaml, expect: {domain: A}}")
    assert result.differs == (f"{tmp_path / 'nowhere.yaml'} could not be read: No such file or directory",)
    assert result.findings == ()


def test_a_dossier_by_path_that_is_not_valid_says_why(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(DOSSIER.replace("none", "noen"), encoding="utf-8")
    (result,) = results(tmp_path, "{name: n, path: bad.yaml, expect: {domain: A}}")
    assert result.differs == (f"{tmp_path / 'bad.yaml'} is not a valid dossier",)
    assert [(finding.location.file, finding.location.line) for finding in result.findings] == [
        (str(tmp_path / "bad.yaml"), 4)
    ]


def test_an_inline_dossier_that_is_not_valid_says_why_and_where_in_the_rubric(tmp_path: Path) -> None:
    (result,) = results(tmp_path, "{name: n, dossier: {safety: {concern: noen}}, expect: {domain: A}}")
    assert result.differs == ("its dossier is not valid",)
    (finding,) = result.findings
    assert finding.message.startswith('`concern` is "noen", which is not one of')
    assert finding.location.file == str(tmp_path / "rubric.yaml")
    line = (tmp_path / "rubric.yaml").read_text(encoding="utf-8").splitlines()[finding.location.line - 1]
    assert line[finding.location.column - 1 :].startswith("noen")


def test_an_inline_dossier_may_cite_without_listing_its_sources(tmp_path: Path) -> None:
    (result,) = results(
        tmp_path, "{name: n, dossier: {trials: [{id: t, statement: s, refs: [smith-2020]}]}, expect: {domain: B}}"
    )
    assert result.differs == ()


def test_a_rubric_without_cases_has_none_to_run(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text(BODY.replace("cases:\n", ""), encoding="utf-8")
    assert list(run_cases(load_rubric(str(path)))) == []


def test_a_rubric_without_a_recommendation_has_cases_too(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    text = BODY.split("score:", maxsplit=1)[0] + "cases: [{name: n, dossier: {}, expect: {domain: A}, score: [0, 1]}]\n"
    path.write_text(text, encoding="utf-8")
    (result,) = run_cases(load_rubric(str(path)))
    assert result.differs == ("domain is U, expected A", "the score is None, expected 0 to 1")
