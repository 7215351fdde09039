"""Which findings are shown: chosen by code, or by what a code begins with.

What makes a file unusable is always shown: an error of reading, of the schema or of references. What a consistency
check finds can be left out, and so can all warnings and notes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from evgrade.checked import Checked, outcome_of
from evgrade.model import EvgradeError, Finding, Severity
from evgrade.schema.suggest import did_you_mean


class CodeError(EvgradeError):
    """What was given is not a code, or is one that cannot be ignored."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Codes, or beginnings of codes, that findings are chosen by.

    Attributes:
        select: only these are shown; None for all.
        ignore: these are not, even where they are selected.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding is shown; one that makes a file unusable always is."""
        if self.select is None and not self.ignore:
            return True
        if finding.severity is Severity.ERROR and not _ignorable(finding.code):
            return True
        if self.select is not None and not _any_covers(self.select, finding.code):
            return False
        return not _any_covers(self.ignore, finding.code)

    def shown(self, checked: Checked) -> Checked:
        """Return a checked file with the findings that are shown, and as what it comes to by them."""
        shown = tuple(finding for finding in checked.findings if self.keeps(finding))
        return replace(checked, status=checked.status if checked.dossier is None else outcome_of(shown), findings=shown)

    def over(self, base: Selection) -> Selection:
        """Return this selection laid over another: its `select` replaces the other's, its `ignore` is added."""
        return Selection(base.select if self.select is None else self.select, (*base.ignore, *self.ignore))


def _ignorable(code: str) -> bool:
    from evgrade.codes import known_codes  # noqa: PLC0415 - few choose

    known = known_codes().get(code)
    return known is not None and known.ignorable


def covers(name: str, code: str) -> bool:
    """Whether a code is meant by a name: itself, or what it begins with, up to one of its dashes."""
    beginning = name.rstrip("-")
    return code == name or (bool(beginning) and code.startswith(f"{beginning}-"))


def checked_names(names: Iterable[str], *, ignored: bool) -> tuple[str, ...]:
    """Return names of codes as they were given, each of which means a known code.

    Args:
        names: codes, or what codes begin with.
        ignored: whether they are to be ignored, which what makes a file unusable cannot be.

    Raises:
        CodeError: one means no known code, or nothing that can be ignored.
    """
    checked = tuple(names)
    if not checked:
        return checked
    from evgrade.codes import known_codes  # noqa: PLC0415 - few choose

    known = known_codes()
    for name in checked:
        meant = [code for code in known.values() if covers(name, code.name)]
        if not meant:
            raise CodeError(f"there is no code `{name}`", hint=did_you_mean(name, _all_names(known)))
        if ignored and not any(code.ignorable for code in meant):
            raise CodeError(f"`{name}` cannot be ignored: it makes a file unusable", hint="fix the cause")
    return checked


def _any_covers(names: Iterable[str], code: str) -> bool:
    return any(covers(name, code) for name in names)


def _all_names(codes: Collection[str]) -> list[str]:
    """Return every code and whatever one begins with, up to a dash."""
    parts = [code.split("-") for code in codes]
    beginnings = {"-".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}
    return sorted(beginnings)
