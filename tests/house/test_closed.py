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
HTML = '\n    HTML = "html"'
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
    "render/page.py": [
        ("    | Foot\n    | Rule\n", "    | Foot\n    | Rule\n    | Place\n"),
        ('    STRONG = "strong"\n', '    STRONG = "strong"\n    QUOTE = "quote"\n'),
        ('    YES = "yes"\n', '    YES = "yes"\n    MAYBE = "maybe"\n'),
    ],
    "render/forms.py": [('    MARKDOWN = "markdown"', f'    MARKDOWN = "markdown"{HTML}')],
    "cli/destinations.py": [
        ('    MARKDOWN = "markdown"\n\n\nclass BatchFormat', f'    MARKDOWN = "markdown"{HTML}\n\n\nclass BatchFormat'),
        ('    PARQUET = "parquet"', f'    PARQUET = "parquet"{HTML}'),
    ],
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory, typed: Path) -> str:
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
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(typed / "cache", copy / ".mypy_cache")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "evgrade"]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False).stdout


def test_an_operator_that_is_only_parsed_and_evaluated_is_refused_with_all_that_it_lacks(complaints: str) -> None:
    (found,) = re.findall(r"Final class .*Largest has abstract attributes (.*?)  \[", complaints)
    assert set(re.findall(r'"(\w+)"', found)) == {"describe", "number", "subject", "unstated_of"}


UNHANDLED = {
    ("rubric/splitting.py", "int"): "a kind of conditions",
    ("grading/judge.py", "Literal['median']"): "a way to combine items",
    ("rubric/compile.py", "Literal['half']"): "how the unjudged count",
    ("grading/judge.py", "int"): "a method of judging",
    ("grading/assess.py", "Literal[Basis.NEW]"): "a basis of grades",
    ("facts/p_value.py", "Literal['~']"): "a relation of p values: what may have been reported",
    ("facts/recomputed.py", "Literal['~']"): "a relation of p values: which side of the level",
    ("grading/accounting.py", "Literal[Source.NEW]"): "a source of verdicts",
    ("render/text.py", "Place"): "a block: in text",
    ("render/markdown.py", "Place"): "a block: in Markdown",
    ("render/word.py", "Place"): "a block: in Word",
    ("render/markdown.py", "Literal[Style.QUOTE]"): "a style: in Markdown",
    ("render/word.py", "Literal[Style.QUOTE]"): "a style: in Word",
    ("render/text.py", "Literal[Mark.MAYBE]"): "a mark: in text",
    ("render/markdown.py", "Literal[Mark.MAYBE]"): "a mark: in Markdown",
    ("render/forms.py", "Literal[PageFormat.HTML]"): "a format of pages",
    ("cli/streams.py", "Literal[ScoreFormat.HTML]"): "a format of reports",
    ("cli/score.py", "Literal[ScoreFormat.HTML]"): "a format of scores",
    ("cli/batch_outputs.py", "Literal[BatchFormat.HTML]"): "a format of rows",
    ("cli/changes.py", "Literal[BatchFormat.HTML]"): "a format of rows that changed",
}


def refused(complaints: str) -> set[tuple[str, str]]:
    """Return where a type is not handled, and which."""
    message = r'^evgrade/(.+?):.* "assert_never" has incompatible type "(.+?)"; expected'
    return {(file, unhandled) for file, unhandled in re.findall(message, complaints, re.MULTILINE)}


@pytest.mark.parametrize("forgotten", [pytest.param(one, id=name) for one, name in UNHANDLED.items()])
def test_one_more_of_a_kind_is_refused_where_it_is_forgotten(complaints: str, forgotten: tuple[str, str]) -> None:
    assert forgotten in refused(complaints), complaints


def test_it_is_refused_nowhere_else(complaints: str) -> None:
    assert refused(complaints) == UNHANDLED.keys(), complaints


@pytest.mark.parametrize(
    "file", ["grading/derivation.py", "grading/missing.py", "rubric/compile.py", "rubric/check.py"]
)
def test_one_more_method_of_judging_is_refused_wherever_its_rules_are_read(complaints: str, file: str) -> None:
    assert re.search(rf'^evgrade/{file}:.*"int"', complaints, re.MULTILINE), complaints
