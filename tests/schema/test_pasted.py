"""What people paste: each value says what it is and what to write, and only one meaning makes it certain."""

from __future__ import annotations

import re

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.dossier import examine
from evgrade.schema.meant import fits
from evgrade.schema.pasted import LEAVE_OUT, value_meant
from evgrade.schema.store import schema
from evgrade.yamlio.scalars import resolve
from tests.examples import examples

from .fields import fields
from .finding import HEADER

FIELDS = {f"{name}.{key}": node for name, key, node in fields()}
NUMBER, COUNT, P, PERCENT, DATE = (
    FIELDS[name]
    for name in ("effect.estimate", "trial.participants", "effect.p", "effect_arm.percent", "reference.issued")
)


def hint(value: object, field: str) -> str:
    meant = value_meant(value, FIELDS[field], field.split(".")[1])  # type: ignore[arg-type]
    return "" if meant is None else meant.hint


def certain(value: object, field: str) -> str | None:
    """Return how a value is repaired, None where that is for people to do."""
    meant = value_meant(value, FIELDS[field], field.split(".")[1])  # type: ignore[arg-type]
    return meant.options[0].text if meant is not None and meant.certain else None


# Numbers

CERTAIN = {
    "effect.estimate": {
        "0,478": "0.478",
        "−0.47": "-0.47",
        "–0.85": "-0.85",
        "0·65": "0.65",
        "- 0.5": "-0.5",
        "−0,85": "-0.85",
        "1.234,5": "1234.5",
        "1,234.5": "1234.5",
        "1 234,5": "1234.5",
        "1'234.5": "1234.5",
        "12,50": "12.50",
        "5×10−8": "5e-8",
        "1.2 × 10^-3": "1.2e-3",
        "10⁻³": "1e-3",
        "0.5": "0.5",
        "\xa00.5\xa0": "0.5",
        "５": "5",
        "1.5e−3": "1.5e-3",
        ",5": "0.5",
        "1,234,567": "1234567",
        "٣٫٥": "3.5",
        "1\u2009234.5": "1234.5",
    },
    "trial.participants": {
        "1,667": "1667",
        "12 345": "12345",
        "12\xa0345": "12345",
        "12\u2009345": "12345",
        "1'667": "1667",
        "1.234.567": "1234567",
        "1,23,456": "123456",
        "120": "120",
        "n = 45": "45",
        "N=1,667": "1667",
        "two": "2",
    },
    "effect.p": {
        "0,03": "0.03",
        "<0,001": "< 0.001",
        "p < .001": "< 0.001",
        "P=0.03": "0.03",
        "≤ 0,001": "≤ 0.001",
        "< 5×10−8": "< 5e-8",
        "5 × 10−8": "5e-8",
        "0·03": "0.03",
        "<0·0001": "< 0.0001",
        "=<0,05": "<= 0.05",
        "less than 0.05": "< 0.05",
        "0.03": "0.03",
        "p-value = 0,5": "0.5",
    },
    "effect_arm.percent": {
        "45%": "45",
        "45 %": "45",
        "45,5 %": "45.5",
        "45.5\xa0%": "45.5",
        "1,667": "1.667",
        "<1%": "< 1",
        "< 0,1 %": "< 0.1",
    },
    "effect.ci_level": {"95%": "95", "95 %": "95", "97,5": "97.5"},
    "synthesis.i_squared": {"93 %": "93", "93%": "93"},
    "effect.ci_high": {"NE": "not_estimable", "not reached": "not_estimable", "∞": "not_estimable", "0,706": "0.706"},
    "trial.year": {"2,010": "2010", "2010": "2010"},
}


