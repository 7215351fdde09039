"""Sources that are given by number: records that a folder keeps, or that a registry is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evgrade.cli.streams import say, write_file
from evgrade.importing.content import LARGEST
from evgrade.model import EvgradeError
from evgrade.registries.apis import REGISTRIES, check, checked_address
from evgrade.registries.numbers import EXAMPLES, Number, is_nearly_a_number, number_in
from evgrade.regular import read_regular, unreadable
from evgrade.render.clean import for_terminal
from evgrade.yamlio.source import STDIN, read_bytes, shown_name

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


def sources_read(sources: Sequence[str], online: Online, *, quiet: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each source: a file, standard input, or a number that no file is called.

    Raises:
        EvgradeError: a registry has no such record, or cannot be asked.
        UnreadableError: a file cannot be read or kept.
    """
    with ExitStack() as open_things:
        asking = _Asking(online, open_things, quiet=quiet)
        for source in sources:
            number = None if source == STDIN or os.path.lexists(source) else number_in(source)
            if number is not None:
                yield asking.read(number)
                continue
            try:
                content = read_bytes(source) if source == STDIN else read_regular(source, LARGEST)
            except (OSError, ValueError) as error:
                reason = unreadable(shown_name(source), error)
                if is_nearly_a_number(source):
                    reason.hint = f"it is no number of a registry either; these are written {EXAMPLES}"
                raise reason from error
            yield for_terminal(shown_name(source)), content


class _Asking:
    """Reads records by number; the client is made for the first that is not kept."""

    def __init__(self, online: Online, open_things: ExitStack, *, quiet: bool) -> None:
        self._online, self._quiet, self._open_things = online, quiet, open_things
        self._client: Client | None = None

    def read(self, number: Number) -> tuple[str, bytes]:
        """Return the name and the content of a record."""
        if self._online.keep is None:
            return str(number), self._answer(number)
        path = Path(self._online.keep) / number.file
        name = for_terminal(shown_name(str(path)))
        if not self._online.refresh and os.path.lexists(path):
            try:
                kept = read_regular(str(path), LARGEST, follow=False)
            except (OSError, ValueError) as error:
                raise unreadable(name, error) from error
            check(number, kept, name)
            return name, kept
        answer = self._answer(number)
        if path.is_symlink():  # whoever made it may want something else to be overwritten
            raise EvgradeError(f"{name} is a link, and nothing is kept there", hint="remove it")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EvgradeError(f"{path.parent} cannot be made: {error.strerror or error}") from error
        write_file(str(path), answer)
        return name, answer

    def _answer(self, number: Number) -> bytes:
        if self._client is None:
            from evgrade.registries.client import Client

            mail = os.environ.get("EVGRADE_EMAIL", "").strip()
            client = Client(_addresses(self._online.addresses), mail, lambda text: say(text, quiet=self._quiet))
            self._client = self._open_things.enter_context(client)
        return self._client.record(number)


def _addresses(given: Sequence[str]) -> Mapping[str, str]:
    """Return the addresses of APIs: those of options before those of the environment, and these before our own.

    No file of a folder has a say, for somebody else may have written it.

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
