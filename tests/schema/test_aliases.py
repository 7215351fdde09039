"""Words of the trade: each means a name that the format has, and none means two."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from evgrade.dossier import examine
from evgrade.schema.aliases import choice_meant, collapsed, folded, key_meant, table_of
from evgrade.schema.meant import Scalar

from .fields import fields, mappings
from .finding import HEADER

CHOICES = {
    (key, tuple(node.get("enum", (True, False)))): node
    for _, key, node in fields()
    if "enum" in node or node.get("type") == "boolean"
}
KEYS = {name: tuple(node["properties"]) for name, node in mappings()}
NO_NUMBER = {"ci_low": ("not_estimable",), "ci_high": ("not_estimable",)}


def written(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def members(field: str) -> set[str]:
    """Return what a field of any mapping can be."""
    found = {written(one) for key, allowed in CHOICES if field in (key, "any") for one in allowed}
    return found | set(NO_NUMBER.get(field, ()))


@pytest.mark.parametrize("table", ["x-aliases", "x-likely"])
def test_every_alias_of_a_value_points_at_a_value_that_the_field_has(table: str) -> None:
    for field, names in table_of(table).items():
        assert set(names) <= members(field), field


@pytest.mark.parametrize("table", ["x-key-aliases", "x-likely-keys"])
def test_every_alias_of_a_key_points_at_a_key_that_the_mapping_has(table: str) -> None:
    for definition, names in table_of(table).items():
        known = set().union(*KEYS.values()) if definition == "any" else set(KEYS[definition])
        assert set(names) <= known, definition


@pytest.mark.parametrize(("field", "allowed"), CHOICES, ids=lambda part: part if isinstance(part, str) else "")
def test_no_alias_of_a_value_is_another_value_or_means_two(field: str, allowed: tuple[Scalar, ...]) -> None:
    known = {collapsed(written(one)): written(one) for one in allowed}
    assert len(known) == len(allowed)
    for group in ("any", field):
        for name, words in table_of("x-aliases").get(group, {}).items():
            for word in words if name in known.values() else ():
                if group == "any" and collapsed(word) in known:
                    continue  # «no information» is a value of its own in the tools of risk of bias
                assert collapsed(word) not in known, (field, word)
                meant = choice_meant(word, allowed, field)
                assert meant is not None, (field, word)
                assert [written(option.value) for option in meant.options] == [name], (field, word)
                assert meant.certain


@pytest.mark.parametrize("definition", KEYS)
def test_no_alias_of_a_key_is_another_key_or_means_two(definition: str) -> None:
    known = KEYS[definition]
    for group in ("any", definition):
        for name, words in table_of("x-key-aliases").get(group, {}).items():
            for word in words if name in known else ():
                if word in known:
                    assert group == "any", (definition, word)
                    continue
                meant = key_meant(word, known, definition)
                assert meant is not None, (definition, word)
                assert [option.text for option in meant.options] == [name], (definition, word)


@pytest.mark.parametrize("tables", [("x-aliases", "x-likely"), ("x-key-aliases", "x-likely-keys")])
def test_what_is_certain_is_not_likely_too(tables: tuple[str, str]) -> None:
    certain, likely = map(table_of, tables)
    for group, names in likely.items():
        for name, words in names.items():
            sure = {folded(word) for word in certain.get(group, {}).get(name, ())}
            assert not sure & {folded(word) for word in words}, (group, name)


def test_no_alias_stands_twice() -> None:
    for table in ("x-aliases", "x-likely", "x-key-aliases", "x-likely-keys"):
        for group, names in table_of(table).items():
            for name, words in names.items():
                assert len({folded(word) for word in words}) == len(words), (table, group, name)
                assert words, (table, group, name)


def spelt(word: str) -> Mapping[str, str]:
    return {
        "capital": word.upper(),
        "title": word.title(),
        "hyphens": word.replace(" ", "-"),
        "underscores": word.replace(" ", "_"),
        "British": word.replace("iz", "is"),
        "blanks": f" {word} ",
    }


@pytest.mark.parametrize(("field", "allowed"), CHOICES, ids=lambda part: part if isinstance(part, str) else "")
def test_case_hyphens_underscores_and_british_spelling_make_no_difference(
    field: str, allowed: tuple[Scalar, ...]
) -> None:
    for value in allowed:
        for how, word in spelt(written(value).replace("_", " ")).items():
            meant = choice_meant(word, allowed, field)
            assert meant is not None, (how, word)
            assert [option.value for option in meant.options] == [value], (how, word)
            assert meant.certain


WORDS = """
route: iv=intravenous, i.v.=intravenous, IV=intravenous, po=oral, sc=subcutaneous, s.c.=subcutaneous, im=intramuscular
phase: 2=phase2, II=phase2, Phase II=phase2, 2/3=phase2_phase3, phase2/phase3=phase2_phase3, I-II=phase1_phase2
phase: Phase III=phase3, phase I/II=phase1_phase2, N/A=na, PHASE2|PHASE3=phase2_phase3, Early Phase 1=early_phase1
masking: double-blind=double, double blind=double, open label=none, open-label=none, single-blind=single
masking: triple-blind=triple, Unblinded=none, DOUBLE BLINDED=double
control: sham=sham, wait list=waiting_list, waitlist=waiting_list, standard of care=usual_care, SOC=usual_care
control: treatment as usual=usual_care, TAU=usual_care, Placebo-controlled=placebo
allocation: RCT=randomized, randomised=randomized, Non-randomised=non_randomized, single_arm=na, single-arm=na
intervention_model: single_arm=single_group, cross-over=crossover, Parallel Assignment=parallel
status: Active, not recruiting=active, Enrolling by invitation=recruiting
measure: Cohen d=SMD, Cohen's d=SMD, Cohen’s d=SMD, Hedges g=SMD, Hedges’ g=SMD, risk ratio=RR, relative risk=RR
measure: odds ratio=OR, hazard ratio=HR, rate ratio=rate_ratio, IRR=rate_ratio, risk difference=RD, WMD=MD
measure: mean difference=MD, standardised mean difference=SMD
direction: refutes=contradicts, supporting=supports
seriousness: fatal=died, hospitalised=hospitalized, SAE=serious
kind: best case series=case_series
powered: yes=true, No information=not_reported
retraction: false=none, erratum=corrected
""".strip().splitlines()


@pytest.mark.parametrize("line", WORDS)
def test_words_of_the_trade_are_known(line: str) -> None:
    field, _, pairs = line.partition(": ")
    for word, name in re.findall(r"(?:^|, )(.+?)=(\w+)", pairs):
        allowed = [allowed for key, allowed in CHOICES if key == field and name in map(written, allowed)]
        assert allowed, name
        meant = [choice_meant(word, one, field) for one in allowed if word not in one]
        answers = [
            [written(option.value) for option in one.options] for one in meant if one is not None and one.certain
        ]
        assert answers == [[name]] * len(meant), word


@pytest.mark.parametrize(
    ("field", "word", "names"),
    [
        ("result", "positive", ["benefit"]),
        ("result", "negative", ["no_benefit", "harm"]),
        ("measure", "ARR", ["RD"]),  # its sign is the other way round
        ("phase", "IIa", ["phase2"]),
        ("masking", "blinded", ["single", "double"]),
        ("powered", "unknown", ["unclear", "not_reported"]),
    ],
)
def test_what_is_only_likely_is_a_question(field: str, word: str, names: list[str]) -> None:
    allowed = next(allowed for key, allowed in CHOICES if key == field)
    meant = choice_meant(word, allowed, field)
    assert meant is not None
    assert not meant.certain
    assert sorted(option.text for option in meant.options) == sorted(names)
    assert meant.hint.startswith("did you mean ")


@pytest.mark.parametrize(
    ("field", "word", "name", "certain"),
    [
        ("measure", "Odds Ratio (OR)", "OR", True),
        ("measure", "Relative risk (RR)", "RR", True),
        ("measure", "Odds Ratio (RR)", "OR", False),
        ("masking", "None (Open Label)", "none", True),
        ("masking", "Double (Participant, Investigator)", "double", False),
        ("masking", "double-blind, placebo-controlled", "double", False),
        ("allocation", "Randomised.", "randomized", True),
    ],
)
def test_a_word_with_more_behind_it_is_a_question_unless_that_is_the_same(
    field: str, word: str, name: str, certain: bool
) -> None:
    allowed = next(allowed for key, allowed in CHOICES if key == field)
    meant = choice_meant(word, allowed, field)
    assert meant is not None
    assert ([option.text for option in meant.options], meant.certain) == ([name], certain)


def test_a_word_that_is_another_number_in_roman_is_not_read_as_one() -> None:
    allowed = next(allowed for key, allowed in CHOICES if key == "phase")
    for word, name in {
        "I-II": "phase1_phase2",
        "II-III": "phase2_phase3",
        "III": "phase3",
        "I/II": "phase1_phase2",
    }.items():
        meant = choice_meant(word, allowed, "phase")
        assert meant is not None
        assert [option.value for option in meant.options] == [name]
    assert choice_meant("I I", allowed, "phase") is None


KEY_WORDS: dict[str, dict[str, str]] = {
    "reference": {
        "journal": "container_title",
        "pages": "page",
        "authors": "author",
        "year": "issued",
        "PMID": "pmid",
        "DOI": "doi",
        "container-title": "container_title",
        "containerTitle": "container_title",
    },
    "trial": {
        "n": "participants",
        "dosage": "dose",
        "comparator": "control",
        "blinding": "masking",
        "N": "participants",
        "Conflict of interest": "conflicts_of_interest",
        "randomisation": "allocation",
    },
    "effect": {"p-value": "p", "p_value": "p", "ci_lower": "ci_low", "effect_size": "estimate"},
}


@pytest.mark.parametrize("definition", KEY_WORDS)
def test_keys_of_the_trade_are_known(definition: str) -> None:
    for word, name in KEY_WORDS[definition].items():
        meant = key_meant(word, KEYS[definition], definition)
        assert meant is not None, word
        assert ([option.text for option in meant.options], meant.certain) == ([name], True), word


def test_a_key_that_may_be_two_is_a_question() -> None:
    for definition, word, names in [
        ("effect", "95% CI", {"ci_low", "ci_high"}),
        ("effect_arm", "n", {"events", "participants"}),
    ]:
        meant = key_meant(word, KEYS[definition], definition)
        assert meant is not None
        assert ({option.text for option in meant.options}, meant.certain) == (names, False)


def test_an_alias_is_said_in_a_sentence() -> None:
    text = HEADER + "trials: [{id: a, statement: s, dose: {route: iv}, blinding: double}]\n"
    hints = {finding.hint for finding in examine(text.encode(), "a.yaml")[1]}
    assert hints == {"`iv` is `intravenous` here", "`blinding` is `masking` here"}
