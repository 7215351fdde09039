"""A part of a document is a document whose places are those of the whole."""

from __future__ import annotations

from evgrade.yamlio.document import part

from .corpus import document

WHOLE = document("a: &a [1, {b: 2}]\nc:\n  - x\n  - d: *a\n    e: 3\n")


def test_a_part_keeps_its_places() -> None:
    item = part(WHOLE, ("c", 1), {})
    assert item.data == {"d": [1, {"b": 2}], "e": 3}
    for path in [(), ("d",), ("d", 1, "b"), ("e",)]:
        for key in (False, True):
            whole, own = WHOLE.location(("c", 1, *path), key=key), item.location(path, key=key)
            assert (own.line, own.column) == (whole.line, whole.column)


def test_a_default_stands_where_the_part_begins() -> None:
    item = part(WHOLE, ("c", 1), {"e": "not used", "f": {"g": [4]}})
    assert item.data == {"d": [1, {"b": 2}], "e": 3, "f": {"g": [4]}}
    assert item.location(("f", "g", 0)).line == 4
    assert item.location(("e",)).line == 5


def test_the_whole_is_a_part() -> None:
    assert part(WHOLE, (), {}).data == WHOLE.data
