"""The keys of a file's outermost mappings, without building their contents."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import yaml
from yaml import events

from evgrade.model import InvalidError
from evgrade.yamlio.events import FastParser
from evgrade.yamlio.limits import LIMITS, Limits
from evgrade.yamlio.text import decode

_STARTS = (events.MappingStartEvent, events.SequenceStartEvent)
_ENDS = (events.MappingEndEvent, events.SequenceEndEvent)


class _UnclearError(Exception):
    """A key does not be where it would have to."""


def root_keys(content: bytes, *, parser: Any = FastParser, limits: Limits = LIMITS) -> Collection[str] | None:
    """Return the keys of the mappings that documents of a file are; None if it cannot be read, or not for certain."""
    try:
        return set(_keys(parser(decode(content, "", limits.bytes).text), limits))
    except (InvalidError, yaml.YAMLError, _UnclearError):
        return None


def _keys(parser: Any, limits: Limits) -> Iterator[str]:
    depth = 0
    is_key = False  # whether the next value at depth 1 is a key
    anchored: dict[str, str] = {}
    for _ in range(limits.values):
        event = parser.get_event()
        kind = type(event)
        if kind is events.StreamEndEvent:
            return
        is_node = kind is events.ScalarEvent or kind is events.AliasEvent or kind in _STARTS
        if depth == 0 and is_node:
            is_mapping = is_key = kind is events.MappingStartEvent
        elif depth == 1 and is_node and is_mapping:
            key = anchored.get(event.anchor) if kind is events.AliasEvent else getattr(event, "value", None)
            if is_key and key == "<<":
                raise _UnclearError
            if is_key and key is not None:
                yield key
            is_key = not is_key
        if kind is events.ScalarEvent and event.anchor is not None:
            anchored[event.anchor] = event.value
        depth += (kind in _STARTS) - (kind in _ENDS)
        if depth > limits.depth:
            raise _UnclearError
    raise _UnclearError
