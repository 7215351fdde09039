"""What is repaired, what is left to people, and that nothing else of a file changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade import fixes as module
from evgrade.fixes import find_fixes, fixed, repaired
from evgrade.model import EvgradeError
from evgrade.schema.store import schema
from evgrade.yamlio.events import FastParser, PythonParser
from evgrade.yamlio.reader import read
from evgrade.yamlio.written import Writing
from tests.examples import examples

ROOT = Path(__file__).parents[2]
START = "dossier: 1\ntherapy: {name: t}\ncondition: {name: c}\n"


def mended(text: str | bytes) -> str:
    """Return a dossier after its repairs."""
    content = text.encode() if isinstance(text, str) else text
    document = read(content, "a.dossier.yaml")
    found = find_fixes(document)
    return (fixed(document, found) if found else content).decode()


def reference(fields: str) -> str:
    return f"{START}references: [{{id: r, {fields}}}]\n"


def trial(fields: str) -> str:
    return f"{START}trials: [{{id: t, statement: s, {fields}}}]\n"


# What is certain


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("doi: https://doi.org/10.1000/a(1)b", "doi: 10.1000/a(1)b"),
        ("doi: http://dx.doi.org/10.1000/A", "doi: 10.1000/A"),
        ("doi: https://doi.org/10.1000/a%2Fb", "doi: 10.1000/a/b"),
        ("doi: 'https://www.doi.org/10.1000/a'", "doi: '10.1000/a'"),
        ('doi: "doi.org/10.1000/a "', 'doi: "10.1000/a"'),
        ("doi: doi:10.1000/a", "doi: 10.1000/a"),
        ('doi: "DOI: 10.1000/it\'s"', 'doi: "10.1000/it\'s"'),
        ("doi: 'doi:10.1000/it''s'", "doi: '10.1000/it''s'"),
        (r'doi: "doi:10.1000/a\"b\\c"', r'doi: "10.1000/a\"b\\c"'),
        ("pmid: 'PMID: 123'", "pmid: '123'"),
        ("pmid: pmid:123", "pmid: 123"),
        ("pmid: PMID 123", "pmid: 123"),
        ("pmid: https://pubmed.ncbi.nlm.nih.gov/123/", "pmid: 123"),
        ("pmcid: pmc123", "pmcid: PMC123"),
        ('pmcid: "PMCID: PMC123"', 'pmcid: "PMC123"'),
        ("pmcid: PMCID:PMC123", "pmcid: PMC123"),
        ("type: Article", "type: article"),
        ("type: personal-communication", "type: personal_communication"),
        ("retraction: Expression of concern", "retraction: expression_of_concern"),
        ("retraction: !!str NONE", "retraction: !!str none"),
        ("retraction: &here None", "retraction: &here none"),
        ("retraction: Not Reported", "retraction: not_reported"),
    ],
)
def test_what_is_certain_is_repaired(written: str, right: str) -> None:
    assert mended(reference(written)) == reference(right)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("registry: [nct01234567, ISRCTN12345678]", "registry: [NCT01234567, ISRCTN12345678]"),
        ("registry: ['Isrctn12345678']", "registry: ['ISRCTN12345678']"),
        ("phase: Phase 2", "phase: phase2"),
        ("phase: phase-1-phase-2", "phase: phase1_phase2"),
        ("phase: EARLY PHASE 1", "phase: early_phase1"),
    ],
)
def test_so_it_is_in_trials(written: str, right: str) -> None:
    assert mended(trial(written)) == trial(right)


def test_a_word_becomes_capital_letters_where_they_are_right() -> None:
    text = trial("effects: [{measure: hr}]")
    assert mended(text) == text.replace("hr", "HR")


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("participants: 1,667", "participants: 1667"),
        ("participants: '12 345'", "participants: 12345"),
        ('year: "2010"', "year: 2010"),
        ("effects: [{estimate: −0.47, p: '<0,001'}]", "effects: [{estimate: -0.47, p: '< 0.001'}]"),
        ("effects: [{p: '0,03'}]", "effects: [{p: 0.03}]"),
        ("effects: [{ci_high: &e 0·706, ci_low: *e}]", "effects: [{ci_high: &e 0.706, ci_low: *e}]"),
        ("phase: 2", "phase: phase2"),
        ("phase: 2/3", "phase: phase2_phase3"),
        ("powered: yes", "powered: true"),
        ("dose: {route: i.v.}", "dose: {route: intravenous}"),
        ("comparator: placebo", "control: placebo"),
        ("Blinding: Double blind", "masking: double"),
        ("n: 45", "participants: 45"),
        ("registry: [NCT 0123 4567]", "registry: [NCT01234567]"),
    ],
)
def test_numbers_and_words_of_the_trade_are_repaired(written: str, right: str) -> None:
    assert repaired(trial(written).encode(), "a.yaml")[0].decode() == trial(right)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("PMID: '123'", "pmid: '123'"),
        ("pmid: PMC 123", "pmcid: PMC123"),
        ("PMID: PMC123", "pmcid: PMC123"),
        ("journal: J", "container_title: J"),
        ("year: 3 May 2010", "issued: 2010-05-03"),
        ('"authors": [A B]', '"author": [A B]'),
        ("issued: 20100503", "issued: 2010-05-03"),
        ("doi: 10.1016%2Fj.x", "doi: 10.1016/j.x"),
        ("doi: https://doi.org/10.1000/a%3Cb%3E%5Bc%5D", "doi: '10.1000/a<b>[c]'"),
        ("retraction: false", "retraction: none"),
        ("'title\xa0': x", "'title': x"),
    ],
)
def test_keys_and_values_are_repaired_together(written: str, right: str) -> None:
    assert mended(reference(written)) == reference(right)


def test_slips_of_yaml_are_repaired_with_what_is_in_them() -> None:
    text = START + "trials: []\n  - id: t\n    statement:\xa0s\n    effects:\n      - {outcome: o, ci_high: 0,706}\n"
    after, fixes = repaired(text.encode(), "a.yaml")
    assert after.decode() == (
        START + "trials:\n  - id: t\n    statement: s\n    effects:\n      - {outcome: o, ci_high: 0.706}\n"
    )
    assert [str(fix.location) for fix in fixes] == ["a.yaml:4:9", "a.yaml:6:15", "a.yaml:8:31"]
    assert [(fix.old, fix.new) for fix in fixes][2] == ("0,706", "0.706")


def test_a_slip_that_can_be_read_is_repaired_only_where_that_leaves_fewer_errors() -> None:
    text = trial("effects: [{outcome: o, arms: [{name: a, percent: 45,5%, mean: −1,5}]}]")
    after = repaired(text.encode(), "a.yaml")[0].decode()
    assert after == text.replace("45,5%", "45.5").replace("−1,5", "-1.5")
    own = trial("x-mine: {a: 45,5 %}")
    assert repaired(own.encode(), "a.yaml") == (own.encode(), ())


def test_every_sign_of_a_minus_is_read_in_braces() -> None:
    text = trial("effects: [{outcome: o, estimate: −0,85, ci_low: –1,7, ci_high: ‐0,1}]")
    right = text.replace("−0,85", "-0.85").replace("–1,7", "-1.7").replace("‐0,1", "-0.1")
    assert repaired(text.encode(), "a.yaml")[0].decode() == right


def test_a_number_that_can_be_read_in_two_ways_is_kept_whole() -> None:
    text = trial("effects: [{outcome: o, estimate: 1,667}]")
    assert repaired(text.encode(), "a.yaml")[0].decode() == text.replace("1,667", '"1,667"')


# What is not


@pytest.mark.parametrize(
    "written",
    [
        "doi: 10.1000/a",
        "doi: https://publisher.example/10.1000/a",
        "doi: https://doi.org/10.1000/a?x=y",
        "doi: doi:doi:10.1000/a",
        "doi: doi:11.1000/a",
        "pmid: 123",
        "pmid: '0123'",
        "pmcid: '123'",
        "pmid: PMC123\n  pmcid: PMC123",
        "journal: J\n  container_title: J",
        "journal: J\n  Container-Title: K",
        "year: soon",
        "doi: 0.1016/j.x",
        "doi: 10/ggwzsb",
        "issued: 03/05/2010",
        "doi: !!str 10.1000/a",
        "volume: '1,667'",
        "type: articles",
        "type: art icle?",
        "title: PMID:123",
        "x-doi: doi:10.1000/a",
        "doi: |-\n    doi:10.1000/a",
        'doi: "doi:\n    10.1000/a"',
    ],
)
def test_what_could_mean_something_else_is_left_to_people(written: str) -> None:
    text = f"{START}references:\n- id: r\n  {written}\n"
    assert mended(text) == text


def test_an_address_in_another_place_is_no_identifier() -> None:
    text = trial("registry: [eudract-2004-000000-00, nct1], notes: nct01234567")
    assert mended(text) == text


def test_what_is_no_dossier_is_left_alone() -> None:
    text = "references: [{doi: doi:10.1000/a}]\n"
    assert mended(text) == text


def test_an_alias_that_means_the_same_is_repaired_once_and_one_that_does_not_is_left() -> None:
    same = f"{START}references:\n- {{id: r, retraction: &n None}}\n- {{id: s, retraction: *n}}\n"
    assert mended(same) == same.replace("None", "none")
    other = f"{START}references:\n- {{id: r, retraction: &n None}}\n- {{id: s, title: *n}}\n"
    assert mended(other) == other


def test_a_repair_says_what_where_and_why() -> None:
    [fix] = find_fixes(read(reference("doi: 'doi:10.1000/a'").encode(), "a.dossier.yaml"))
    assert fix.paths == (("references", 0, "doi"),)
    assert str(fix.location) == "a.dossier.yaml:4:27"
    assert (fix.old, fix.new, fix.why) == ("doi:10.1000/a", "10.1000/a", "a DOI is written without `doi:`")


def test_a_repair_that_would_change_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a repair ever be more than it promises, nothing is written."""
    document = read(reference("doi: doi:10.1000/a, title: x").encode(), "a.dossier.yaml")
    found = find_fixes(document)
    for broken in ("10.1000/a, volume: 3", "10.1000/a}", "[", "10.1000/b"):
        monkeypatch.setattr(module, "rewritten", lambda _written, _value, broken=broken: broken)
        with pytest.raises(EvgradeError, match=r"a\.dossier\.yaml was not repaired"):
            fixed(document, found)