@pytest.mark.parametrize(("field", "pairs"), CERTAIN.items(), ids=CERTAIN)
def test_a_number_that_can_mean_one_thing_is_certain(field: str, pairs: dict[str, str]) -> None:
    assert {value: certain(value, field) for value in pairs} == pairs
    assert all(text in hint(value, field) for value, text in pairs.items())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (
            "effect.estimate",
            "1,667",
            ["1.667 if the comma is a decimal comma", "1667 if the comma separates thousands"],
        ),
        ("effect.estimate", "45%", ["0.45 if it is counted as a proportion", "45 if it is counted in percent"]),
        ("effect.estimate", "0.5 (0.3 to 0.8)", ["write 0.5 if that is the number meant"]),
        ("effect.p", "NS", ["leave it out", '"> 0.05"']),
        ("effect.p", "n.s.", ["leave it out", '"> 0.05"']),
        ("effect.p", "not significant", ["leave it out"]),
        ("effect.p", "**", ["leave it out"]),
        ("trial.participants", "about 120 people", ["120"]),
        ("trial.participants", "12,5", ["12.5", "must be a whole number"]),
        ("trial.participants", "45%", ["`percent`"]),
        ("trial.participants", ">100", ["a bound cannot be recorded here"]),
        ("trial.participants", 1.667, ["1667 if the point separates thousands"]),
        ("trial.year", "May 2010", ["2010"]),
        ("dose.amount", "10 mg", ["10"]),
        ("effect.ci_high", "NR", ["not_estimable"]),
    ],
)
def test_what_could_mean_two_things_is_for_people(field: str, value: object, said: list[str]) -> None:
    assert certain(value, field) is None
    assert all(words in hint(value, field) for words in said), hint(value, field)


@pytest.mark.parametrize(
    "word", ["unclear", "not_reported", "unknown", "NA", "n/a", "NR", "-", "—", "?", "Not reported"]
)
@pytest.mark.parametrize(
    "field", ["trial.participants", "effect.estimate", "reference.issued", "reference.doi", "effect.p"]
)
def test_where_no_word_can_stand_it_is_left_out(word: str, field: str) -> None:
    assert hint(word, field) == LEAVE_OUT
    assert certain(word, field) is None


def test_the_character_is_named_that_looks_right() -> None:
    assert hint("−0.47", "effect.estimate") == "the sign is U+2212 (minus sign): write -0.47"
    assert hint("0·65", "effect.estimate") == "the decimal point is U+00B7 (middle dot): write 0.65"
    assert "no-break space (U+00A0)" in hint("12\xa0345", "trial.participants")


GROUPS = (",", ".", " ", "\xa0", "\u202f", "\u2009", "'", "’", "")
DECIMALS = (".", ",", "·", "٫")
SIGNS = ("-", "−", "–", "")


@st.composite
def printed(draw: st.DrawFn, *, whole: bool = False) -> tuple[str, float]:
    """Return a number as some language prints it, and the number."""
    digits = draw(st.integers(0, 10**8))
    decimals = "" if whole else draw(st.from_regex(r"[0-9]{0,6}", fullmatch=True))
    group = draw(st.sampled_from(GROUPS))
    decimal = draw(st.sampled_from([sign for sign in DECIMALS if sign != group]))
    sign = "" if whole else draw(st.sampled_from(SIGNS))
    text = sign + f"{digits:,}".replace(",", group) + (f"{decimal}{decimals}" if decimals else "")
    return text, float(f"{'-' if sign else ''}{digits}{f'.{decimals}' if decimals else ''}")


def options(value: str, node: dict[str, object]) -> list[object]:
    meant = value_meant(value, node, "")
    return [] if meant is None else [option.value for option in meant.options]


@examples(500)
@given(printed())
def test_any_language_s_number_is_among_what_is_suggested(number: tuple[str, float]) -> None:
    text, value = number
    if re.fullmatch(r"[^0-9]?[0-9]{1,3}\.[0-9]{3}", text):
        return  # 1.667, which nobody can know to be meant as 1667
    if isinstance(resolve(text), str):
        found = options(text, NUMBER)
        assert value in found, text
        meant = value_meant(text, NUMBER, "")
        assert meant is not None
        assert meant.certain == (len(found) == 1)
        assert all(resolve(option.text) == option.value and option.text in meant.hint for option in meant.options)
    else:
        assert resolve(text) == value


@examples(300)
@given(printed(whole=True))
def test_any_language_s_whole_number_is_certain_where_one_is_wanted(number: tuple[str, float]) -> None:
    text, value = number
    assume(isinstance(resolve(text), str))
    meant = value_meant(text, COUNT, "")
    assert meant is not None
    assert [option.value for option in meant.options] == [value]
    assert meant.certain


@examples(300)
@given(st.text(max_size=30))
def test_no_text_is_repaired_to_what_the_field_does_not_take(text: str) -> None:
    for node in (NUMBER, COUNT, P, PERCENT, DATE):
        meant = value_meant(text, node, "")
        if meant is not None and meant.certain:
            assert fits(meant.options[0].value, node)


# Dates

