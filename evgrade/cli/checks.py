"""`evgrade checks`."""

from __future__ import annotations

import sys

from evgrade.checks.prose import all_prose
from evgrade.checks.waivers import OF_RUBRICS
from evgrade.cli.exits import DONE
from evgrade.cli.streams import terminal_sink, write_payload
from evgrade.codes import known_codes
from evgrade.render.checks import check_text, checks_list_text
from evgrade.render.sink import Sink
from evgrade.selection import checked_names, covers


def run_checks(name: str | None, output: str | None) -> int:
    """Print all consistency checks; or what one code means; or the codes that begin with a name.

    Raises:
        CodeError: the name means no known code.
    """
    sink = terminal_sink(sys.stdout, color=False) if output in (None, "-") else Sink()
    told = all_prose()
    codes = known_codes()
    if name is None:
        listed = (code for code in codes.values() if code.name in told or code.name in OF_RUBRICS)
        text = checks_list_text(listed, sink)
    elif name in codes:
        text = check_text(codes[name], told.get(name), sink)
    else:
        checked_names([name], ignored=False)
        text = checks_list_text((code for code in codes.values() if covers(name, code.name)), sink)
    write_payload(text, output)
    return DONE
