"""Checks of retracted, corrected or questioned sources, according to the dossier or to notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from evgrade.checks.citing import citations
from evgrade.checks.model import Item, Problem, check
from evgrade.model import Path, Severity
from evgrade.notices import Nature, Notice

_MOST_RELATED = 4
_LONGEST_REASON = 200


class Kind(NamedTuple):
    """A kind of notice.

    Attributes:
        nature: of the notice; None if no notice says it.
        words: the dossier's words for it, each with what happened to the paper.
        hint: what to do about it.
    """

    nature: Nature | None
    words: Mapping[str, str]
    hint: str

    @property
    def word(self) -> str:
        """The dossier's usual word for it."""
        return next(iter(self.words))


_RETRACTED = Kind(
    Nature.RETRACTION,
    {"retracted": "was retracted", "withdrawn": "was withdrawn"},
    "cite another source, or leave it out; `evgrade score` shows the grades without it",
)
_DOUBTED = Kind(
    Nature.CONCERN,
    {"expression_of_concern": "came under an expression of concern"},
    "read the notice, reassess what rests on the paper, and waive this with your conclusion",
)
_CORRECTED = Kind(
    Nature.CORRECTION,
    {"corrected": "was corrected"},
    "compare the dossier with the correction, and waive this once they agree",
)
_REPLACED = Kind(
    None,
    {
        "superseded": "was replaced by a newer edition",
        "retired": "is retired: its publisher no longer keeps it up to date",
    },
    "cite the newer edition, or waive this if the review rests on the older one on purpose",
)


@check("retraction-retracted", on=None, severity=Severity.ERROR, needs="references", entrywise=True)
def not_retracted(item: Item) -> Iterator[Problem]:
    """No evidence cites a paper that was retracted and not reinstated."""
    return _problems(item, _RETRACTED)


@check("retraction-concern", on=None, severity=Severity.WARNING, needs="references", entrywise=True)
def not_doubted(item: Item) -> Iterator[Problem]:
    """No evidence cites a paper under an expression of concern."""
    return _problems(item, _DOUBTED)


@check("retraction-corrected", on=None, severity=Severity.NOTE, needs="references", entrywise=True)
def not_corrected(item: Item) -> Iterator[Problem]:
    """No evidence cites a paper that was corrected."""
    return _problems(item, _CORRECTED)


@check("retraction-superseded", on=None, severity=Severity.NOTE, needs="references", entrywise=True)
def not_replaced(item: Item) -> Iterator[Problem]:
    """No evidence cites a source that its publisher has replaced or retired."""
    return _problems(item, _REPLACED)


def retracted(data: Mapping[str, Any], notices: Mapping[str, tuple[Notice, ...]]) -> frozenset[str]:
    """Return the ids of references that were retracted, according to the dossier or to a notice."""
    noticed = {name for name, about in notices.items() if any(notice.nature is Nature.RETRACTION for notice in about)}
    return frozenset(
        reference["id"]
        for reference in data.get("references", [])
        if reference.get("retraction") in _RETRACTED.words or reference["id"] in noticed
    )


def _problems(item: Item, kind: Kind) -> Iterator[Problem]:
    """Yield each reference of a kind, according to a notice or to the dossier.

    References cited by evidence have the severity of the check. For those cited only elsewhere, such as in claims,
    yield a note unless the dossier itself says it.
    """
    places: dict[str, list[Path]] | None = None
    references, about, words = item.data["references"], item.whole.notices, kind.words
    for number in [n for n, one in enumerate(references) if one.get("retraction") in words or one["id"] in about]:
        reference = references[number]
        name, said = reference["id"], words.get(reference.get("retraction"))
        notices = [notice for notice in about.get(name, ()) if notice.nature is kind.nature]
        if not notices and said is None:
            continue
        places = _cited(item.data) if places is None else places
        citing = places.get(name, [])
        if not citing and (said is not None or not item.whole.complete):  # unknown parts may cite it
            continue
        used = (
            f"; evidence cites it {len(citing)} times" if len(citing) > 1 else "; evidence cites it" if citing else ""
        )
        yield Problem(
            f"`{name}` {said or words[kind.word]}{_details(notices)}{used}",
            at=("references", number, next((key for key in ("retraction", "doi", "pmid") if key in reference), "id")),
            hint=kind.hint if citing else f"write `retraction: {kind.word}` beside it",
            related=tuple(citing[:_MOST_RELATED]),
            severity=None if citing else Severity.NOTE,
        )


def _cited(data: Mapping[str, Any]) -> dict[str, list[Path]]:
    places: dict[str, list[Path]] = {}
    for name, path in citations(data):
        places.setdefault(name, []).append(path)
    return places


def _details(notices: list[Notice]) -> str:
    """Return the date, the reason and the DOI of the last notice."""
    if not notices:
        return ", as the dossier itself says"
    last = notices[-1]
    date = f" on {last.date}" if last.date else ""
    reason = f" for: {_shortened(last.reason)}" if last.reason else ""
    return f"{date}{reason}" + (f" (notice: {last.doi})" if last.doi else "")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1].rstrip() + "…"
