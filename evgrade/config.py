"""Which findings are shown: chosen by code, or by the beginning of a code, and by a project's settings.

Findings that make a file unusable are always shown: errors of reading, of the schema or of references. Findings of
consistency checks can be left out, and so can all warnings and notes.

Settings are in `evgrade.toml`, or in the table `[tool.evgrade]` of `pyproject.toml`. The nearest file above a dossier
applies. The search ends at a folder that contains `.git`, which is searched too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from evgrade.checked import Checked, outcome_of
from evgrade.discover import from_here
from evgrade.model import EvgradeError, Finding, Severity
from evgrade.regular import read_regular, unreadable
from evgrade.schema.suggest import did_you_mean


class CodeError(EvgradeError):
    """A name is not a code, or is a code that cannot be ignored."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Codes, or beginnings of codes, by which findings are chosen.

    Attributes:
        select: the only findings shown; None for all.
        ignore: findings not shown, even if selected.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()

    def keeps(self, finding: Finding) -> bool:
        """Whether a finding is shown; one that makes a file unusable always is."""
        if self.select is None and not self.ignore:
            return True
        if finding.severity is Severity.ERROR and not _ignorable(finding.code):
            return True
        if self.select is not None and not _any_covers(self.select, finding.code):
            return False
        return not _any_covers(self.ignore, finding.code)

    def shown(self, checked: Checked) -> Checked:
        """Return a checked file with the findings that are shown, and its status by these."""
        shown = tuple(finding for finding in checked.findings if self.keeps(finding))
        return replace(checked, status=checked.status if checked.dossier is None else outcome_of(shown), findings=shown)

    def over(self, base: Selection) -> Selection:
        """Return this selection on top of another: its `select` replaces the other's, its `ignore` is added."""
        return Selection(base.select if self.select is None else self.select, (*base.ignore, *self.ignore))


def _ignorable(code: str) -> bool:
    from evgrade.codes import known_codes  # noqa: PLC0415 - few choose

    known = known_codes().get(code)
    return known is not None and known.ignorable


def covers(name: str, code: str) -> bool:
    """Whether a name means a code: the code itself, or its beginning up to a dash."""
    beginning = name.rstrip("-")
    return code == name or (bool(beginning) and code.startswith(f"{beginning}-"))


def checked_names(names: Iterable[str], *, ignored: bool) -> tuple[str, ...]:
    """Return names of codes unchanged, if each of them means a known code.

    Args:
        names: codes, or beginnings of codes.
        ignored: whether the codes must be ones that can be ignored.

    Raises:
        CodeError: a name means no known code, or none that can be ignored.
    """
    checked = tuple(names)
    if not checked:
        return checked
    from evgrade.codes import known_codes  # noqa: PLC0415 - few choose

    known = known_codes()
    for name in checked:
        meant = [code for code in known.values() if covers(name, code.name)]
        if not meant:
            raise CodeError(f"there is no code `{name}`", hint=did_you_mean(name, _all_names(known)))
        if ignored and not any(code.ignorable for code in meant):
            raise CodeError(f"`{name}` cannot be ignored: it makes a file unusable", hint="fix the cause")
    return checked


def _any_covers(names: Iterable[str], code: str) -> bool:
    return any(covers(name, code) for name in names)


def _all_names(codes: Collection[str]) -> list[str]:
    """Return every code and every beginning of one up to a dash."""
    parts = [code.split("-") for code in codes]
    beginnings = {"-".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}
    return sorted(beginnings)


# Settings


OWN, SHARED = "evgrade.toml", "pyproject.toml"
"""The names of settings files; in the same folder, the first takes precedence."""

_TABLE = ("tool", "evgrade")
_MOST_BYTES = 512 * 1024
_MOST_PARTS = 32
_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_\\-]){_PART}(?:\.[ \t]*+{_PART}){{{_MOST_PARTS}}}")


class ConfigError(EvgradeError):
    """A settings file has an error."""


def parse_config(text: str, file: str, table: tuple[str, ...] = ()) -> Selection | None:
    """Return the settings in a TOML text; None if the table for them is missing.

    Args:
        text: TOML.
        file: its name, for messages.
        table: the table of the settings; `()` for the whole text.

    Raises:
        ConfigError: it is not TOML, a key is unknown, or a value is wrong.
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
    return Selection(values.get("select"), values.get("ignore", ()))


def _refuse_long_keys(text: str, file: str) -> None:
    """Refuse keys of very many parts, for which the parser takes time that grows with their square.

    Raises:
        ConfigError: there is such a key, or text that looks like one.
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


_KEYS: Mapping[str, Callable[[object, str], tuple[str, ...]]] = {
    "select": partial(_codes, ignored=False),
    "ignore": partial(_codes, ignored=True),
}
"""The settings, and how to read the value of each."""


def _toml_message(file: str, problem: str) -> str:
    """Return the parser's message about TOML, with the place if it names one."""
    place = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", problem)
    return f"{file}: {problem}" if place is None else f"{file}:{place[2]}:{place[3]}: {place[1]}"


def _line_of(text: str, key: str, table: tuple[str, ...]) -> int:
    """Return the line of a key, or the nearest line that can be found: tomllib gives no positions."""
    lines = text.split("\n")
    header = f"[{'.'.join(table)}]"
    start = next((number for number, line in enumerate(lines) if line.strip().startswith(header)), 0) if table else 0
    written = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""")
    return next((number for number in range(start, len(lines)) if written.match(lines[number])), start) + 1


class Configs:
    """Finds the settings for files, looking into every folder once."""

    def __init__(self) -> None:
        self._found: dict[Path, Selection] = {}

    def of(self, file: str) -> Selection:
        """Return the settings for a file; a bare name, such as that of standard input, is in the current folder.

        Raises:
            ConfigError: the settings file has an error.
            UnreadableError: it cannot be read.
        """
        nearest = Path(file).parent.resolve()
        visited: list[Path] = []
        selection = Selection()
        for folder in (nearest, *nearest.parents):
            if folder in self._found:
                selection = self._found[folder]
                break
            visited.append(folder)
            here = _config_in(folder)
            if here is not None:
                selection = here
                break
            if _exists(folder / ".git"):
                break
        self._found.update(dict.fromkeys(visited, selection))
        return selection


def _config_in(folder: Path) -> Selection | None:
    """Return the settings in a folder, or None."""
    for name, table in ((OWN, ()), (SHARED, _TABLE)):
        if _exists(folder / name):
            selection = _read(folder / name, table)
            if selection is not None:
                return selection
    return None


def _exists(path: Path) -> bool:
    """Whether a path exists; false if its folder cannot be read, where `Path.exists` raises."""
    return os.path.exists(path)  # noqa: PTH110


def _read(path: Path, table: tuple[str, ...]) -> Selection | None:
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
        return None  # the file has no settings of evgrade, and need not even be TOML
    return parse_config(text, shown, table)
