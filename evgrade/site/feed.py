"""What changed as an Atom feed (RFC 4287). Its dates are those of reviews and commits; no clock is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from evgrade.render.clean import for_uri, for_xml
from evgrade.site.names import Key
from evgrade.site.updates import Update

_MOST = 50
_NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries was updated: Atom wants a date."""


def feed(title: str, name: str, base: str, updates: Iterable[Update], page: Callable[[Key], str]) -> str:
    """Return the feed.

    Args:
        title: of the site.
        name: an address that is the feed's own and stays so.
        base: the address of the site, ending in a slash; where it is empty, links are relative to the feed.
        updates: what changed, the latest first; what has no date is left out, for Atom wants one.
        page: returns the page about something; nothing where there is none.
    """
    dated = [one for one in updates if one.moment][:_MOST]
    return "".join(f"{line}\n" for line in _lines(title, name, base, dated, page))


def _lines(title: str, name: str, base: str, updates: list[Update], page: Callable[[Key], str]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom">'
    yield f"<title>{for_xml(title)}: what changed</title>"
    yield f"<id>{for_xml(name)}</id>"
    yield f"<updated>{updates[0].moment if updates else _NEVER}</updated>"
    yield f"<author><name>{for_xml(title)}</name></author>"
    yield f'<link rel="alternate" href="{for_xml(base)}changed.html"/>'
    if base:
        yield f'<link rel="self" href="{for_xml(base)}feed.xml"/>'
    for one in updates:
        yield "<entry>"
        yield f"<title>{for_xml(f'{one.therapy} for {one.condition}: {one.what}')}</title>"
        yield f"<id>{one.id}</id>"
        yield f"<updated>{one.moment}</updated>"
        yield f'<link rel="alternate" href="{for_xml(base)}{for_uri(page(one.key) or "changed.html")}"/>'
        yield f"<content>{for_xml(' '.join((*one.moved, *one.notes)) or one.what)}</content>"
        yield "</entry>"
    yield "</feed>"
