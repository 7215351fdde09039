"""`--retractions`: load the file of retraction notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices


def read_notices(path: str | None) -> Notices | None:
    """Return the notices of a file, None without one, and say what of it cannot be used.

    Raises:
        UnreadableError: it is not a regular file, or may not be read.
        RecordsError: it is not the CSV file of Retraction Watch, or a record in it could be missed.
    """
    if path is None:
        return None
    from evgrade.cli.streams import say
    from evgrade.render.clean import for_terminal
    from evgrade.retraction_watch import Notices

    notices = Notices(path)
    for odd in notices.oddities:
        say(f"evgrade: {for_terminal(path)}: {odd}")
    if not notices.count:
        say(f"evgrade: {for_terminal(path)} holds no notices")
    return notices
