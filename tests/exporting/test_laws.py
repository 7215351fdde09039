"""Laws of exports: whatever a valid dossier states, each format can be read by those it is for."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.cli.arguments import ExportFormat
from evgrade.cli.export import exported
from evgrade.dossier import Dossier
from evgrade.exporting.exported import Named
from evgrade.model import EvgradeError

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
    dossier = a_dossier(random)
    assume(dossier is not None)
    assert dossier is not None
    return dossier


@pytest.mark.parametrize("form", ExportFormat)
@given(random=st.randoms(use_true_random=False))
def test_every_format_of_any_dossier_can_be_read(form: ExportFormat, random: Random) -> None:
    try:
        text = exported(form, [Named("made", drawn(random))]).text
    except EvgradeError:
        assert form is ExportFormat.RISK_OF_BIAS_CSV  # no tool, or several
        return
    READERS[form](text)
    assert text == text.encode("utf-8").decode()


@pytest.mark.parametrize("form", ExportFormat)
@given(random=st.randoms(use_true_random=False))
def test_the_same_dossier_gives_the_same_text(form: ExportFormat, random: Random) -> None:
    dossiers = [Named(name, drawn(random)) for name in ("one", "two")]
    try:
        text = exported(form, dossiers).text
    except EvgradeError:
        return
    READERS[form](text)
    assert exported(form, dossiers).text == text
