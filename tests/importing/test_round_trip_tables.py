"""Tables that evgrade exports are read back as what was stated, apart from judgements and what the export names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.checking import check_contents, dossier_of, load_dossier
from evgrade.dossier import Dossier
from evgrade.exporting.bias_tool import BiasTool
from evgrade.exporting.effects import effects_csv
from evgrade.exporting.exported import Exported, LeftOut, Named
from evgrade.exporting.risk_of_bias import risk_of_bias_csv
from evgrade.exporting.trials import trials_csv
from evgrade.facts.effects import counts_people
from evgrade.importing.content import Options
from evgrade.importing.formats import records
from evgrade.importing.found import Record
from evgrade.importing.into import Source, merged
from evgrade.importing.merging import same
from evgrade.model import Severity
from evgrade.render.clean import prose
from evgrade.schema.shape import dossier_shape
from evgrade.schema.store import schema
from evgrade.schema.suggest import many
from evgrade.yamlio.reader import read
from tests.exporting.generated import a_dossier

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.dossier.yaml"))
EXPORTS = {"trials-csv": trials_csv, "effects-csv": effects_csv}
Entry = dict[str, Any]


def exported(dossier: Dossier, form: str) -> Exported:
    return EXPORTS[form]([Named("a.dossier.yaml", dossier)])


def back(text: str, **options: Any) -> Record | None:
    """Return what is read from a table, None if it has no rows."""
    if text.count("\n") < 2:
        return None
    [record] = records(text.encode(), "a.csv", Options(**options))
    return record


def plain(value: Any) -> Any:
    """Return a value with texts in one line, and no list that has nothing."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if one not in ([], {})}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return prose(value) if isinstance(value, str) else value


def without(entry: Entry, prefix: str, name: str, gone: Sequence[LeftOut]) -> Entry:
    """Return an entry without the fields that an export names as left out."""
    kept: Entry = {}
    for key, value in entry.items():
        if key != "events_count" and LeftOut(f"{prefix}.{key}", name) in gone:
            continue
        if isinstance(value, dict):
            kept[key] = without(value, f"{prefix}.{key}", name, gone)
        elif key == "arms":
            kept[key] = [without(one, f"{prefix}.arms", name, gone) for one in value]
        else:
            kept[key] = value
    return kept


def trials_of(dossier: Dossier, made: Exported) -> list[Entry]:
    rest = [without(dict(one), "trials", one["id"], made.left_out) for one in dossier.data.get("trials", ())]
    judged = dossier_shape().field("trials").item.only_reviewers_fill
    facts = [plain({key: value for key, value in one.items() if not judged(key)}) for one in rest]
    return [{key: commas(value) if isinstance(value, list) else value for key, value in one.items()} for one in facts]


def commas(several: list[Any]) -> list[Any]:
    """Return several values as a cell has them: a semicolon within one is a comma, which the export says."""
    return [
        one.replace(";", ",") if isinstance(one, str) else one | {"name": one["name"].replace(";", ",")}
        for one in several
    ]


def effects_of(dossier: Dossier, made: Exported) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for section in ("trials", "observational"):
        for study in dossier.data.get(section, ()):
            for place, effect in enumerate(study.get("effects", ()), start=1):
                name = str(effect.get("id") or f"{study['id']} ({place})")
                rest = plain(without(dict(effect), f"{section}.effects", name, made.left_out))
                found.setdefault(study["id"], []).append(in_order(counted(rest)))
    return found


def counted(effect: Entry) -> Entry:
    """Return an effect whose arms say what their events are, which may go without saying."""
    arms = []
    for arm in effect.get("arms", ()):
        what = {"events_count": "people" if counts_people(effect, arm) else "events"} if "events" in arm else {}
        arms.append({key: value for key, value in arm.items() if key != "events_count"} | what)
    return {**effect, "arms": arms} if arms else effect


def in_order(effect: Entry) -> Entry:
    """Return an effect with the arm of the therapy first, as the columns have them."""
    arms = sorted(effect.get("arms", ()), key=lambda arm: arm.get("role") != "intervention")
    return {**effect, "arms": arms} if arms else effect


