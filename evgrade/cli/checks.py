"""`evgrade checks`: the consistency checks, and the codes of findings."""

from __future__ import annotations

from evgrade.checks.prose import all_prose
from evgrade.checks.waivers import OF_RUBRICS
from evgrade.cli.exits import DONE
from evgrade.cli.streams import write_text_page
from evgrade.codes import known_codes
from evgrade.config import checked_names, covers
from evgrade.render.pages.checks import check_page, checks_page


def run_checks(name: str | None, output: str | None) -> int:
    """Print all consistency checks, or the meaning of one code, or the codes that begin with a prefix.

    Raises:
        CodeError: no code matches the name.
    """
    wording = all_prose()
    codes = known_codes()
    if name is None:
        listed = (code for code in codes.values() if code.name in wording or code.name in OF_RUBRICS)
        page = checks_page(listed)
    elif name in codes:
        page = check_page(codes[name], wording.get(name))
    else:
        checked_names([name], ignored=False)
        page = checks_page(code for code in codes.values() if covers(name, code.name))
    write_text_page(page, output)
    return DONE