DATES = {
    "3 May 2010": "2010-05-03",
    "May 3, 2010": "2010-05-03",
    "3rd May 2010": "2010-05-03",
    "2010 May 3": "2010-05-03",
    "2010/05/03": "2010-05-03",
    "2010.5.3": "2010-05-03",
    "2010-5-3": "2010-05-03",
    "2010–05–03": "2010-05-03",
    "May 2010": "2010-05",
    "Sept. 2010": "2010-09",
    "05/2010": "2010-05",
    "2010/05": "2010-05",
    "3-May-2010": "2010-05-03",
    "13/05/2010": "2010-05-13",
    "05/13/2010": "2010-05-13",
    "05.05.2010": "2010-05-05",
    "2010-05-00": "2010-05",
    "2010-05-03T10:00:00Z": "2010-05-03",
    "2010-05-03 10:00": "2010-05-03",
    " 2010 ": "2010",
    "2010-05-03\xa0": "2010-05-03",
}


@pytest.mark.parametrize("value", DATES)
def test_a_date_in_words_or_with_slashes_is_certain(value: str) -> None:
    assert certain(value, "reference.issued") == DATES[value]


def test_a_date_as_one_number_is_certain() -> None:
    assert certain(20100503, "reference.issued") == "2010-05-03"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("03/05/2010", ["2010-05-03 if the day comes first", "2010-03-05 if the month comes first"]),
        ("Spring 2010", ["2010"]),
        ("c. 2010", ["2010"]),
        ("31 February 2010", ["2010"]),
        ("May-June 2010", ["2010"]),
        ("in press", [LEAVE_OUT]),
    ],
)
def test_a_date_that_is_not_clear_is_for_people(value: str, said: list[str]) -> None:
    assert certain(value, "reference.issued") is None
    assert all(words in hint(value, "reference.issued") for words in said)


@pytest.mark.parametrize("value", ["2010-02-30", "2010-2012", "soon", "99999", 2010.1])
def test_of_what_is_no_date_nothing_is_made(value: object) -> None:
    assert hint(value, "reference.issued") == ""


# Identifiers

IDENTIFIERS = {
    "reference.doi": {
        "doi:10.1000/a": "10.1000/a",
        "https://doi.org/10.1000/a": "10.1000/a",
        "DOI 10.1000/a": "10.1000/a",
        "doi:https://doi.org/10.1000/a": "10.1000/a",
        "info:doi/10.1000/a": "10.1000/a",
        "\xa010.1000/a": "10.1000/a",
        "10.1016%2Fj.x": "10.1016/j.x",
        "https://doi.org/10.1016%2fj.x": "10.1016/j.x",
        "10.1000/a.": "10.1000/a",
        "10.1000/a,": "10.1000/a",
        "10.1000/a)": "10.1000/a",
        "doi: 10.1000/a;": "10.1000/a",
        "10.1000/a(1).": "10.1000/a(1)",
    },
    "reference.pmid": {
        "PMID: 123": "123",
        "https://pubmed.ncbi.nlm.nih.gov/123/": "123",
        "PMID123": "123",
        "123.": "123",
        "https://www.ncbi.nlm.nih.gov/pubmed/123": "123",
        "https://pubmed.ncbi.nlm.nih.gov/123/?term=a": "123",
        "12,345,678": "12345678",
        "12 345 678": "12345678",
        "pubmed:123": "123",
    },
    "reference.pmcid": {
        "pmc123": "PMC123",
        "PMC 123": "PMC123",
        "PMCID: PMC123": "PMC123",
        "PMC123.": "PMC123",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123/": "PMC123",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC123/": "PMC123",
    },
    "trial.registry": {
        "nct01234567": "NCT01234567",
        "NCT 0123 4567": "NCT01234567",
        "NCT-01234567": "NCT01234567",
        "https://clinicaltrials.gov/study/NCT01234567": "NCT01234567",
        "NCT01234567.": "NCT01234567",
        "ClinicalTrials.gov Identifier: NCT01234567": "NCT01234567",
        "isrctn 12345678": "ISRCTN12345678",
        "EudraCT 2004-000000-00": "2004-000000-00",
        "2004–000000–00": "2004-000000-00",
    },
    "reference.issn": {"03785955": "0378-5955", "0378–5955": "0378-5955", "ISSN 0378-595x": "0378-595X"},
    "reference.url": {
        "<https://example.org/a>": "https://example.org/a",
        " https://example.org": "https://example.org",
    },
}


