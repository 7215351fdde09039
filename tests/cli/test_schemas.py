"""`evgrade schema`, and the promise that machine output follows what it prints."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from referencing import Registry

import evgrade as package
from evgrade.schema.store import NAMES

from .hostile import hostile_dossier
from .support import INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run

MACHINE = ("assessment", "findings")


def printed(evgrade: Run, name: str) -> Any:
    result = evgrade("schema", name)
    assert (result.code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def objects(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every schema of an object inside a schema, with where it stands."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" or "properties" in schema:
            yield path, schema
        for key, part in schema.items():
            yield from objects(part, f"{path}/{key}")
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from objects(part, f"{path}/{number}")


def problems(schema: Any, document: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema, registry=Registry())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def accepted(schema: Any, documents: Iterable[Any]) -> list[Any]:
    """Return those of many documents that a schema accepts."""
    validator = jsonschema_rs.Draft202012Validator(schema)
    return [document for document in documents if validator.is_valid(document)]


# Each schema


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_json_schema(evgrade: Run, name: str) -> None:
    schema = printed(evgrade, name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:evgrade:schema:{name}:1"
    assert evgrade("schema", name).stdout == (ROOT / "evgrade" / "schema" / f"{name}.schema.json").read_text("utf-8")


def test_the_program_prints_the_same_schema(evgrade: Run, run: Run) -> None:
    assert run("schema", "dossier") == evgrade("schema", "dossier")


@pytest.mark.parametrize("name", NAMES)
def test_every_property_says_what_it_is(evgrade: Run, name: str) -> None:
    for path, schema in objects(printed(evgrade, name)):
        for key, value in schema.get("properties", {}).items():
            assert value.get("description", "").strip(), f"{path}/{key}"


@pytest.mark.parametrize("name", NAMES)
def test_a_description_is_a_sentence(evgrade: Run, name: str) -> None:
    for path, schema in objects(printed(evgrade, name)):
        for key, value in schema.get("properties", {}).items():
            assert value["description"].endswith("."), f"{path}/{key}"


@pytest.mark.parametrize("name", NAMES)
def test_no_reference_leaves_the_schema_and_none_leads_nowhere(evgrade: Run, name: str) -> None:
    schema = printed(evgrade, name)
    text = json.dumps(schema)
    used = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert all(reference.startswith("#/$defs/") for reference in used)
    assert {reference.removeprefix("#/$defs/") for reference in used} == set(schema["$defs"])


@pytest.mark.parametrize("name", MACHINE)
def test_what_evgrade_prints_is_closed_and_complete(evgrade: Run, name: str) -> None:
    """Every key is always there and no other ever is, so that a program may rely on it."""
    found = list(objects(printed(evgrade, name)))
    assert len(found) > 4
    for path, schema in found:
        assert schema["additionalProperties"] is False, path
        assert schema["required"] == list(schema["properties"]), path


def test_so_is_a_row(evgrade: Run) -> None:
    for path, schema in objects(printed(evgrade, "row")):
        assert schema["additionalProperties"] is False, path
        always = [key for key in schema["properties"] if (path, key) != ("", "robustness")]  # only if it was asked for
        assert schema["required"] == always, path


@pytest.mark.parametrize("name", ["compare", "diff", "refs", "robustness"])
def test_so_is_a_comparison(evgrade: Run, name: str) -> None:
    for path, schema in objects(printed(evgrade, name)):
        assert schema["additionalProperties"] is False, path
        assert schema["required"] == list(schema["properties"]), path


@pytest.mark.slow
@pytest.mark.parametrize("rubric", ["evgrade-default", "grade", "ocebm-2011"])
@pytest.mark.parametrize("name", ["compare", "diff"])
def test_comparisons_follow_their_schema(evgrade: Run, name: str, rubric: str) -> None:
    schema = printed(evgrade, name)
    for other in (RILUZOLE, SMALLEST, "-"):
        result = evgrade(name, NALTREXONE, other, "-f", "json", "-r", rubric, stdin=hostile_dossier(RILUZOLE))
        assert problems(schema, json.loads(result.stdout)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compare", "diff"])
def test_so_do_those_by_points_and_item_by_item(evgrade: Run, points_and_items: Path, name: str) -> None:
    document = json.loads(evgrade(name, NALTREXONE, RILUZOLE, "-f", "json", "-r", points_and_items).stdout)
    assert '"points": {' in json.dumps(document)
    assert problems(printed(evgrade, name), document) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compare", "diff"])
def test_their_schemas_notice_what_is_not_so(evgrade: Run, name: str) -> None:
    schema = printed(evgrade, name)
    dearer = (ROOT / NALTREXONE).read_text("utf-8").replace("\n  high: 49\n", "\n  high: 149\n")
    document = json.loads(evgrade(name, NALTREXONE, "-", "-f", "json", stdin=dearer).stdout)
    assert accepted(schema, variations(document)) == []


def test_what_several_formats_hold_they_describe_alike(evgrade: Run) -> None:
    assessment = printed(evgrade, "assessment")["$defs"]
    for name in ("compare", "diff", "refs", "robustness"):
        own = printed(evgrade, name)["$defs"]
        assert {one: own[one] for one in own if one in assessment} == {
            one: assessment[one] for one in own if one in assessment
        }


@pytest.mark.slow
@pytest.mark.parametrize("rubrics", [[], ["-r", "all"], ["-r", "ocebm-2011"]])
def test_rows_follow_their_schema(evgrade: Run, tmp_path: Path, rubrics: list[str]) -> None:
    (tmp_path / "hostile.yaml").write_text(hostile_dossier(NALTREXONE), encoding="utf-8")
    (tmp_path / "other.yaml").write_text("other: 1\n")
    places = ("examples", "tests/cli/bad", "tests/hostile/reading", "nowhere.yaml", tmp_path)
    schema = printed(evgrade, "row")
    rows = json.loads(evgrade("batch", *places, *rubrics, "-f", "json", "-q").stdout)
    assert {row["status"] for row in rows} == {"graded", "invalid", "skipped", "unreadable"}
    for row in rows:
        assert problems(schema, row) == []
    lines = evgrade("batch", *places, *rubrics, "-f", "jsonl", "-q").stdout.splitlines()
    assert sorted(map(json.loads, lines), key=str) == sorted(rows, key=str)


def test_the_schema_of_rows_notices_what_is_not_so(evgrade: Run) -> None:
    schema = printed(evgrade, "row")
    for place in (NALTREXONE, "tests/cli/bad/bad-date.dossier.yaml"):
        [row] = json.loads(evgrade("batch", place, "-f", "json", "-q").stdout)
        assert accepted(schema, variations(row)) == []


def test_the_two_describe_a_finding_alike(evgrade: Run) -> None:
    assessment, findings = (printed(evgrade, name)["$defs"] for name in MACHINE)
    for shared in ("finding", "location", "path"):
        assert assessment[shared] == findings[shared]


def test_an_unknown_schema_is_a_wrong_use(evgrade: Run) -> None:
    result = evgrade("schema", "nothing")
    assert (result.code, result.stdout) == (2, "")
    for name in NAMES:
        assert name in result.stderr


def test_a_schema_that_is_not_there_would_be_noticed() -> None:
    assert {f"{name}.schema.json" for name in NAMES} == {
        path.name for path in (ROOT / "evgrade" / "schema").glob("*.json")
    }


# Output against schemas


@pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE, SMALLEST])
def test_an_assessment_follows_its_schema(evgrade: Run, example: str) -> None:
    document = json.loads(evgrade("score", example, "-f", "json").stdout)
    assert problems(printed(evgrade, "assessment"), document) == []


@pytest.mark.slow
def test_so_does_each_of_several(evgrade: Run) -> None:
    for document in json.loads(evgrade("score", "examples", "-f", "json").stdout):
        assert problems(printed(evgrade, "assessment"), document) == []


def test_so_does_one_with_warnings_and_one_of_hostile_text(evgrade: Run) -> None:
    for dossier in ((ROOT / "tests/cli/bad/unused-ref.dossier.yaml").read_text("utf-8"), hostile_dossier(NALTREXONE)):
        document = json.loads(evgrade("score", "-", "-f", "json", stdin=dossier).stdout)
        assert problems(printed(evgrade, "assessment"), document) == []


def test_so_does_one_without_score_or_recommendation(
    evgrade: Run, without_score: Path, without_recommendation: Path
) -> None:
    for rubric in (without_score, without_recommendation):
        document = json.loads(evgrade("score", NALTREXONE, "-f", "json", "-r", rubric).stdout)
        assert problems(printed(evgrade, "assessment"), document) == []


def test_so_does_one_with_nothing_to_score(evgrade: Run, points_and_items: Path) -> None:
    nobody = f"{VALID}safety: {{exposed: 0}}\ntrials: []\n"
    document = json.loads(evgrade("score", "-", "-f", "json", "-r", points_and_items, stdin=nobody).stdout)
    assert document["score"]["value"] is document["score"]["low"] is None
    assert problems(printed(evgrade, "assessment"), document) == []


def test_so_does_one_by_points_and_one_item_by_item(evgrade: Run, points_and_items: Path) -> None:
    document = json.loads(evgrade("score", RILUZOLE, "-f", "json", "-r", points_and_items).stdout)
    by_points, by_items = document["domains"]
    assert by_points["points"] == {"low": 3, "high": 4}
    assert [item["counts"] for item in by_items["items"]]
    assert problems(printed(evgrade, "assessment"), document) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("validate", "tests/cli/bad", "tests/hostile/reading", "rubrics", "nowhere.yaml"),
        ("validate", SMALLEST),
        ("validate", "rubrics"),
        ("rubric", "check", "evgrade-default"),
        ("rubric", "check", "tests/cli/bad/wrong-value.dossier.yaml", "tests/hostile/reading/key-twice.yaml"),
    ],
)
def test_findings_follow_their_schema(evgrade: Run, command: tuple[str, ...]) -> None:
    document = json.loads(evgrade(*command, "-f", "json").stdout)
    assert problems(printed(evgrade, "findings"), document) == []


def test_so_do_those_of_standard_input(evgrade: Run) -> None:
    document = json.loads(evgrade("validate", "-", "-f", "json", stdin=INVALID).stdout)
    assert problems(printed(evgrade, "findings"), document) == []
    assert document["findings"][0]["location"] == {"file": "<stdin>", "line": 1, "column": 1}


@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINE)
def test_a_schema_notices_what_is_not_so(evgrade: Run, name: str) -> None:
    """A schema that accepts anything would pass every test above."""
    command = ("score", NALTREXONE) if name == "assessment" else ("validate", "tests/cli/bad")
    document = json.loads(evgrade(*command, "-f", "json").stdout)
    schema = printed(evgrade, name)
    assert accepted(schema, variations(document)) == []


def variations(document: Any) -> Iterator[Any]:
    """Yield copies of a document: a key removed from, or added to, each kind of object in it."""
    seen: set[tuple[str, ...]] = set()

    def walk(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            if tuple(value) not in seen:
                seen.add(tuple(value))
                for key in list(value):
                    removed = value.pop(key)
                    yield copy.deepcopy(document)
                    value[key] = removed
                value["other"] = 1
                yield copy.deepcopy(document)
                del value["other"]
            for part in list(value.values()):
                yield from walk(part)
        elif isinstance(value, list):
            for part in value:
                yield from walk(part)

    yield from walk(document)


# What the JSON says


def test_a_result_can_be_reproduced_from_what_it_names(evgrade: Run) -> None:
    document = json.loads(evgrade("score", SMALLEST, "-f", "json").stdout)
    assert document["schema"] == "evgrade.assessment/1"
    assert document["evgrade"] == package.__version__
    assert document["dossier"]["sha256"] == hashlib.sha256((ROOT / SMALLEST).read_bytes()).hexdigest()
    rubric = ROOT / "rubrics" / "evgrade-default.yaml"
    assert document["rubric"]["sha256"] == hashlib.sha256(rubric.read_bytes()).hexdigest()


def test_every_place_is_where_it_says(evgrade: Run) -> None:
    document = json.loads(evgrade("score", RILUZOLE, "-f", "json").stdout)
    lines = (ROOT / RILUZOLE).read_text(encoding="utf-8").splitlines()
    evidence = [one for domain in document["domains"] for one in domain["evidence"]]
    assert len(evidence) > 8
    for one in evidence:
        at = one["location"]
        assert at["file"] == RILUZOLE
        here = lines[at["line"] - 1][at["column"] - 1 :]
        assert here
        if one["id"]:
            assert here.startswith(f"id: {one['id']}")
    rubric = (ROOT / "rubrics" / "evgrade-default.yaml").read_text(encoding="utf-8").splitlines()
    for domain in document["domains"]:
        around = "\n".join(rubric[domain["rule"]["line"] - 1 :][:3])
        assert f"name: {domain['rule']['name']}" in around


def test_nothing_depends_on_where_evgrade_is_installed_or_run(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes((ROOT / NALTREXONE).read_bytes())
    text = evgrade("score", "a.yaml", "-f", "json", cwd=tmp_path).stdout
    assert str(ROOT) not in text
    assert str(tmp_path) not in text
    assert text.replace('"a.yaml"', f'"{NALTREXONE}"') == evgrade("score", NALTREXONE, "-f", "json").stdout