def check_trials(dossier: Dossier) -> None:
    made = exported(dossier, "trials-csv")
    found = back(made.text)
    read_back = [] if found is None else found.entries.get("trials", [])
    for one, other in zip(read_back, trials_of(dossier, made), strict=True):
        assert same(one, other), (one, other)


def check_effects(dossier: Dossier) -> None:
    made = exported(dossier, "effects-csv")
    found = back(made.text)
    studies = [one for entries in ({} if found is None else found.entries).values() for one in entries]
    read_back = {one["id"]: one["effects"] for one in studies}
    wanted = effects_of(dossier, made)
    assert read_back.keys() == wanted.keys()
    for study, effects in wanted.items():
        for one, other in zip(read_back[study], effects, strict=True):
            assert same(counted(one), other), (one, other)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_trial_of_an_example_comes_back(path: Path) -> None:
    check_trials(load_dossier(str(path)))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_effect_of_an_example_comes_back(path: Path) -> None:
    check_effects(load_dossier(str(path)))


@pytest.mark.parametrize("form", EXPORTS)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_table_changes_no_byte_of_the_dossier_that_it_comes_from(path: Path, form: str) -> None:
    found = back(exported(load_dossier(str(path)), form).text)
    document = read(path.read_bytes(), path.name)
    result = merged(document, [Source([] if found is None else [found])])
    assert result.content == document.content
    assert not result.findings


@pytest.mark.parametrize("form", EXPORTS)
def test_a_table_says_the_same_to_a_new_dossier_once_and_twice(form: str) -> None:
    path = next(one for one in EXAMPLES if one.name.startswith("riluzole"))
    found = back(exported(load_dossier(str(path)), form).text)
    assert found is not None
    new = b"dossier: 1\ntherapy: {name: a}\ncondition: {name: b}\n"
    once = merged(read(new, "a"), [Source([found])])
    twice = merged(read(once.content, "a"), [Source([found])])
    assert once.content != new
    assert twice.content == once.content
    [checked] = check_contents([(once.content, "a")])
    assert not [one for one in checked.findings if one.severity is Severity.ERROR]
    assert any(
        "refers to ids that the dossier lacks" in one.message and "bensimon-1994" in one.message for one in once.notes
    )


def made_dossier(**sections: Any) -> Dossier:
    text = json.dumps({"dossier": 1, "therapy": {"name": "X"}, "condition": {"name": "Y"}, **sections})
    [checked] = check_contents([(text.encode(), "made.dossier.yaml")])
    return dossier_of(checked)


NAMES = st.sampled_from(["Riluzole", "Dose: 50", "=1+1", "-5 mg", "a, b", 'a "b"', "Placebo: ?", "NA x", "none", "Ünï"])
COUNTS = st.integers(0, 999)
NUMBERS = COUNTS | st.sampled_from([0.1, -2.5, 1.2345678901234, 12.0, 0.00001, 1e-7])
TRISTATE = st.sampled_from([True, False, "unclear", "not_reported"])


