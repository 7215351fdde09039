"""`evgrade validate --fix`: repairs shown as a patch, or with `--write` made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evgrade.checked import Checked, Outcome, opened
from evgrade.checking import check_contents
from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.files import replace_dossier
from evgrade.cli.streams import say, write_patch
from evgrade.discover import Skipped, discover
from evgrade.fixes import Fix, repaired
from evgrade.model import EvgradeError, NothingToGradeError, UnreadableError
from evgrade.render.clean import for_terminal, prose
from evgrade.render.findings import location_text
from evgrade.schema.suggest import many
from evgrade.yamlio.source import STDIN, shown_name


@dataclass(frozen=True, slots=True)
class _Mended:
    """A dossier before and after its repairs."""

    path: str
    name: str
    before: bytes
    after: bytes
    fixes: tuple[Fix, ...]


def show_fixes(paths: list[str], *, quiet: bool) -> int:
    """Print the repairs as a patch, change nothing, and return the exit code.

    Raises:
        NothingToGradeError: no dossier was found.
        EvgradeError: a dossier cannot be read or repaired.
    """
    lines: list[str] = []
    count, invalid = 0, 0
    found = _mended(paths)
    for mended in found:
        lines += _patch(mended)
        count += len(mended.fixes)
        invalid += check_contents([(mended.after, mended.name)])[0].status is Outcome.INVALID
    write_patch(lines)
    left = f"; {many(invalid, 'dossier')} would still be invalid" if invalid else ""
    say(f"{many(count, 'repair')} shown, none applied{': --write applies them' if count else ''}{left}", quiet=quiet)
    return FINDINGS if count or invalid else DONE


def make_fixes(paths: list[str], *, quiet: bool) -> None:
    """Repair dossiers in place, and list the repairs.

    Raises:
        NothingToGradeError: no dossier was found.
        EvgradeError: a dossier cannot be read, repaired or written.
    """
    if STDIN in paths:
        raise EvgradeError("repairs cannot be written to standard input", hint="leave out --write to see the repairs")
    count = 0
    for mended in _mended(paths):
        if mended.fixes:
            replace_dossier(mended.path, mended.before, mended.after)
        for fix in mended.fixes:
            change = f"{prose(fix.old)} is now {prose(fix.new)}: " if fix.paths else "put right: "
            say(f"{location_text(fix.location)}: {change}{fix.why}", quiet=quiet)
        count += len(mended.fixes)
    say(f"{many(count, 'repair')} made", quiet=quiet)


def _mended(paths: list[str]) -> list[_Mended]:
    """Return every dossier in files and folders, repaired in memory: unless all can be, none is written."""
    found = []
    for source in discover(paths, Skipped()):
        content = opened(source)
        if isinstance(content, Checked):
            if content.status is Outcome.UNREADABLE:
                raise UnreadableError(content.reason or content.file)
            continue
        name = shown_name(source.path)
        after, fixes = repaired(content, name)
        found.append(_Mended(source.path, name, content, after, fixes))
    if not found:
        raise NothingToGradeError
    return found


_CONTEXT = 3
_LINE = re.compile("[^\n]*\n|[^\n]+")


def _patch(mended: _Mended) -> Iterator[str]:
    """Yield the lines of a patch with the repairs, if there are any."""
    if mended.fixes:
        before, after = (_LINE.findall(content.decode()) for content in (mended.before, mended.after))
        yield from patch(for_terminal(mended.name), before, after)


def patch(name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a patch, as `diff -u` writes it.

    A repair never adds or removes lines, so line N before is line N after.
    """
    yield f"--- {name}\n"
    yield f"+++ {name}\n"
    changed = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    for start, end in _hunks(changed, len(before)):
        length = "" if end - start == 1 else f",{end - start}"
        yield f"@@ -{start + 1}{length} +{start + 1}{length} @@\n"
        for differs, numbers in groupby(range(start, end), lambda number: before[number] != after[number]):
            block = slice((few := list(numbers))[0], few[-1] + 1)
            marked = (("-", before), ("+", after)) if differs else ((" ", before),)
            for mark, lines in marked:
                for line in lines[block]:
                    yield f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _hunks(changed: Iterable[int], lines: int) -> Iterator[tuple[int, int]]:
    """Yield the first line of each hunk and the line after its last: changed lines with three more on each side."""
    start = end = None
    for number in changed:
        if start is None or end is None or number - _CONTEXT > end:
            if start is not None and end is not None:
                yield start, min(end, lines)
            start = max(0, number - _CONTEXT)
        end = number + _CONTEXT + 1
    if start is not None and end is not None:
        yield start, min(end, lines)
