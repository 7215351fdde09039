"""Reading gives back what was written, and every key and value points at its own text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evgrade.model import InvalidError, Path
from evgrade.yamlio.events import FastParser, PythonParser
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import Limits
from tests.examples import examples

from .corpus import both_parsers, document

characters = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff")
tricky = st.sampled_from(
    ["NO", "1:2", "5e-8", "010", ".nan", "~", "", "<<", "- a", "a: b", "# a", "x, y", "2024-01-02"]
)
texts = st.text(characters, max_size=8) | st.text("ab :-#'\"\\\n", max_size=12) | tricky
numbers = st.integers(1 - 10**18, 10**18 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
styles = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "indent": st.integers(2, 6),
        "width": st.sampled_from([20, 80, 1000]),
        "allow_unicode": st.booleans(),
        "line_break": st.sampled_from(["\n", "\r\n", "\r"]),
    }
)
parsers = st.sampled_from([FastParser, PythonParser])


class Dumper(yaml.SafeDumper):
    """PyYAML's, but all text that could be something else in YAML 1.2 gets quotes."""

    def write_double_quoted(self, text: str, split: bool = True) -> None:  # noqa: ARG002 - the name is PyYAML's
        """Write quoted text in one line: PyYAML 6.0.3 adds a backslash where it folds after an escape."""
        super().write_double_quoted(text, split=False)


def represent_text(dumper: Dumper, text: str) -> yaml.ScalarNode:
    is_word = text.replace(" ", "x").isalpha()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_word else '"')


Dumper.add_representer(str, represent_text)


def written(value: Any, style: dict[str, Any]) -> str:
    text = yaml.dump(value, Dumper=Dumper, sort_keys=False, **style)
    assert isinstance(text, str)
    return text


def composed(text: str) -> yaml.Node:
    node = yaml.compose(text, yaml.SafeLoader)
    assert node is not None
    return node


def nodes(node: yaml.Node, key: yaml.Node, path: Path = ()) -> Iterator[tuple[Path, yaml.Node, yaml.Node]]:
    """Give every value below a node of PyYAML's as its path, its key (or itself) and itself."""
    yield path, key, node
    if isinstance(node, yaml.MappingNode):
        for name, child in node.value:
            yield from nodes(child, name, (*path, name.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, child in enumerate(node.value):
            yield from nodes(child, child, (*path, number))


@examples(300)
@given(values, styles, parsers)
def test_what_pyyaml_writes_is_read_back(value: Any, style: dict[str, Any], parser: Any) -> None:
    assert repr(document(written(value, style), parser).data) == repr(value)


@examples(300)
@given(values, styles, parsers)
def test_every_key_and_value_points_at_its_own_text(value: Any, style: dict[str, Any], parser: Any) -> None:
    good = document(written(value, style), parser)
    root = composed(good.text)
    for path, key, node in nodes(root, root):
        for token, is_key in ((node, False), (key, True)):
            found = good.location(path, key=is_key)
            offset = good.lines.starts[found.line - 1] + found.column - 1
            assert offset == token.start_mark.index
            if isinstance(token, yaml.ScalarNode):
                assert composed(good.text[offset : token.end_mark.index]).value == token.value


@given(values, parsers)
def test_what_an_alias_stands_for_is_at_its_anchor(value: Any, parser: Any) -> None:
    good = document(written([value, {"again": value}], {}), parser)
    assert repr(good.data) == repr([value, {"again": value}])
    if isinstance(value, dict | list) and value:
        assert good.location((1, "again")).line == good.location((0,)).line
        step = next(iter(value)) if isinstance(value, dict) else 0
        assert good.location((1, "again", step)).line == good.location((0, step)).line


@both_parsers
def test_parts_reached_through_an_alias_are_shared(parser: Any) -> None:
    data = document("a: &a [1]\nb: *a", parser).data
    assert data["a"] is data["b"]


@both_parsers
@pytest.mark.parametrize(
    ("text", "data"),
    [("a", "a"), ("- a", ["a"]), ("[]", []), ("12", 12), ('""', ""), ("--- # nothing", None), ("!!str", "")],
)
def test_a_document_need_not_be_a_mapping(text: str, data: Any, parser: Any) -> None:
    assert document(text, parser).data == data


@both_parsers
@pytest.mark.parametrize("opened", ["[", "{a: ", "- "])
def test_depth_is_bounded(opened: str, parser: Any) -> None:
    with pytest.raises(InvalidError) as error:
        read((opened * 4).encode(), "a.yaml", parser=parser, limits=Limits(depth=3))
    (found,) = error.value.findings
    assert (found.code, found.location.column) == ("yaml-depth", 3 * len(opened) + 1)


@both_parsers
def test_aliases_count_in_depth_as_what_they_stand_for(parser: Any) -> None:
    text = b"- &a [[x]]\n- [*a]\n- [[[[*a]]]]"
    deep = Limits(depth=7)
    assert read(text, "a.yaml", parser=parser, limits=deep).data[2] == [[[[[["x"]]]]]]
    with pytest.raises(InvalidError) as error:
        read(text, "a.yaml", parser=parser, limits=Limits(depth=6))
    (found,) = error.value.findings
    assert (found.code, found.location.line, found.location.column) == ("yaml-depth", 3, 7)


@both_parsers
def test_aliases_are_bounded_in_the_values_they_stand_for(parser: Any) -> None:
    text = b"- &a {b: c, d: e}\n- *a\n- *a"  # 5 keys and values, 10 by two aliases
    assert read(text, "a.yaml", parser=parser, limits=Limits(alias_values=10)).data[2] == {"b": "c", "d": "e"}
    with pytest.raises(InvalidError) as error:
        read(text, "a.yaml", parser=parser, limits=Limits(alias_values=9))
    (found,) = error.value.findings
    assert (found.code, found.location.line) == ("yaml-alias", 3)


def test_places_below_deep_aliases_are_found_without_recursion_errors() -> None:
    """Anchors inside each other's values cannot stack up more levels than a document may have."""
    text = "x0: &a0 [bottom]\n" + "".join(f"x{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 47))
    good = document(text)
    assert good.location(("x46", *[0] * 47)).line == 1
