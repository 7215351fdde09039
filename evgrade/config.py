"""Settings of a project: `evgrade.toml`, or the table `[tool.evgrade]` of `pyproject.toml`.

The nearest one above a file holds for it. The search ends at a folder that holds `.git`, after looking there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evgrade.discover import from_here
from evgrade.model import EvgradeError
from evgrade.regular import read_regular, unreadable
from evgrade.selection import CodeError, Selection, checked_names

OWN, SHARED = "evgrade.toml", "pyproject.toml"
"""The names of files with settings; in one folder the first is taken before the second."""

_TABLE = ("tool", "evgrade")
_MOST_BYTES = 512 * 1024
_MOST_PARTS = 32
_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_\\-]){_PART}(?:\.[ \t]*+{_PART}){{{_MOST_PARTS}}}")


class ConfigError(EvgradeError):
    """A file with settings is not what it should be."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings that hold for a file.

    Attributes:
        selection: which findings are shown.
    """

    selection: Selection = field(default_factory=Selection)


def parse_config(text: str, file: str, table: tuple[str, ...] = ()) -> Config | None:
    """Return the settings in a TOML text, or None if it lacks the table that would hold them.

    Args:
        text: TOML.
        file: its name, for messages.
        table: where the settings are; `()` for the whole text.

    Raises:
        ConfigError: it is no TOML, a key is unknown, or a value is not what it should be.
    """
    import tomllib  # noqa: PLC0415 - most folders have no settings

    _refuse_long_keys(text, file)
    try:
        settings: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_toml_message(file, str(error))) from None
    except ValueError as error:  # such as a number of a million digits
        raise ConfigError(f"{file} cannot be read: {error}") from None
    except RecursionError:
        raise ConfigError(f"{file} is nested too deeply", hint="settings are lists of codes") from None
    for name in table:
        if not isinstance(settings, dict) or name not in settings:
            return None
        settings = settings[name]
    if not isinstance(settings, dict):
        raise ConfigError(f"{file}: `{'.'.join(table)}` must be a table")

    def at(key: str) -> str:
        return f"{file}:{_line_of(text, key, table)}"

    for key in settings:
        if key not in _KEYS:
            from evgrade.schema.suggest import did_you_mean, listed  # noqa: PLC0415 - only a mistake needs it

            hint = did_you_mean(key, _KEYS) or f"known keys: {listed(_KEYS)}"
            raise ConfigError(f"{at(key)}: unknown key `{key}`", hint=hint)
    values = {key: _KEYS[key](value, f"{at(key)}: `{key}`") for key, value in settings.items()}
    return Config(Selection(values.get("select"), values.get("ignore", ())))


def _refuse_long_keys(text: str, file: str) -> None:
    """Refuse keys of very many parts: the time that the parser takes for one grows with the square of their number.

    Raises:
        ConfigError: there is one, or a text that looks like it.
    """
    found = _LONG_KEY.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise ConfigError(f"{file}:{line}: a key of more than {_MOST_PARTS} parts", hint="settings are lists of codes")


def _codes(value: object, place: str, *, ignored: bool) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ConfigError(f"{place} must be a list of codes", hint='such as ["reference-unused"]')
    try:
        return checked_names(value, ignored=ignored)
    except CodeError as error:
        raise ConfigError(f"{place}: {error.message}", hint=error.hint) from None


def _select(value: object, place: str) -> tuple[str, ...]:
    return _codes(value, place, ignored=False)


def _ignore(value: object, place: str) -> tuple[str, ...]:
    return _codes(value, place, ignored=True)


_KEYS: Mapping[str, Callable[[object, str], tuple[str, ...]]] = {"select": _select, "ignore": _ignore}
"""What can be set, and how a value is read."""


def _toml_message(file: str, problem: str) -> str:
    """Return what is wrong with TOML, at its place where the parser names one."""
    place = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", problem)
    return f"{file}: {problem}" if place is None else f"{file}:{place[2]}:{place[3]}: {place[1]}"


def _line_of(text: str, key: str, table: tuple[str, ...]) -> int:
    """Return the line of a key, or of what comes nearest to it: tomllib gives no positions."""
    lines = text.split("\n")
    header = f"[{'.'.join(table)}]"
    start = next((number for number, line in enumerate(lines) if line.strip().startswith(header)), 0) if table else 0
    written = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""")
    return next((number for number in range(start, len(lines)) if written.match(lines[number])), start) + 1


class Configs:
    """Finds the settings that hold for files; looks into every folder once."""

    def __init__(self) -> None:
        self._found: dict[Path, Config] = {}

    def of(self, file: str) -> Config:
        """Return the settings for a file; a bare name, such as that of standard input, is one of the current folder.

        Raises:
            ConfigError: the file with the settings is not what it should be.
            UnreadableError: it cannot be read.
        """
        nearest = Path(file).parent.resolve()
        visited: list[Path] = []
        config = Config()
        for folder in (nearest, *nearest.parents):
            if folder in self._found:
                config = self._found[folder]
                break
            visited.append(folder)
            here = _config_in(folder)
            if here is not None:
                config = here
                break
            if _exists(folder / ".git"):
                break
        self._found.update(dict.fromkeys(visited, config))
        return config


def _config_in(folder: Path) -> Config | None:
    """Return the settings that are in a folder, or None."""
    for name, table in ((OWN, ()), (SHARED, _TABLE)):
        if _exists(folder / name):
            config = _read(folder / name, table)
            if config is not None:
                return config
    return None


def _exists(path: Path) -> bool:
    """Whether there is a file or folder; not if its folder cannot be looked into, where `Path.exists` raises."""
    return os.path.exists(path)  # noqa: PTH110


def _read(path: Path, table: tuple[str, ...]) -> Config | None:
    shown = from_here(path)
    try:
        content = read_regular(str(path), _MOST_BYTES)
    except OSError as error:
        raise unreadable(shown, error) from None
    if len(content) > _MOST_BYTES:
        raise ConfigError(f"{shown} is larger than {_MOST_BYTES // 1024} KiB")
    try:
        text = content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigError(f"{shown} is not UTF-8") from None
    if table and table[-1] not in text:
        return None  # it is someone else's, and need not even be TOML
    return parse_config(text, shown, table)
