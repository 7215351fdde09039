"""Tables as CSV, for R, spreadsheets and people: comma, UTF-8, a name a column, empty where nothing is stated."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evgrade.exporting.exported import Data, Named
from evgrade.render.clean import for_csv, prose

Row = Mapping[str, Any]


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a table: numbers as they are, truths as R reads them, lists with semicolons, no text that is a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(map(for_csv, columns))
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return written.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"  # what was computed has no more digits than that; what was stated has fewer
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value)) or None
    return for_csv(prose(value)) if isinstance(value, str) else value


def studies(dossiers: Sequence[Named], sections: Sequence[str]) -> Iterator[tuple[Named, str, int, Data, str]]:
    """Yield the studies of some sections: dossier, section, number in it, study, and a name that no other study has.

    The name is that of its first reference, such as «Silani 1983»; where two would share it, the id follows, and where
    that is shared too, the name of the file.
    """
    found = [
        (one, section, number, study)
        for one in dossiers
        for section in sections
        for number, study in enumerate(one.dossier.data.get(section, ()))
    ]
    short = [_short(one, study) for one, _, _, study in found]
    longer = [f"{name} ({study['id']})" for name, (_, _, _, study) in zip(short, found, strict=True)]
    many, many_longer = Counter(short), Counter(longer)
    for (one, section, number, study), name, long in zip(found, short, longer, strict=True):
        longest = long if many_longer[long] == 1 else f"{long}, {one.name}"
        yield one, section, number, study, name if many[name] == 1 else longest


def _short(one: Named, study: Data) -> str:
    return one.dossier.study_name(study, str(study["id"]))
