"""`evgrade robustness`: how firm verdicts are, and what they hang on; for folders, by the pool and cache of `batch`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from evgrade.batch.row import Row, line_row, row_line
from evgrade.cli.batch import checked_grading, grade_into, outlines_of
from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.execution import CacheOptions, Execution
from evgrade.cli.options import refuse_stdin_twice
from evgrade.cli.streams import Growing, check_outputs, report_sink, write_reports
from evgrade.render.findings_json import pieces
from evgrade.render.forms import PageFormat, render
from evgrade.render.pages.ranking import TROUBLED
from evgrade.render.pages.robust_folder import firmness_key, folder_page
from evgrade.render.robust_rows import Robustly
from evgrade.rubric.load import load_rubrics
from evgrade.rubric.outline import Outline
from evgrade.sorting import Sorted, as_added


def run_robustness(paths: list[str], rubric_names: list[str], outputs: Sequence[Output[ScoreFormat]]) -> int:
    """Print how firm the verdicts on some dossiers are, and return the exit code: 1 if a dossier contradicts itself.

    Raises:
        EvgradeError: a dossier or a rubric cannot be used.
    """
    from evgrade.checking import load_dossier
    from evgrade.cli.compare import exit_code
    from evgrade.render.pages.robustness import robustness_page
    from evgrade.robustness.robust import robustness

    refuse_stdin_twice(paths)
    rubrics = load_rubrics(rubric_names)
    check_outputs(outputs)
    dossiers = [load_dossier(path) for path in paths]
    results = [robustness(dossier, rubric) for dossier in dossiers for rubric in rubrics]

    def as_json() -> str:
        from evgrade.render.robustness_json import robustness_json

        return robustness_json(results, several=len(paths) > 1 or len(rubrics) > 1)

    write_reports(outputs, lambda: robustness_page(results), as_json)
    return exit_code(dossiers)


# Folders

_MOST = 10_000
"""Rows kept in memory; a row takes about 2 kB."""


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
    """Print how firm the verdicts on all dossiers in files and folders are, and return the exit code of `batch`.

    Raises:
        EvgradeError: a folder, a rubric, an output or a cluster cannot be used.
        NothingToGradeError: no dossier was found.
    """
    plain = checked_grading(paths, rubric_names, execution)
    grading = Robustly(plain.rubrics, plain.folder, plain.seconds)
    with cache_options.opened(grading, quiet=quiet) as cache:
        rubrics = outlines_of(grading, cache)
        sinks = _FolderOutputs(outputs, rubrics)
        streams = Output(ScoreFormat.JSON, None) in outputs
        return grade_into(
            sinks, paths, grading, rubrics, execution, cache, streams=streams, progress=progress, quiet=quiet
        )


class _FolderOutputs:
    """Writes rows: JSON as they come, pages at the end."""

    def __init__(self, outputs: Sequence[Output[ScoreFormat]], rubrics: Sequence[Outline]) -> None:
        """Open all outputs, before any work is done.

        Raises:
            EvgradeError: a file cannot be written, or holds a dossier or a rubric.
        """
        self._growing = Growing(output.path for output in outputs)
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
            TemporaryFileError: there is no room for them.
            UnreadableError: an output cannot be written.
        """
        for row in rows:
            self._write_json(self._reports(row))
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
            TemporaryFileError: rows that wait in a temporary file cannot be read.
            UnreadableError: an output cannot be written.
        """
        self._write_json(["[]\n" if self._before == "[\n  " else "\n]\n"])
        for form, page_format in ((ScoreFormat.TEXT, PageFormat.TEXT), (ScoreFormat.MARKDOWN, PageFormat.MARKDOWN)):
            for output in self._outputs:
                if output.form is form:
                    troubled = self._troubled if self._has_trouble else None
                    page = folder_page(self._graded, self._rubrics, self._settling, troubled)
                    self._growing.write_pieces(output.path, render(page, page_format, report_sink(output.path)))
        self._growing.keep()
        return 0

    def summary_lines(self) -> Sequence[str]:
        return ()

    def discard(self) -> None:
        self._graded.close()
        self._troubled.close()
        self._growing.discard()

    def _reports(self, row: Row) -> Iterator[str]:
        """Yield the reports on a row, as items of an array."""
        for verdict in row.verdicts:
            if verdict.hangs is not None:
                data = json.loads(verdict.hangs.report)
                data["dossier"]["file"] = row.file
                yield self._before + "".join(pieces(data, "  "))
                self._before = ",\n  "

    def _write_json(self, texts: Iterable[str]) -> None:
        wanted = [output for output in self._outputs if output.form is ScoreFormat.JSON]
        text = "".join(texts) if wanted else ""
        for output in wanted:
            self._growing.write(output.path, text)
