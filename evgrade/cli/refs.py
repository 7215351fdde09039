"""`evgrade refs`: a list of the references in dossiers."""

from __future__ import annotations

from collections.abc import Sequence

from evgrade.checking import check_source, dossier_of
from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.exits import DONE
from evgrade.cli.options import read_notices, refuse_stdin_twice
from evgrade.cli.streams import check_outputs, write_reports
from evgrade.discover import Source
from evgrade.report.listing import Listing, listing_json, listing_of, listing_page
from evgrade.rubric.load import DEFAULT, load_rubrics


def run_refs(paths: Sequence[str], outputs: Sequence[Output[ScoreFormat]], retractions: str | None = None) -> int:
    """List the references of dossiers, and return 0 whatever is found.

    Raises:
        InvalidDossierError: a dossier is not valid.
        EvgradeError: a file cannot be used.
    """
    refuse_stdin_twice(paths)
    check_outputs(outputs)
    notices = read_notices(retractions)
    [rubric] = load_rubrics([DEFAULT])
    listings: list[Listing] = []
    for path in paths:
        dossier = dossier_of(check_source(Source(path, named=True), (), None, notices))
        said = {} if notices is None else {name: notices.of(one) for name, one in dossier.references.items()}
        listings.append(listing_of(dossier, rubric, said, None if notices is None else notices.count))
    write_reports(outputs, lambda: listing_page(listings), lambda: listing_json(listings))
    return DONE
