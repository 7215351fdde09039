"""`evgrade batch` on more rows than memory should hold: the same output, and memory that does not grow."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.batch.columns import Choice
from evgrade.batch.row import Grading, Row
from evgrade.cli import batch_outputs
from evgrade.cli.batch_outputs import BatchOutputs, as_a_pipe_takes_them
from evgrade.cli.destinations import BatchFormat, Output
from evgrade.discover import Source
from evgrade.rubric.load import DEFAULT, read_rubric

from .support import NALTREXONE, ROOT, SMALLEST, VALID, Run
from .test_batch_hostile import finished

pytestmark = pytest.mark.slow

FEW_IN_MEMORY = (
    sys.executable,
    "-c",
    "from evgrade.cli import batch_outputs; batch_outputs._MOST = 10; from evgrade.cli import main; main()",
    "batch",
)
PLACES = ("examples", "tests/cli/bad", "nowhere.yaml")
RANKED = ("table", "json", "csv", "markdown", "parquet")


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--group-by", "condition"],
        ["--sort", "-therapy", "--limit", "5"],
        ["-r", "evgrade-default", "-r", "ocebm-2011", "--limit", "9"],
        ["--where", "status=invalid"],
    ],
)
def test_rows_that_wait_in_a_file_come_out_the_same(
    evgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: Sequence[str]
) -> None:
    def written(name: str) -> list[bytes]:
        targets = {form: tmp_path / f"{name}.{form}" for form in RANKED}
        outputs = [part for form, target in targets.items() for part in ("-o", f"{form}={target}")]
        assert evgrade("batch", *PLACES, "-q", *options, *outputs).code == 2, "nowhere.yaml was named"
        return [target.read_bytes() for target in targets.values()]

    in_memory = written("memory")
    monkeypatch.setattr(batch_outputs, "_MOST", 3)
    assert written("file") == in_memory


@pytest.mark.nightly
@pytest.mark.parametrize("form", ["csv", "json", "table", "markdown"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    grouped = form in ("csv", "table")
    monkeypatch.setattr(batch_outputs, "_MOST", 100)
    monkeypatch.setattr("evgrade.render.layout.KINDS", 50)
    monkeypatch.setattr("evgrade.render.pages.ranking.REMEMBERED", 50)
    text = read_rubric(DEFAULT)
    paths = (NALTREXONE, SMALLEST, "nowhere.yaml")
    *graded, bad = Grading((text,))([Source(str(ROOT / path), named=True) for path in paths])

    def row(number: int) -> Row:
        condition = f"condition {number % 7}"
        one = bad if number % 10 == 0 else graded[number % 2]._replace(therapy=f"therapy {number}", condition=condition)
        return one._replace(file=f"{number}.yaml")

    def peak(count: int) -> int:
        output = Output(BatchFormat(form), str(tmp_path / "out"))
        sinks = BatchOutputs([output], Choice(grouped=grouped), [text.compiled().outline], color=False)
        tracemalloc.start()
        for number in range(count):
            sinks.take([row(number)])
        sinks.finish()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        sinks.discard()
        return most

    peak(2_000)  # imports what is needed, and fills what is remembered however many rows there are
    assert peak(2_000) < 2 * peak(500)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="sets limits as this system has them")
def test_no_room_for_rows_that_wait_is_told_in_a_line(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number:02}.yaml").write_text(VALID)
    code, out, told = finished(tmp_path, "-q", "--no-cache", "--jobs", "1", limit=4096, command=FEW_IN_MEMORY)
    assert (code, out) == (2, "")
    assert told.splitlines() == [
        "evgrade: a temporary file cannot be used: File too large",
        "  = the environment variable TMPDIR names the folder that it is in",
    ]


@given(st.lists(st.integers(1, batch_outputs._PIPE + 2), max_size=12))
def test_standard_output_gets_whole_lines_as_many_as_a_pipe_takes_at_once(lengths: list[int]) -> None:
    lines = ["x" * (length - 1) + "\n" for length in lengths]
    pieces = list(as_a_pipe_takes_them(lines))
    assert "".join(pieces) == "".join(lines)
    for piece, following in pairwise([*pieces, ""]):
        assert piece.endswith("\n")
        assert len(piece) <= batch_outputs._PIPE or piece.count("\n") == 1
        assert not following or len(piece) + following.index("\n") + 1 > batch_outputs._PIPE, (
            "no more than there have to be"
        )
