"""Many verdicts by how firm they are, and what each hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from evgrade.batch.row import Row, Verdict
from evgrade.render.page import Block, Bullets, Column, Heading, Item, Paragraph, Part, Span, Style, Table, Title, row
from evgrade.render.pages.ranking import WIDE, level_words, of_troubled
from evgrade.render.pages.robustness import firm_words
from evgrade.robustness.summary import Firmness
from evgrade.rubric.outline import Outline
from evgrade.schema.suggest import many

_ORDER = tuple(Firmness)
_MOST = 12


def firmness_key(verdict: Verdict) -> int:
    """Return a sort key: the least firm verdict first, verdicts without a recommendation last."""
    return len(_ORDER) if verdict.firmness is None else _ORDER.index(Firmness(verdict.firmness))


def folder_page(
    graded: Iterable[Row],
    rubrics: Sequence[Outline],
    settling: Mapping[str, int],
    troubled: Iterable[Row] | None,
) -> Iterator[Block]:
    """Yield the verdicts, the least firm first, the facts that would settle most of them, and the files not graded.

    Args:
        graded: one row per verdict, with only that verdict; iterated twice.
        rubrics: the rubrics used.
        settling: for each kind of missing fact, the number of dossiers whose recommendation it can settle.
        troubled: the rows not graded or unreliable; None if there are none.
    """
    yield Title("How firm the verdicts are")
    several = len(rubrics) > 1
    by_name = {rubric.name: rubric for rubric in rubrics}
    columns = [Column("Dossier", share=2), *([Column("Rubric")] if several else [])]
    columns += [Column("Recommendation", share=2), Column("How firm", share=2), Column("Depends on", share=3)]
    columns.append(Column("File", share=2, wide=WIDE))

    def cells() -> Iterator[Sequence[Part]]:
        return (_cells(one, by_name, several=several) for one in graded)

    yield Table(columns, cells(), cells())
    yield Heading(2, ("What would settle most",))
    if settling:
        most_first = sorted(settling.items(), key=lambda one: (-one[1], one[0]))
        items = [Item((f"can settle the recommendation of {many(n, 'dossier')}",), (kind,)) for kind, n in most_first]
        yield Bullets(items, most=_MOST, command="evgrade robustness FOLDER --format json")
    else:
        yield Paragraph(("No single missing fact settles a recommendation.",))
    if troubled is not None:
        yield from of_troubled(troubled)


def _cells(one: Row, rubrics: dict[str, Outline], *, several: bool) -> Sequence[Part]:
    [verdict] = one.verdicts
    firm = "" if verdict.firmness is None else firm_words(Firmness(verdict.firmness)).partition(":")[0]
    threads = "" if verdict.hangs is None else verdict.hangs.threads
    about = [f"{one.therapy} for {one.condition}", *([verdict.rubric] if several else [])]
    return row(*about, level_words(verdict, rubrics[verdict.rubric]), firm, threads, Span(one.file, Style.FILE))
