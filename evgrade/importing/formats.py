"""What a file holds, recognized by its content: studies of a registry, alone, in a list, a search or a zip."""

from __future__ import annotations

import enum
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, assert_never

from evgrade.importing.ctgov import study
from evgrade.importing.found import Record
from evgrade.model import EvgradeError

LARGEST = 256 * 1024 * 1024
"""Bytes of a source, or of one file in a zip."""
_DEEPEST = 64
_KNOWN = (
    "known is the JSON of ClinicalTrials.gov's API, version 2: a study, a search result, a download, or a zip of them"
)


class Format(enum.Enum):
    """The formats that are read."""

    CLINICAL_TRIALS_GOV = "ClinicalTrials.gov, API version 2"


def records(content: bytes, name: str) -> Iterator[Record]:
    """Yield the records of a source.

    Raises:
        EvgradeError: it is of no known format, broken or too large.
    """
    if len(content) > LARGEST:
        raise EvgradeError(f"{name} is larger than {LARGEST // 2**20} MiB")
    if content[:4] == b"PK\x03\x04":
        for inner, part in _unzipped(content, name):
            yield from _json_records(part, inner)
    else:
        yield from _json_records(content, name)


def _unzipped(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files in a zip, one at a time, never more than may be read."""
    left = 16 * LARGEST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                with archive.open(info) as file:
                    part = file.read(LARGEST + 1)
                left -= len(part)
                if len(part) > LARGEST or left < 0:
                    raise EvgradeError(
                        f"{name} holds more than may be read", hint="unpack it and import the files you need"
                    )
                yield f"{name}!{info.filename}", part
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise EvgradeError(f"{name} cannot be unzipped: {error}") from error
    except zlib.error as error:
        raise EvgradeError(f"{name} cannot be unzipped: {error}") from error


def _json_records(content: bytes, name: str) -> Iterator[Record]:
    data = _json(content, name)
    found = _recognized(data)
    if found is None:
        raise EvgradeError(f"{name} is of no known format", hint=_KNOWN)
    form, studies = found
    match form:
        case Format.CLINICAL_TRIALS_GOV:
            for pointer, one in studies:
                yield study(one, name, pointer)
        case _:
            assert_never(form)


def _recognized(data: Any) -> tuple[Format, list[tuple[str, dict[str, Any]]]] | None:
    """Return the format and the records, each with its JSON pointer."""
    listed = data.get("studies") if isinstance(data, dict) and "protocolSection" not in data else data
    start = "/studies" if isinstance(data, dict) else ""
    if isinstance(listed, dict):
        return (Format.CLINICAL_TRIALS_GOV, [("", listed)]) if isinstance(listed.get("protocolSection"), dict) else None
    if (
        isinstance(listed, list)
        and listed
        and all(isinstance(one, dict) and "protocolSection" in one for one in listed)
    ):
        return Format.CLINICAL_TRIALS_GOV, [(f"{start}/{number}", one) for number, one in enumerate(listed)]
    return None


def _json(content: bytes, name: str) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EvgradeError(f"{name} is of no known format: it is not text in UTF-8", hint=_KNOWN) from error
    if text.lstrip()[:1] not in ("{", "["):
        raise EvgradeError(f"{name} is of no known format", hint=_KNOWN)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise EvgradeError(f"{place}: this is not JSON: {error.msg}", hint="download it again") from error
    except (RecursionError, ValueError) as error:
        raise EvgradeError(f"{name} is nested too deeply, or has a number that is too long") from error
    if _depth(data) > _DEEPEST:
        raise EvgradeError(f"{name} is nested more than {_DEEPEST} deep")
    return data


def _depth(data: Any) -> int:
    level, depth = [data], 0
    while level and depth <= _DEEPEST:
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        depth += 1
    return depth
