"""What code branches on is closed: one more of it is a type error at every place that does not handle it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

LARGEST = '''
@final  # so that mypy names all that is missing, not some of it
@dataclass(frozen=True, slots=True)
class Largest(OverItems, Numeric):
    """The largest value of a field in the entries that match keeps limits."""

    field: FieldPath
    bounds: Bounds

    def decide(self, data: Data, context: Context) -> Truth:
        return self.bounds.hold(self.look(data, context))

    def over(self, entries: Entries, context: Context) -> Quantity:
        return max((self.field.read(entry) for entry in entries), default=None)


def _largest(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    entries, shape, field = resolve_list_field(scope.shape, text_of(value, "largest"))
    where = parser.where(value, "where", path, Scope(shape))
    return Largest(entries, where, field.path, parser.bounds(value, path, "largest"))


OPERATORS = {'''
NEW = '\n    NEW = "new"'
EDITS = {
    "rubric/conditions/lists.py": [("OPERATORS = {", LARGEST), ("import Any, ClassVar", "import Any, ClassVar, final")],
    "rubric/conditions/base.py": [("Condition = Connective | Asking", "Condition = Connective | Asking | int")],
    "rubric/model.py": [
        ('Combine = Literal["best", "worst"]', 'Combine = Literal["best", "worst", "median"]'),
        ('Unjudged = Literal["lowest", "left_out"]', 'Unjudged = Literal["lowest", "left_out", "half"]'),
        ("Method = Ladder | Points", "Method = Ladder | Points | int"),
    ],
    "facts/p_value.py": [('Relation = Literal["<", "=", ">"]', 'Relation = Literal["<", "=", ">", "~"]')],
    "grading/judge.py": [('    NOT_APPLICABLE = "not_applicable"', f'    NOT_APPLICABLE = "not_applicable"{NEW}')],
    "grading/account.py": [('    RATER = "rater"', f'    RATER = "rater"{NEW}')],
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy says of a copy of the package in which everything that is closed has one member more."""
    copy = tmp_path_factory.mktemp("broken")
    shutil.copytree(ROOT / "evgrade", copy / "evgrade", ignore=shutil.ignore_patterns("__pycache__"))
    for file, edits in EDITS.items():
        path = copy / "evgrade" / file
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert text.count(old) == 1, (file, old)
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    (copy / "mypy.ini").write_text("[mypy]\nstrict = true\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "evgrade/facts", "evgrade/rubric", "evgrade/grading"]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False).stdout


def test_an_operator_that_is_only_parsed_and_evaluated_is_refused_with_all_that_it_lacks(complaints: str) -> None:
    (found,) = re.findall(r"Final class .*Largest has abstract attributes (.*?)  \[", complaints)
    assert set(re.findall(r'"(\w+)"', found)) == {"describe", "number", "reads", "subject"}


@pytest.mark.parametrize(
    ("file", "unhandled"),
    [
        pytest.param("rubric/splitting.py", "int", id="a kind of conditions"),
        pytest.param("grading/judge.py", "Literal['median']", id="a way to combine items"),
        pytest.param("rubric/decisions.py", "Literal['half']", id="how the unjudged count"),
        pytest.param("grading/judge.py", "int", id="a method of judging"),
        pytest.param("grading/assess.py", "Literal[Basis.NEW]", id="a basis of grades"),
        pytest.param("facts/p_value.py", "Literal['~']", id="a relation of p values: what may have been reported"),
        pytest.param("facts/recomputed.py", "Literal['~']", id="a relation of p values: which side of the level"),
        pytest.param("grading/verdicts.py", "Literal[Source.NEW]", id="a source of verdicts"),
    ],
)
def test_one_more_of_a_kind_is_refused_where_it_is_forgotten(complaints: str, file: str, unhandled: str) -> None:
    message = f'"assert_never" has incompatible type "{unhandled}"'
    lines = complaints.splitlines()
    assert any(line.startswith(f"evgrade/{file}:") and message in line for line in lines), complaints


@pytest.mark.parametrize(
    "file", ["grading/derivation.py", "grading/missing.py", "rubric/domains.py", "rubric/reach.py"]
)
def test_one_more_method_of_judging_is_refused_wherever_its_rules_are_read(complaints: str, file: str) -> None:
    assert re.search(rf'^evgrade/{file}:.*"int"', complaints, re.MULTILINE), complaints
