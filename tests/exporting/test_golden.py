"""Each format of the examples, as it was read by people once."""

from __future__ import annotations

import re

import pytest

from evgrade.cli.destinations import ExportFormat
from tests.cli.support import EXERCISE, RILUZOLE, SINGING, Run

from .conftest import SameAsGolden

SUFFIXES = {
    ExportFormat.CSL_JSON: "csl.json",
    ExportFormat.RIS: "ris",
    ExportFormat.BIBTEX: "bib",
    ExportFormat.JSON_LD: "jsonld",
    ExportFormat.FHIR: "fhir.json",
}


def name(path: str, form: ExportFormat) -> str:
    stem = path.removeprefix("examples/").removesuffix(".dossier.yaml")
    return f"{stem}.{SUFFIXES.get(form) or form.replace('-csv', '.csv')}"


def without_digests(text: str) -> str:
    """Return an export with numbers for the addresses that are made from the bytes of the file."""
    addresses = dict.fromkeys(re.findall("urn:uuid:[0-9a-f-]{36}", text))
    for number, address in enumerate(addresses, start=1):
        text = text.replace(address, f"urn:uuid:{number}")
    return re.sub('"[0-9a-f]{64}"', '"SHA-256"', text)


@pytest.mark.parametrize("path", [RILUZOLE, SINGING])
@pytest.mark.parametrize("form", [form for form in ExportFormat if form is not ExportFormat.RISK_OF_BIAS_CSV])
def test_the_export_of_an_example_is_the_one_that_was_read(
    path: str, form: ExportFormat, evgrade: Run, same_as_golden: SameAsGolden
) -> None:
    result = evgrade("export", path, "--format", form)
    assert result.code == 0
    same_as_golden(without_digests(result.stdout), name(path, form))


def test_risk_of_bias_is_the_one_that_was_read(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    """No other example has judgements by a tool."""
    form = ExportFormat.RISK_OF_BIAS_CSV
    same_as_golden(evgrade("export", EXERCISE, "--format", form).stdout, name(EXERCISE, form))