@pytest.mark.parametrize(("field", "pairs"), IDENTIFIERS.items(), ids=IDENTIFIERS)
def test_an_identifier_with_something_around_it_is_certain(field: str, pairs: dict[str, str]) -> None:
    assert {value: certain(value, field) for value in pairs} == pairs


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("reference.doi", "10/ggwzsb", "this is a short DOI"),
        ("reference.doi", "https://doi.org/ggwzsb", "open https://doi.org/ggwzsb"),
        ("reference.doi", "0.1016/j.x", "10.1016/j.x"),
        ("reference.doi", "10.1016/ j.x", "10.1016/j.x if they come from the end of a line"),
        ("reference.doi", "https://publisher.example/10.1000/a", "10.1000/a if that is the DOI in it"),
        ("reference.pmcid", "123", "PMC123 if this is not a PMID"),
        ("reference.url", "www.example.org/a", "https://www.example.org/a"),
        ("trial.registry", "NCT 123", "NCT followed by 8 digits"),
    ],
)
def test_an_identifier_that_has_to_be_looked_up_is_for_people(field: str, value: str, said: str) -> None:
    assert certain(value, field) is None
    assert said in hint(value, field)


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("reference.pmid", "PMC4992780", "pmcid"),
        ("reference.pmid", "10.1000/a", "doi"),
        ("reference.pmid", "https://doi.org/10.1000/a", "doi"),
        ("reference.pmcid", "PMID: 123", "pmid"),
        ("reference.doi", "PMC123", "pmcid"),
        ("reference.doi", "https://pubmed.ncbi.nlm.nih.gov/123/", "pmid"),
    ],
)
def test_an_identifier_of_another_kind_is_told_its_key(field: str, value: str, key: str) -> None:
    meant = value_meant(value, FIELDS[field], field.split(".")[1])
    assert meant is not None
    assert meant.key == key
    assert meant.hint.endswith(f"under `{key}`")


def test_one_mistake_is_one_finding() -> None:
    text = f"{HEADER}trials: [{{id: t, statement: s, refs: [r]}}]\nreferences: [{{id: r, pmid: PMC4992780}}]\n"
    (finding,) = examine(text.encode(), "a.yaml")[1]
    assert finding.hint == "this is a PMCID: write PMC4992780 under `pmcid`"


# What holds for all

VALUES: list[object] = [
    *(
        "",
        "x",
        "0",
        "1",
        "0.5",
        "-1",
        "2010",
        "2010-05",
        "2010-02-30",
        "10.1000/a",
        "PMC1",
        "NCT01234567",
        "< 0.5",
        "≤ 1",
    ),
    *(
        True,
        False,
        0,
        1,
        -1,
        5,
        101,
        2010,
        10**12,
        0.5,
        2.0,
        -0.5,
        "unclear",
        "not_estimable",
        "x" * 40_000,
        "1-3",
        "a b",
    ),
]


DEFINITIONS = sorted({name.split(".")[0] for name in FIELDS})


def fields_of(definition: str) -> list[str]:
    return [name for name in FIELDS if name.split(".")[0] == definition]


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_what_fits_is_what_the_schema_accepts(definition: str) -> None:
    for name in fields_of(definition):
        fits_as_accepted(name)


def fits_as_accepted(name: str) -> None:
    node = {**FIELDS[name], "$schema": "https://json-schema.org/draft/2020-12/schema"}
    checker = jsonschema.FormatChecker(formats=())
    validator = jsonschema.Draft202012Validator(node, format_checker=checker)
    for value in [*VALUES, *node.get("enum", ())]:
        if node.get("format") and isinstance(value, str) and "02-30" in value:
            continue  # the calendar is not the schema's
        assert fits(value, FIELDS[name]) == validator.is_valid(value), (name, value)


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_of_a_good_value_nothing_is_said(definition: str) -> None:
    said = []
    for name in fields_of(definition):
        node = FIELDS[name]
        good = [*node.get("enum", ()), *(value for value in VALUES if fits(value, node))]  # type: ignore[arg-type]
        said += [(name, value) for value in good if value_meant(value, node, name.split(".")[1])]
    assert said == []


def test_every_kind_of_the_schema_is_read() -> None:
    kinds = {node["x-kind"] for node in FIELDS.values() if "x-kind" in node}
    assert kinds == {"doi", "pmid", "pmcid", "registry", "issn", "url"}
    assert schema("dossier")["$defs"]["url"]["x-kind"] == "url"
