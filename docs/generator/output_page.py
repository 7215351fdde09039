"""docs/output.md: exit codes, and the machine-readable formats from their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evgrade.codes import known_codes
from evgrade.schema.store import schema
from generator.markdown import GENERATED, code, escaped, prose, table
from generator.schema_words import Node, SchemaWords, is_mapping


def page() -> str:
    """Return the page."""
    formats = {name: schema(name) for name in ("assessment", "findings")}
    shared = _shared(formats)
    blocks = {name: "\n\n".join(_format(node, shared)) for name, node in formats.items()}
    blocks["row"] = "\n\n".join(_format(schema("row"), []))
    for name in ("compare", "diff", "robustness"):
        blocks[name] = "\n\n".join(_format(schema(name), _explained(schema(name), formats["assessment"])))
    changes = schema("change")
    elsewhere = [*_explained(changes, schema("row")), *_explained(changes, schema("diff"), "rule", "moved_rule")]
    blocks["change"] = "\n\n".join(_format(changes, elsewhere))
    pages = schema("site")
    blocks["site"] = "\n\n".join(_format(pages, _explained(pages, schema("row"))))
    references = schema("refs")
    blocks["refs"] = "\n\n".join(_format(references, _explained(references, formats["assessment"])))
    both = "\n\n".join(_definitions(formats["findings"], shared))
    lines = "\n\n".join(_lines(schema("finding"), formats["findings"]))
    return GENERATED + prose("output", **blocks, finding=lines, shared=both, codes=_codes())


def _codes() -> str:
    """Return a table of all finding codes."""
    rows = ([code(one.name), one.severity.value, escaped(f"{one.title}. {one.how}")] for one in known_codes().values())
    return table(["code", "severity", "meaning, and what to do"], rows)


def _lines(node: Node, findings: Node) -> Iterator[str]:
    """Yield the kinds of lines in the line-by-line format; the page explains their contents elsewhere.

    Raises:
        ValueError: a definition differs from the other formats'.
    """
    yield escaped(node["description"])
    kinds = [line["$ref"].removeprefix("#/$defs/") for line in node["oneOf"]]
    for name, definition in node["$defs"].items():
        if name not in kinds and definition != findings["$defs"][name]:
            raise ValueError(f"the output schemas define {name!r} differently")
    yield from _definitions(node, kinds)


def _shared(formats: Mapping[str, Node]) -> list[str]:
    """Return the names of the definitions that the formats share.

    Raises:
        ValueError: a definition differs between them, so that one explanation cannot serve for both.
    """
    first, second = formats.values()
    return _explained(first, second)


def _explained(node: Node, elsewhere: Node, *names: str) -> list[str]:
    """Return the names of a format's definitions (all, or only `names`) that another format already explains.

    Raises:
        ValueError: a definition differs between them.
    """
    common = [name for name in names or node["$defs"] if name in elsewhere["$defs"]]
    for name in common:
        if node["$defs"][name] != elsewhere["$defs"][name]:
            raise ValueError(f"the output schemas define {name!r} differently")
    return common


def _format(node: Node, shared: list[str]) -> Iterator[str]:
    """Yield the fields of a format, then those of its own mappings."""
    yield escaped(node["description"])
    yield _words(node).fields(node, "")
    yield from _definitions(node, [name for name in node["$defs"] if name not in shared])


def _definitions(schema_node: Node, names: list[str]) -> Iterator[str]:
    words = _words(schema_node)
    for name in names:
        node = schema_node["$defs"][name]
        yield f"### {words.headings[name]}"
        yield escaped(node["description"])
        yield words.fields(node, name) if is_mapping(node) else f"Written as: {words.kind(node, name)}."


def _words(node: Node) -> SchemaWords:
    return SchemaWords(node, {name: name.replace("_", " ").capitalize() for name in node["$defs"]})
