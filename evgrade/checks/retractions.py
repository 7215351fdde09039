"""Checks of sources that were retracted, corrected or doubted: by what the dossier says, and by notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.citing import citations
from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.model import Path, Severity
from evgrade.notices import Nature, Notice

_MOST_RELATED = 4
_LONGEST_REASON = 200


@check("retraction-retracted", on=None, severity=Severity.ERROR, needs="references")
def not_retracted(item: Item) -> Iterator[Problem]:
    """No evidence cites a paper that was retracted and not reinstated."""
    hint = "cite what else shows it, or leave it out; `evgrade score` shows the grades without it"
    yield from _problems(item, Nature.RETRACTION, "was retracted", hint)


@check("retraction-concern", on=None, severity=Severity.WARNING, needs="references")
def not_doubted(item: Item) -> Iterator[Problem]:
    """No evidence cites a paper of which its journal expressed concern."""
    hint = "read the notice; judge again what rests on the paper, and waive this with what you found"
    yield from _problems(item, Nature.CONCERN, "came under an expression of concern", hint)


@check("retraction-corrected", on=None, severity=Severity.NOTE, needs="references")
def not_corrected(item: Item) -> Iterator[Problem]:
    """No evidence cites a paper that was corrected."""
    hint = "hold what the dossier states against the correction, and waive this when it is what holds now"
    yield from _problems(item, Nature.CORRECTION, "was corrected", hint)


def retracted(data: Mapping[str, Any], notices: Mapping[str, tuple[Notice, ...]]) -> frozenset[str]:
    """Return the ids of the references that were retracted, by their own word or by a notice."""
    return frozenset(
        reference["id"]
        for reference in data.get("references", [])
        if reference.get("retraction") == "retracted"
        or any(notice.nature is Nature.RETRACTION for notice in notices.get(reference["id"], ()))
    )


def _problems(item: Item, nature: Nature, told: str, hint: str) -> Iterator[Problem]:
    """Yield each reference that is of some nature, by a notice or by its own word.

    What evidence cites has the severity of the check. Of what only other parts cite, such as claims, the dossier should
    know: that is a note, and nothing where the dossier says so itself.
    """
    places: dict[str, list[Path]] | None = None
    for number, reference in enumerate(item.data.get("references", [])):
        name = reference["id"]
        known = reference.get("retraction") == _WORDS[nature]
        notices = [notice for notice in item.whole.notices.get(name, ()) if notice.nature is nature]
        if not notices and not known:
            continue
        places = _cited(item.data) if places is None else places
        citing = places.get(name, [])
        if not citing and known:
            continue
        used = (
            f"; evidence cites it {len(citing)} times" if len(citing) > 1 else "; evidence cites it" if citing else ""
        )
        yield Problem(
            f"`{name}` {told}{_details(notices)}{used}",
            at=("references", number, next((key for key in ("retraction", "doi", "pmid") if key in reference), "id")),
            hint=hint if citing else f"write `retraction: {_WORDS[nature]}` beside it",
            related=tuple(citing[:_MOST_RELATED]),
            severity=None if citing else Severity.NOTE,
        )


_WORDS = {
    Nature.RETRACTION: "retracted",
    Nature.CONCERN: "expression_of_concern",
    Nature.CORRECTION: "corrected",
}


def _cited(data: Mapping[str, Any]) -> dict[str, list[Path]]:
    places: dict[str, list[Path]] = {}
    for name, path in citations(data):
        places.setdefault(name, []).append(path)
    return places


def _details(notices: list[Notice]) -> str:
    """Return what the last notice says: when, why, and where it stands."""
    if not notices:
        return ", as the dossier itself says"
    last = notices[-1]
    date = f" on {last.date}" if last.date else ""
    reason = f" for: {_shortened(last.reason)}" if last.reason else ""
    return f"{date}{reason}" + (f" (notice: {last.doi})" if last.doi else "")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1].rstrip() + "…"
