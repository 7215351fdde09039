"""Rows that include how firm each verdict is and its report as JSON, so that the cache keeps both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from evgrade.batch.row import Grading, Hangs, Row, row_of
from evgrade.rubric.model import Rubric


@dataclass(frozen=True, slots=True)
class Robustly(Grading):
    """Makes rows that state how firm each verdict is and what it hangs on, with its report as JSON."""

    def rows_of(self, files: Sequence[tuple[bytes, str]], rubrics: Sequence[Rubric]) -> list[Row]:
        """Return the rows of files, given by content and name."""
        # With every row in the cache, nothing is graded.
        from evgrade.checking import check_contents  # noqa: PLC0415
        from evgrade.render.pages.robustness import threads  # noqa: PLC0415
        from evgrade.render.robustness_json import robustness_data  # noqa: PLC0415
        from evgrade.robustness.robust import robustness  # noqa: PLC0415
        from evgrade.robustness.standing import LEVEL  # noqa: PLC0415

        rows = []
        for (content, _), checked in zip(files, check_contents(files), strict=True):
            row = row_of(content, checked, rubrics)
            verdicts = []
            for verdict, rubric in zip(row.verdicts, rubrics, strict=bool(row.verdicts)):
                assert checked.dossier is not None  # noqa: S101 - for mypy: there are verdicts
                one = robustness(checked.dossier, rubric)
                data = robustness_data(one)
                data["dossier"]["file"] = ""  # the same content may have another name next time
                hangs = Hangs(threads(one), one.settling, json.dumps(data, separators=(",", ":")))
                firm = one.firmness.get(LEVEL)
                verdicts.append(verdict._replace(firmness=None if firm is None else firm.value, hangs=hangs))
            rows.append(row._replace(verdicts=tuple(verdicts)))
        return rows
