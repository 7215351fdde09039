"""Numbers of studies and papers are known as people write and paste them, and name their files harmlessly."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.registries.apis import Kind, Number, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("NCT00349622", "NCT00349622"),
        (" nct00349622 ", "NCT00349622"),
        ("https://clinicaltrials.gov/study/NCT00349622", "NCT00349622"),
        ("https://www.clinicaltrials.gov/study/NCT00349622?term=als#results", "NCT00349622"),
        ("http://classic.clinicaltrials.gov/ct2/show/results/NCT00349622", "NCT00349622"),
        ("https://clinicaltrials.gov/api/v2/studies/NCT00349622", "NCT00349622"),
        ("PMID:123", "PMID:123"),
        ("pmid: 12345678", "PMID:12345678"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345678/", "PMID:12345678"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/12345678", "PMID:12345678"),
        ("PMC3283037", "PMC3283037"),
        ("PMCID: PMC3283037", "PMC3283037"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC3283037/", "PMC3283037"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3283037", "PMC3283037"),
        ("10.1016/S1474-4422(07)70265-X", "DOI:10.1016/s1474-4422(07)70265-x"),
        ("doi:10.1000/xyz123.", "DOI:10.1000/xyz123"),
        ("DOI: 10.1000/xyz123", "DOI:10.1000/xyz123"),
        ("https://doi.org/10.1000/xyz123", "DOI:10.1000/xyz123"),
        ("http://dx.doi.org/10.1002%2F%28SICI%291097-4636%3C140%3A%3AAID%3E3.0.CO%3B2-8",
         "DOI:10.1002/(sici)1097-4636<140::aid>3.0.co;2-8"),
    ],
)  # fmt: skip
def test_a_number_is_known_as_people_write_it(text: str, number: str) -> None:
    assert str(number_in(text)) == number


@pytest.mark.parametrize(
    "text",
    [
        "NCT0034962",
        "NCT003496222",
        "12345678",
        "PMID:0",
        "PMID:",
        "PMC",
        "10.1000",
        "10.1/x",
        "10.1000/",
        "10.1000/a b",
        "a.json",
        "https://clinicaltrials.gov.example.org/study/NCT00349622",
        "https://example.org/study/NCT00349622",
        "https://example.org/10.1000/x",
        "https://[::1/10.1000/x",
        "ftp://doi.org/10.1000/x",
        "",
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_in(text) is None


@given(st.text(max_size=60).map(lambda text: f"10.1000/{text}"))
def test_the_file_of_a_number_is_one_name_on_every_system(text: str) -> None:
    number = number_in(text)
    if number is not None:
        assert re.fullmatch(r"DOI-[A-Za-z0-9._~%-]+\.json", number.file)


def test_two_numbers_have_two_files() -> None:
    pairs = [(Kind.DOI, "10.1000/a/b"), (Kind.DOI, "10.1000/a%2fb"), (Kind.PMID, "12"), (Kind.PMC, "PMC12")]
    assert len({Number(*pair).file for pair in pairs}) == len(pairs)
