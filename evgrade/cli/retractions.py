"""`--retractions`: the file of notices that sources are looked up in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices


def read_notices(path: str | None) -> Notices | None:
    """Return the notices of a file, None without one, and say what of it could not be read.

    Raises:
        UnreadableError: it is no regular file, or may not be read.
        NoticesError: it is no CSV file of Retraction Watch.
    """
    if path is None:
        return None
    from evgrade.cli.streams import say
    from evgrade.render.clean import for_terminal
    from evgrade.retraction_watch import Notices
    from evgrade.schema.suggest import many

    notices = Notices(path)
    if notices.unreadable:
        records = many(len(notices.unreadable), "record")
        first = notices.unreadable[0]
        say(f"evgrade: {for_terminal(path)}: {records} without all columns left out, the first at line {first}")
    return notices
