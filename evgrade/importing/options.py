"""What a user says of a source that it does not say itself."""

from __future__ import annotations

from dataclasses import dataclass

from evgrade.importing.mapping import TableMapping


@dataclass(frozen=True, slots=True)
class Options:
    """What a user says of a source.

    Attributes:
        measure: the effect measure of a table of effects.
        outcome: the outcome of a table of effects.
        tool: the tool of a table of risk-of-bias judgements.
        time_unit: the unit of the person-time in a table of rates.
        sheet: the sheet of a workbook.
        mapping: what the columns of a table mean.
    """

    measure: str | None = None
    outcome: str | None = None
    tool: str | None = None
    time_unit: str | None = None
    sheet: str | None = None
    mapping: TableMapping | None = None
