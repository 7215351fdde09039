"""Which fields are judgements: the schema says it once, for import, which never writes them, and for robustness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.schema.store import schema

FACTS = {"why_stopped", "smallest_important_effect"}
"""What has a reason beside it although it is a fact: both reasons are those of the source."""


def mappings() -> Iterator[dict[str, Any]]:
    """Yield every mapping of the schema, by its properties."""
    pending: list[Any] = [schema("dossier")]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if isinstance(properties := node.get("properties"), dict):
                yield properties
            pending += node.values()
        elif isinstance(node, list):
            pending += node


def test_what_has_a_reason_beside_it_is_a_judgement() -> None:
    reasons = [(each, key.removesuffix("_reason")) for each in mappings() for key in each if key.endswith("_reason")]
    assert len(reasons) > 10
    assert {key for each, key in reasons if "x-judgement" not in each[key]} == FACTS


def test_what_has_a_scale_is_a_judgement_and_the_scale_is_of_its_values() -> None:
    scaled = [node for each in mappings() for node in each.values() if "x-scale" in node]
    assert len(scaled) > 5
    assert all("x-judgement" in node and set(node["x-scale"]) < set(node["enum"]) for node in scaled)


def test_a_judgement_is_a_choice() -> None:
    def below(shape: Shape, depth: int) -> Iterator[Shape]:
        inner = [shape.item] if shape.kind is Kind.LIST else [shape.field(key) for key in shape.keys]
        for one in inner:
            yield one
            if depth and one.kind in (Kind.LIST, Kind.MAPPING):
                yield from below(one, depth - 1)

    judged = [one for one in below(dossier_shape(), 6) if one.judgement is not None]
    assert {one.judgement for one in judged} == {"reviewers", "anyone"}
    assert all(one.kind is Kind.CHOICE and len(one.choices) > 1 for one in judged)


@pytest.mark.parametrize(
    ("key", "only"),
    [("result", True), ("result_reason", True), ("powered", True), ("why_stopped_reason", False), ("phase", False)],
)
def test_only_reviewers_fill(key: str, *, only: bool) -> None:
    assert dossier_shape().field("trials").item.only_reviewers_fill(key) is only
