"""Dossiers of any valid form, for laws of exports: what the schema allows, with text that means harm to some format."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from evgrade.dossier import Dossier, examine
from evgrade.schema.store import schema

Node = dict[str, Any]

HARM = (
    *("plain", "=1+1", "-2", "@x", 'a "b", c', "</script><!--", "&amp;", "{x}", "}{", "\\emph{x}", "50% & #1_a^b~c"),
    *(
        "\u202etxt",
        "tab\tline\nend",
        "ER  - ",
        "TY  - JOUR",
        "@article{a,",
        "; =x",
        "'",
        "--",
        "Ünï çödé",
        " x ",
        "\x85",
    ),
)
_TEXTS = {
    "doi": ("10.1000/a", "10.1000/B_c}d", "10.1000/(x)<1>"),
    "pmid": (7, "123"),
    "pmcid": ("PMC7",),
    "issn": ("1234-567X",),
    "isbn": ("978-3-16-148410-0",),
    "language": ("en", "pt-BR"),
    "percent": (0, 12.5, "< 1"),
    "p": (0, 0.03, 1, "< 0.001", 5e-8),
    "ci_low": (-1.5, 0, 0.5, "not_estimable"),
    "ci_high": (0.25, 2, 1e9, "not_estimable"),
    "registry": ("NCT01234567", "ISRCTN1"),
}
_REFERENCES = ("r", "r_2", "R" * 64)
_SECTIONS = ("review", "claims", "comparisons", "outcomes", "trials", "syntheses", "observational")
_OTHER_LINKS = frozenset({"answers", "answered_by", "contributing", "version_of", "reports"})


def a_dossier(random: Random) -> Dossier | None:
    """Return a dossier; None where a draw has an error, as a link to nothing or a date that no calendar has."""
    top = schema("dossier")["properties"]
    data: Node = {"dossier": 1, **{key: _value(random, top[key], key) for key in ("therapy", "condition")}}
    for section in _SECTIONS:
        if random.random() < 0.7:
            data[section] = _value(random, top[section], section)
    data["references"] = [{**_value(random, top["references"]["items"], ""), "id": name} for name in _REFERENCES]
    _name(data, [0])
    return examine(json.dumps(data).encode(), "made.dossier.yaml")[0]


def _name(value: Any, count: list[int]) -> None:
    """Give each entry but references an id of its own."""
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == "id" and child not in _REFERENCES:
            count[0] += 1
            value[key] = f"{'e' * random_length(count[0])}_{count[0]}"
        elif key != "references":
            _name(child, count)


def random_length(number: int) -> int:
    """Return how long an id is: as long as can be, now and then."""
    return 58 if number % 5 == 0 else 1


def _value(random: Random, node: Node, key: str) -> Any:
    if "$ref" in node:
        node = schema("dossier")["$defs"][node["$ref"].rpartition("/")[2]] | {
            other: value for other, value in node.items() if other != "$ref"
        }
    if key in _TEXTS and node.get("type") != "array":
        return random.choice(_TEXTS[key])
    if "const" in node or "enum" in node:
        return node["const"] if "const" in node else random.choice(node["enum"])
    if "anyOf" in node or "oneOf" in node:
        return _value(random, random.choice(node.get("anyOf") or node["oneOf"]), key)
    kind = node.get("type")
    kind = random.choice(kind) if isinstance(kind, list) else kind
    match kind:
        case "object":
            return _mapping(random, node)
        case "array":
            if key in ("refs", "reports"):
                return random.sample(_REFERENCES, random.randint(0, 3))
            return [_value(random, node["items"], key) for _ in range(random.randint(node.get("minItems", 0), 2))]
        case "boolean":
            return random.choice([True, False])
        case "integer" | "number":
            low, high = node.get("minimum", 0), node.get("maximum", 10**9)
            return random.choice([max(low, 1), high, min(max(low, 12), high)])
    return _text(random, node)


def _mapping(random: Random, node: Node) -> Node:
    required = node.get("required", ())
    share = random.choice([0.1, 0.5, 0.9])
    return {
        name: _value(random, child, name)
        for name, child in node.get("properties", {}).items()
        if name in required or (name not in _OTHER_LINKS | {"comparison_id"} and random.random() < share)
    }


def _text(random: Random, node: Node) -> str:
    pattern = node.get("pattern", "")
    if node.get("format") == "partial-date":
        return random.choice(["2001", "2020-03", "2020-02-29"])
    if node.get("x-kind") == "url" or pattern.startswith("^(https"):
        return random.choice(["https://x.example/a?b=c&d={e}", "ftp://x/%7B\\"])
    if pattern == "^\\S+$":
        return random.choice(["A1", "=1", "<b>"])
    return str(random.choice(HARM)) if pattern in ("", "\\S") else "A1"
