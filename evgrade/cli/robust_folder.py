"""`evgrade robustness FOLDER`: how firm many verdicts are, by the pool and the cache of `evgrade batch`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from evgrade.batch.row import Row, line_row, row_line
from evgrade.cli.batch import checked_grading, grade_into, outlines_of
from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.execution import CacheOptions, Execution
from evgrade.cli.files import GrowingFiles
from evgrade.cli.reports import report_sink
from evgrade.cli.streams import write_payload
from evgrade.render.findings_json import pieces
from evgrade.render.forms import PageFormat, render
from evgrade.render.pages.ranking import TROUBLED
from evgrade.render.pages.robust_folder import firmness_key, folder_page
from evgrade.render.robust_rows import Robustly
from evgrade.rubric.outline import Outline
from evgrade.sorting import Sorted, as_added

_MOST = 10_000
"""How many rows are kept in memory; a row has about 2 kB."""


def run_robust_folder(
    paths: Sequence[str],
    rubric_names: Sequence[str],
    outputs: Sequence[Output[ScoreFormat]],
    execution: Execution,
    cache_options: CacheOptions,
    *,
    progress: bool | None,
    quiet: bool,
) -> int:
    """Print how firm the verdicts on all dossiers among files and folders are, and return the exit code of `batch`.

    Raises:
        EvgradeError: a folder, a rubric, an output or a cluster cannot be used.
        NothingToGradeError: no dossier was found.
    """
    plain = checked_grading(paths, rubric_names, execution)
    grading = Robustly(plain.rubrics, plain.folder, plain.seconds)
    with cache_options.opened(grading, quiet=quiet) as cache:
        rubrics = outlines_of(grading, cache)
        streams = Output(ScoreFormat.JSON, None) in outputs
        return grade_into(
            _Outputs(outputs, rubrics),
            paths,
            grading,
            rubrics,
            execution,
            cache,
            streams=streams,
            progress=progress,
            quiet=quiet,
        )


class _Outputs:
    """Takes rows as they are there. JSON goes out as they come; a page is written when all are there."""

    def __init__(self, outputs: Sequence[Output[ScoreFormat]], rubrics: Sequence[Outline]) -> None:
        """Make sure that all can be written, before any work is done.

        Raises:
            EvgradeError: a file cannot be written, or holds a dossier or a rubric.
        """
        self._files = GrowingFiles(output.path for output in outputs)
        self._outputs = outputs
        self._rubrics = rubrics
        self._graded = Sorted(lambda row: firmness_key(row.verdicts[0]), row_line, line_row, most=_MOST)
        self._troubled = Sorted(as_added, row_line, line_row, most=_MOST)
        self._settling = Counter[str]()
        self._has_trouble = False
        self._before = "[\n  "

    def take(self, rows: Sequence[Row]) -> int:
        """Take some rows, all of which are shown.

        Raises:
            TemporaryFileError: there is no room for it.
            UnreadableError: an output cannot be written.
        """
        for row in rows:
            self._write_to(ScoreFormat.JSON, self._json(row))
            kinds: set[str] = set()
            for verdict in row.verdicts:
                hangs = verdict.hangs
                if hangs is not None and row.status not in TROUBLED:
                    kinds.update(hangs.settling)
                    short = verdict._replace(hangs=hangs._replace(report=""))
                    self._graded.add(row._replace(verdicts=(short,)))
            self._settling.update(kinds)
            if row.status in TROUBLED:
                self._has_trouble = True
                self._troubled.add(row._replace(verdicts=()))
        return len(rows)

    def finish(self) -> int:
        """Write the pages, and put the files in their places.

        Raises:
            TemporaryFileError: the rows that wait in a file cannot be read.
            UnreadableError: an output cannot be written.
        """
        self._write_to(ScoreFormat.JSON, iter(["[]\n" if self._before == "[\n  " else "\n]\n"]))
        for form, page_format in ((ScoreFormat.TEXT, PageFormat.TEXT), (ScoreFormat.MARKDOWN, PageFormat.MARKDOWN)):
            for output in self._outputs:
                if output.form is form:
                    troubled = self._troubled if self._has_trouble else None
                    page = folder_page(self._graded, self._rubrics, self._settling, troubled)
                    self._write(output, "".join(render(page, page_format, report_sink(output.path))))
        self._files.keep()
        return 0

    def summary_lines(self) -> Sequence[str]:
        """Return nothing: the summary says it all."""
        return ()

    def discard(self) -> None:
        """Let the rows go, and leave the files as they were, except those that were put in their places."""
        self._graded.close()
        self._troubled.close()
        self._files.discard()

    def _json(self, row: Row) -> Iterator[str]:
        """Yield the reports of a row, as entries of an array."""
        for verdict in row.verdicts:
            if verdict.hangs is not None:
                data = json.loads(verdict.hangs.report)
                data["dossier"]["file"] = row.file
                yield self._before + "".join(pieces(data, "  "))
                self._before = ",\n  "

    def _write_to(self, form: ScoreFormat, texts: Iterator[str]) -> None:
        wanted = [output for output in self._outputs if output.form is form]
        if wanted:
            text = "".join(texts)
            for output in wanted if text else ():
                self._write(output, text)

    def _write(self, output: Output[ScoreFormat], text: str) -> None:
        if output.path is None:
            write_payload(text, None)
        else:
            self._files.write(output.path, text)
