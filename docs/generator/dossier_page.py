"""docs/dossier.md: the dossier format, from its schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from evgrade.facts.registry import REGISTRY, derived_names
from evgrade.schema.store import schema
from evgrade.yamlio.scalars import MAX_INTEGER_DIGITS
from evgrade.yamlio.source import LIMITS
from generator.markdown import GENERATED, code, escaped, link, prose, table
from generator.schema_words import Node, SchemaWords, is_mapping, references

DERIVED = "Derived values"
SHARED = "Shared parts"
VALUES = "Values"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def page() -> str:
    """Return the page."""
    reference = _Reference()
    text = prose(
        "dossier",
        smallest=(EXAMPLES / "smallest.dossier.yaml").read_text(encoding="utf-8"),
        mebibytes=LIMITS.bytes // 1024 // 1024,
        depth=LIMITS.depth,
        values=f"{LIMITS.values:,}",
        alias_values=f"{LIMITS.alias_values:,}",
        digits=MAX_INTEGER_DIGITS,
        sections=reference.contents(),
        reference="\n\n".join(reference.blocks()),
    )
    return GENERATED + text


class _Reference:
    """The sections of the reference: one for each part of a dossier, then the shared parts."""

    def __init__(self) -> None:
        self.schema = schema("dossier")
        self.definitions: dict[str, Node] = self.schema["$defs"]
        self.sections: dict[str, Node] = self.schema["properties"]
        self.words = SchemaWords(self.schema, self.headings)

    @cached_property
    def owners(self) -> dict[str, list[str]]:
        """The sections that use a definition, directly or through others."""
        owners: dict[str, list[str]] = {name: [] for name in self.definitions}
        for section, node in self.sections.items():
            for name in self._reached(node):
                owners[name].append(section)
        return owners

    def _reached(self, node: Node) -> dict[str, None]:
        """Return the names of the definitions that a node refers to, directly or indirectly, in order of first use."""
        reached: dict[str, None] = {}
        pending = list(references(node))
        while pending:
            name = pending.pop(0)
            if name not in reached:
                reached[name] = None
                pending += references(self.definitions[name])
        return reached

    @cached_property
    def headings(self) -> dict[str, str]:
        """The heading under which each definition is explained."""
        own = {self._main(node): section for section, node in self.sections.items() if self._main(node)}
        return {name: own.get(name) or name.replace("_", " ").capitalize() for name in self.definitions}

    def _main(self, node: Node) -> str:
        """Return the definition of a section, or of the entries of its list; empty if it has none."""
        name = next(references(node), "")
        return name if name and is_mapping(self.definitions[name]) else ""

    def contents(self) -> str:
        """Return the table of the sections."""
        rows = []
        for section, node in self.sections.items():
            name = link(code(section), section) if self._main(node) else code(section)
            required = "yes" if section in self.schema["required"] else ""
            rows.append([name, self.words.kind(node, section), required, escaped(node["description"])])
        return table(["section", "value", "required", "meaning"], rows)

    def blocks(self) -> Iterator[str]:
        """Yield the whole reference, block by block."""
        for section, node in self.sections.items():
            if self._main(node):
                yield from self._section(section, node)
        yield f"## {SHARED}"
        yield "These mappings are used in more than one section."
        for name, node in self.definitions.items():
            if is_mapping(node) and len(self.owners[name]) > 1:
                yield from self._definition(name, f"### {self.headings[name]}")
        yield f"## {VALUES}"
        yield "The meaning of the value types in the tables above."
        for name, node in self.definitions.items():
            if not is_mapping(node):
                yield f"### {self.headings[name]}"
                yield f"{escaped(node['description'])} Written as: {self.words.kind(node, name)}."
        yield f"## {DERIVED}"
        yield prose("derived").strip()
        yield self._derived()

    def _section(self, section: str, node: Node) -> Iterator[str]:
        main = self._main(node)
        yield f"## {section}"
        yield escaped(node["description"])
        entry = self.definitions[main]["description"]
        if node.get("type") == "array":
            yield "A list." if entry == node["description"] else f"A list. Each entry: {escaped(_lower(entry))}"
        yield from self._tables(main, section)
        for name in self._reached(node):
            if name != main and is_mapping(self.definitions[name]) and self.owners[name] == [section]:
                yield from self._definition(name, f"### {self.headings[name]}")

    def _definition(self, name: str, heading: str) -> Iterator[str]:
        yield heading
        yield escaped(self.definitions[name]["description"])
        yield from self._tables(name, name)

    def _tables(self, name: str, place: str) -> Iterator[str]:
        """Yield the fields of a definition, then those of the large mappings inside it."""
        node = self.definitions[name]
        yield self.words.fields(node, place)
        names = derived_names(name)
        if names:
            yield f"evgrade derives {' and '.join(map(code, names))}: see {link('derived values', DERIVED)}."
        for inside, mapping in self.words.inner(node, place):
            yield f"### {inside}"
            yield escaped(mapping["description"])
            yield self.words.fields(mapping, inside)

    def _derived(self) -> str:
        rows = []
        for value in REGISTRY:
            heading = self.headings[value.definition]
            inputs = ", ".join(map(code, value.inputs))
            rows.append(
                [
                    f"{code(value.name)} of {link(value.definition.replace('_', ' '), heading)}",
                    escaped(value.described),
                    escaped(value.formula),
                    inputs,
                    escaped(value.source),
                ]
            )
        return table(["value", "meaning", "formula", "from", "source of the formula"], rows)


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
