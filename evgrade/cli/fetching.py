"""Sources that are given by number: records that a folder keeps, or that a registry is requested."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evgrade.cli.files import write_file
from evgrade.cli.streams import say
from evgrade.importing.content import LARGEST
from evgrade.model import EvgradeError
from evgrade.registries.apis import REGISTRIES, check, checked_address
from evgrade.registries.numbers import Number, number_in
from evgrade.regular import read_regular, unreadable
from evgrade.render.clean import for_terminal
from evgrade.yamlio.source import shown_name

if TYPE_CHECKING:
    from evgrade.registries.client import Client

_KEYS = {one.key: one for one in REGISTRIES.values()}


@dataclass(frozen=True, slots=True)
class Online:
    """How registries are asked.

    Attributes:
        keep: the folder that keeps their answers.
        refresh: whether they are asked although an answer is kept.
        addresses: of APIs, each as `NAME=URL`.
    """

    keep: str | None = None
    refresh: bool = False
    addresses: Sequence[str] = ()


def number_of(source: str) -> Number | None:
    """Return the number that a source is; None if a file has that name, or if it is none."""
    return None if os.path.lexists(source) else number_in(source)


class Registries:
    """Reads records by number; the client is made for the first that is not kept."""

    def __init__(self, online: Online, *, quiet: bool) -> None:
        self._online, self._quiet = online, quiet
        self._client: Client | None = None

    def close(self) -> None:
        """Close the connections, if there are any."""
        if self._client is not None:
            self._client.close()

    def path(self, number: Number) -> str:
        """Return the file that keeps a record; without a folder to keep it in, what people call it."""
        return str(number) if self._online.keep is None else str(Path(self._online.keep) / number.file)

    def content(self, number: Number) -> bytes:
        """Return the record of a number.

        Raises:
            EvgradeError: a registry has no such record, or cannot be asked.
            UnreadableError: the record cannot be read or kept.
        """
        if self._online.keep is None:
            return self._answer(number)
        path = Path(self.path(number))
        name = for_terminal(shown_name(str(path)))
        if not self._online.refresh and os.path.lexists(path):
            try:
                kept = read_regular(str(path), LARGEST, follow=False)
            except (OSError, ValueError) as error:
                raise unreadable(name, error) from error
            check(number, kept, name)
            return kept
        answer = self._answer(number)
        if path.is_symlink():  # it may be a trap to overwrite another file
            raise EvgradeError(f"{name} is a link, and nothing is kept there", hint="remove it")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EvgradeError(f"{path.parent} cannot be made: {error.strerror or error}") from error
        write_file(str(path), answer)
        return answer

    def _answer(self, number: Number) -> bytes:
        if self._client is None:
            from evgrade.registries.client import Client

            mail = os.environ.get("EVGRADE_EMAIL", "").strip()
            self._client = Client(_addresses(self._online.addresses), mail, lambda text: say(text, quiet=self._quiet))
        return self._client.record(number)


def _addresses(given: Sequence[str]) -> Mapping[str, str]:
    """Return the addresses of APIs: those of options before those of the environment, and these before our own.

    No file of a folder has a say, for someone else may have written it.

    Raises:
        EvgradeError: one is not an address, or of no registry.
    """
    found = {}
    for key, registry in _KEYS.items():
        found[key] = checked_address(os.environ.get(registry.variable) or registry.address, registry.variable)
    for one in given:
        key, _, address = one.partition("=")
        if key not in _KEYS:
            raise EvgradeError(f"--address names no registry: {one}", hint=f"write NAME=URL; names: {', '.join(_KEYS)}")
        found[key] = checked_address(address, f"--address {key}")
    return found
