"""Laws of exports: whatever a valid dossier states, each format can be read by those it is for."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.cli.destinations import ExportFormat
from evgrade.cli.export import exported
from evgrade.dossier import Dossier
from evgrade.exporting.exported import Named
from evgrade.model import EvgradeError
from tests.examples import examples

from .generated import a_dossier
from .test_fhir import bundle
from .test_json_ld import graph
from .test_references import bibliography, items, records
from .test_tables import TABLES, table

READERS = {
    ExportFormat.CSL_JSON: items,
    ExportFormat.RIS: records,
    ExportFormat.BIBTEX: bibliography,
    ExportFormat.JSON_LD: graph,
    ExportFormat.FHIR: bundle,
    **dict.fromkeys(TABLES, table),
}


def drawn(random: Random) -> Dossier:
    dossier = next(filter(None, (a_dossier(random) for _ in range(4))), None)
    assume(dossier is not None)
    assert dossier is not None
    return dossier


def text_of(form: ExportFormat, dossiers: list[Named]) -> str | None:
    """Return an export that its readers can read; None where a table of judgements has no tool, or several."""
    try:
        text = exported(form, dossiers).text
    except EvgradeError:
        assert form is ExportFormat.RISK_OF_BIAS_CSV
        return None
    READERS[form](text)
    assert text == text.encode("utf-8").decode()
    return text


# To draw a dossier takes longer than to write it in all formats.


@pytest.mark.slow
@given(random=st.randoms(use_true_random=False))
def test_every_format_of_any_dossier_can_be_read(random: Random) -> None:
    dossier = drawn(random)
    for form in ExportFormat:
        text_of(form, [Named("made", dossier)])


@pytest.mark.slow
@examples(30)
@given(random=st.randoms(use_true_random=False))
def test_the_same_dossiers_give_the_same_text(random: Random) -> None:
    dossiers = [Named(name, drawn(random)) for name in ("one", "two")]
    for form in ExportFormat:
        text = text_of(form, dossiers)
        assert text is None or exported(form, dossiers).text == text, form