def choices(definition: str, key: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(schema("dossier")["$defs"][definition]["properties"][key]["enum"])


TRIALS = st.fixed_dictionaries(
    {},
    optional={
        "title": NAMES,
        "registry": st.lists(st.sampled_from(["NCT01234567", "ISRCTN12345678"]), min_size=1, unique=True),
        "status": choices("trial", "status"),
        "started": st.sampled_from(["2019", "2019-05", "2019-05-03"]),
        "phase": choices("trial", "phase"),
        "icc": st.sampled_from([0.05, -0.1, 0, 1]),
        "cluster_adjusted": TRISTATE,
        "masked_parties": st.lists(st.sampled_from(["participant", "investigator"]), min_size=1, unique=True),
        "assessor_masked": TRISTATE,
        "conflicts_of_interest": NAMES,
        "participants": COUNTS,
        "arms": st.lists(
            st.fixed_dictionaries({"name": NAMES}, optional={"participants": COUNTS}),
            min_size=1,
            max_size=3,
            unique_by=lambda arm: arm["name"],
        ),
        "dose": st.fixed_dictionaries({"text": NAMES})
        | st.fixed_dictionaries(
            {"amount": st.sampled_from([0.5, 100])},
            optional={"unit": NAMES, "per": choices("dose", "per"), "route": choices("dose", "route")},
        ),
        "co_interventions": st.lists(NAMES, min_size=1, max_size=3),
        "duration": st.fixed_dictionaries(
            {"amount": st.sampled_from([0.5, 12, 18]), "unit": choices("duration", "unit")}
        ),
        "significant": TRISTATE,
        "powered": TRISTATE,
        "result": choices("trial", "result"),
        "year": st.integers(1900, 2030),
    },
)


@given(made=st.lists(TRIALS, min_size=1, max_size=3))
def test_every_trial_comes_back(made: list[Entry]) -> None:
    listed = [{"id": f"t-{number}", "statement": f"Trial {number}."} | one for number, one in enumerate(made)]
    check_trials(made_dossier(trials=listed))


ARMS = st.fixed_dictionaries(
    {},
    optional={
        "participants": st.integers(500, 999),
        "events": st.integers(0, 400),
        "events_count": st.sampled_from(["people", "events"]),
        "mean": NUMBERS,
        "sd": st.sampled_from([1, 2.5]),
        "se": st.sampled_from([0.5]),
        "median": st.sampled_from([3]),
        "q1": st.sampled_from([1]),
        "q3": st.sampled_from([5]),
        "person_time": st.fixed_dictionaries(
            {"amount": st.sampled_from([10, 120.5]), "unit": st.sampled_from(["years", "months"])}
        ),
    },
)
PAIRS = st.tuples(ARMS, ARMS, st.booleans()).map(
    lambda pair: [
        {"name": "Active", "role": "intervention"} | pair[0],
        {"name": "Dose: 0", "role": "control"} | pair[1],
    ][:: -1 if pair[2] else 1]
)
EFFECTS = st.fixed_dictionaries(
    {"outcome": NAMES},
    optional={
        "primary": st.booleans(),
        "measure": choices("effect", "measure"),
        "estimate": st.sampled_from([0.8, 1, 1.2345678901234]),
        "ci_low": st.sampled_from([0.5, 0.51, "not_estimable"]),
        "ci_high": st.sampled_from([2, 1.91, "not_estimable"]),
        "p": st.sampled_from([0.04, "< 0.001", 5e-8, 1]),
        "adjusted": TRISTATE,
        "unit": NAMES,
        "time_point": NAMES,
        "favours": choices("effect", "favours"),
        "arms": PAIRS,
    },
)


@given(made=st.lists(EFFECTS, min_size=1, max_size=4), section=st.sampled_from(["trials", "observational"]))
def test_every_effect_comes_back_whatever_each_row_holds(made: list[Entry], section: str) -> None:
    study = {"id": "s", "statement": "A study.", "effects": made}
    text = json.dumps({"dossier": 1, "therapy": {"name": "X"}, "condition": {"name": "Y"}, section: [study]})
    [checked] = check_contents([(text.encode(), "made.dossier.yaml")])
    if any(one.severity is Severity.ERROR for one in checked.findings):
        return  # numbers that contradict each other
    dossier = dossier_of(checked)
    check_effects(dossier)
    found = back(exported(dossier, "effects-csv").text)
    document = read(text.encode(), "a")
    assert found is not None
    assert merged(document, [Source([found])]).content == document.content


@given(random=st.randoms(use_true_random=False))
def test_hostile_text_comes_back_as_it_was(random: Random) -> None:
    dossier = a_dossier(random)
    if dossier is not None:
        check_trials(dossier)
        check_effects(dossier)


BIAS = {
    BiasTool.ROB_2: ("trials", "RoB 2", ["randomization_process", "outcome_measurement"], "low some_concerns high"),
    BiasTool.ROB_1: (
        "trials",
        "RoB 1",
        ["allocation_concealment", "other_bias"],
        "low unclear_risk some_concerns high",
    ),
    BiasTool.ROBINS_I: ("observational", "ROBINS-I", ["confounding", "missing_data"], "low moderate serious critical"),
    BiasTool.ROBINS_E: (
        "observational",
        "ROBINS-E",
        ["confounding", "missing_data"],
        "low some_concerns high very_high",
    ),
}


@pytest.mark.parametrize("tool", BIAS)
def test_every_judgement_comes_back_in_the_words_of_its_tool(tool: BiasTool) -> None:
    section, title, domains, words = BIAS[tool]
    known = [*words.split(), *(() if tool is BiasTool.ROB_1 else ("no_information",))]
    judged = [
        {"tool": title, "overall": word, "domains": {one: {"judgement": word} for one in domains}} for word in known
    ]
    studies = [{"id": f"s-{n}", "statement": f"Study {n}.", "risk_of_bias": one} for n, one in enumerate(judged)]
    made = risk_of_bias_csv([Named("a", made_dossier(**{section: studies}))], tool)
    found = back(made.text, tool=title)
    assert found is not None
    bias = [one["risk_of_bias"] for one in found.entries[section]]
    assert bias == [{**one, "judged_by": "as tabulated in a.csv"} for one in judged]


def test_limits_that_cannot_be_estimated_are_checked_for_copies_too() -> None:
    numbers = {"estimate": 0.8, "ci_low": "not_estimable", "ci_high": 2, "p": "< 0.001"}
    one = {"outcome": "Pain", "measure": "RR", **numbers}
    study = {"id": "s", "statement": "A study.", "effects": [one, one | {"outcome": "Death"}]}
    check_effects(made_dossier(trials=[study]))


@pytest.mark.parametrize(
    "numbers",
    [
        {"participants": 900, "mean": 2.5, "se": 0.5},
        {"participants": 900, "median": 3, "q1": 1, "q3": 5},
        {"participants": 900, "events": 7, "person_time": {"amount": 120, "unit": "months"}},
        {"events": 7, "events_count": "events", "person_time": {"amount": 120.5, "unit": "years"}},
        {"participants": 900, "events": 7},
    ],
    ids=["se", "quartiles", "months", "years", "measure"],
)
def test_no_number_that_evgrade_computed_comes_back_as_a_stated_one(numbers: Entry) -> None:
    arms = [{"name": name, "role": name, **numbers} for name in ("intervention", "control")]
    study = {"id": "s", "statement": "A study.", "effects": [{"outcome": "Pain", "arms": arms}]}
    dossier = made_dossier(trials=[study])
    assert "computed" in exported(dossier, "effects-csv").text.partition("\n")[0].split(",")
    check_effects(dossier)


def test_each_row_of_any_table_is_read_for_what_it_holds() -> None:
    """One row that lacks something is no reason to refuse the others."""
    text = (
        "study,outcome,measure,ai,n1i,ci,n2i,m1i,sd1i,m2i,sd2i,yi,vi\n"
        "A 2001,Death,RR,4,123,11,139,,,,,,\n"
        "B 2002,Death,,6,306,29,303,,,,,,\n"
        "C 2003,Pain,MD,,20,,21,7.50,1.2,8.1,1.3,,\n"
        "D 2004,Pain,MD,,,,,,,,,-0.5,0.04\n"
        "E 2005,Pain,,,,,,,,,,-0.5,0.04\n"
        "F 2006,Pain,XYZ,4,123,11,139,,,,,,\n"
    )
    found = back(text)
    assert found is not None
    effects = {one["x-label"]: one["effects"][0] for one in found.entries["trials"]}
    assert effects.keys() == {"A 2001", "B 2002", "C 2003", "D 2004"}
    assert "measure" not in effects["B 2002"]
    assert [arm["events"] for arm in effects["B 2002"]["arms"]] == [6, 29]
    assert [str(arm["mean"]) for arm in effects["C 2003"]["arms"]] == ["7.50", "8.1"]
    assert str(effects["D 2004"]["estimate"]) == "-0.5"
    said = {note.place for note in found.notes}
    assert {":6", ":7"} <= said


def test_entries_are_counted_in_plain_english() -> None:
    assert [many(2, noun) for noun in ("observational study", "trial", "boxed warning", "day", "entry")] == [
        *("2 observational studies", "2 trials", "2 boxed warnings", "2 days", "2 entries"),
    ]
    assert many(1, "observational study") == "1 observational study"
