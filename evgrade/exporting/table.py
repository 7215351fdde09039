"""Tables as CSV for R and spreadsheets: commas, UTF-8, a header, and empty cells for values that are not stated."""

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
    """Return a table: plain numbers, booleans that R reads, lists with semicolons, and no text that is a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(map(for_csv, columns))
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return written.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"  # more digits than any computed number has; stated numbers have fewer
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value)) or None
    return for_csv(prose(value)) if isinstance(value, str) else value


def studies(dossiers: Sequence[Named], sections: Sequence[str]) -> Iterator[tuple[Named, str, int, Data, str]]:
    """Yield the studies of some sections: dossier, section, position in it, study, and a unique name.

    The name is that of the first reference, such as "Silani 1983"; if two studies share it, the id is added, and if
    they share that too, the name of the file.
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