# Laws

ENUMS: dict[str, set[str]] = {}
for node in schema("dossier")["$defs"].values():
    for key, field in node.get("properties", {}).items():
        if "enum" in field:
            ENUMS.setdefault(key, set()).update(one for one in field["enum"] if isinstance(one, str))

FIELD = re.compile(r"^(?P<before> *(?:- )?(?P<key>\w+): )(?P<value>[\w./()-]+)(?=$| +#)", re.MULTILINE)
EXAMPLES = sorted(ROOT.glob("examples/**/*.dossier.yaml"))
MISSPELT: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.title,
    lambda word: word.replace("_", "-"),
    lambda word: word.replace("_", " "),
)
WRAPPED = {
    "doi": ("doi:{}", "https://doi.org/{}", "http://dx.doi.org/{}"),
    "pmid": ("pmid:{}", "PMID {}", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "pmcid": ("PMCID:{}",),
}


def damaged(text: str, draw: st.DataObject) -> str:
    """Return a dossier with some values written as people do."""

    def instead(found: re.Match[str]) -> str:
        key, value = found["key"], found["value"]
        if key in WRAPPED and draw.draw(st.booleans()):
            form = draw.draw(st.sampled_from(WRAPPED[key]))
            return found["before"] + form.format(value)
        if value in ENUMS.get(key, ()) and draw.draw(st.booleans()):
            return found["before"] + draw.draw(st.sampled_from(MISSPELT))(value)
        return found.group()

    return FIELD.sub(instead, text)


@examples(40)
@given(st.sampled_from(EXAMPLES), st.booleans(), st.booleans(), st.data())
def test_repairs_bring_every_byte_back(example: Path, mark: bool, dos: bool, data: st.DataObject) -> None:
    """Comments, blank lines, indents, quotes, line ends and the byte order mark are as they were."""
    text = example.read_text(encoding="utf-8")
    text = ("\ufeff" if mark else "") + (text.replace("\n", "\r\n") if dos else text)
    assert mended(damaged(text, data)) == text


@given(st.data())
def test_repairs_are_complete_at_once(data: st.DataObject) -> None:
    values = st.text(st.sampled_from("doi:pmcPMIDNCTnct 10./123_-%'\"\\"), max_size=24)
    quoted = ("'" + data.draw(values).replace("'", "''") + "'" for _ in range(5))
    fields = zip(("doi", "pmid", "pmcid", "type", "retraction"), quoted, strict=True)
    once = mended(reference(", ".join(f"{key}: {value}" for key, value in fields)))
    assert mended(once) == once


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_both_parsers_tell_where_a_value_stands(example: Path) -> None:
    document = read(example.read_bytes(), example.name)
    fast, pure = (Writing(document, parser=parser) for parser in (FastParser, PythonParser))
    seen = 0
    for offset in document.marks:
        assert fast.scalar(offset) == pure.scalar(offset)
        seen += fast.scalar(offset) is not None
    assert seen > 10
