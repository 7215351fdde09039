"""The HTTP client for registries: the only module of evgrade that opens a connection.

It is polite: it identifies itself, leaves pauses, and waits as long as a registry asks. And it trusts no server:
answers and waits are bounded, certificates are verified, and redirects to another host are refused.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from evgrade._version import __version__
from evgrade.model import EvgradeError
from evgrade.registries.apis import REGISTRIES, Number, Registry, conversation, missing

if TYPE_CHECKING:
    import httpx

LARGEST = 64 * 1024 * 1024
"""Bytes of an unpacked answer."""
TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds that a registry may make evgrade wait between two tries."""
LONGEST_ANSWER = 120.0
"""Seconds until an answer must be complete."""
_CONNECT, _READ = 10.0, 30.0
_MOST_REDIRECTS = 5
_ABOUT = "https://pypi.org/project/evgrade/"
_LATER = "try again later; answers that are kept with --keep are not requested again"
_OFFLINE = "check the network, or import files that you have downloaded"


class _AgainError(Exception):
    """A request failed for a reason that may pass; `wait` is the time that the registry asks to wait."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Client:
    """Requests records from registries, one at a time.

    Args:
        addresses: of APIs, by the key of the registry.
        mail: an email address that registries may write to; empty for none.
        tell: is called with a message before each wait for another try.
        now: returns the seconds of a clock.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        addresses: Mapping[str, str],
        mail: str = "",
        tell: Callable[[str], None] = lambda _: None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            import httpx  # noqa: PLC0415 - needed only to reach a registry
        except ImportError:
            hint = "pip install 'evgrade[online]', or import files that you have downloaded"
            raise EvgradeError("requests to a registry need httpx", hint=hint) from None
        if mail and not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}", mail):
            raise EvgradeError(f"EVGRADE_EMAIL is not an email address: {mail}")
        self._httpx = httpx
        self._addresses, self._mail, self._tell, self._now, self._sleep = addresses, mail, tell, now, sleep
        self._requested_at: dict[str, float] = {}
        mailto = f"; mailto:{mail}" if mail else ""
        try:
            self._http = httpx.Client(
                headers={"User-Agent": f"evgrade/{__version__} (+{_ABOUT}{mailto})"},
                timeout=httpx.Timeout(_READ, connect=_CONNECT),
                follow_redirects=False,
            )
        except (OSError, ValueError, ImportError) as error:
            hint = "check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"
            raise EvgradeError(f"the network settings in the environment cannot be used: {error}", hint=hint) from None

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def record(self, number: Number) -> bytes:
        """Return the record of a number.

        Raises:
            EvgradeError: the registry has no such record, cannot be reached, or answers with something else.
        """
        registry = REGISTRIES[number.kind]
        steps = conversation(number, self._addresses[registry.key], self._mail)
        url = next(steps)
        while True:
            answer = self._patiently(registry, number, url)
            try:
                url = steps.send(answer)
            except StopIteration as done:
                record: bytes = done.value
                return record

    def _patiently(self, registry: Registry, number: Number, url: str) -> bytes:
        """Return the answer to a request, repeated after a while if that may help."""
        for attempt in range(1, TRIES + 1):
            self._pause(registry)
            try:
                return self._once(registry, number, url)
            except _AgainError as error:
                wait = 2.0 ** (attempt - 1) if error.wait is None else error.wait
                if attempt == TRIES:
                    raise EvgradeError(f"{registry.name} {error}, {TRIES} times in a row", hint=_LATER) from None
                if wait > LONGEST_WAIT:
                    said = f"{registry.name} {error}, and asks to wait {wait:.0f} seconds"
                    raise EvgradeError(said, hint=_LATER) from None
                self._tell(f"{registry.name} {error}; evgrade tries again in {wait:.0f} s")
                self._sleep(wait)
        raise AssertionError("unreachable")

    def _pause(self, registry: Registry) -> None:
        """Wait for the rest of the pause that a registry asks for."""
        if registry.key in self._requested_at:
            left = self._requested_at[registry.key] + registry.pause - self._now()
            if left > 0:
                self._sleep(left)
        self._requested_at[registry.key] = self._now()

    def _once(self, registry: Registry, number: Number, url: str) -> bytes:
        httpx = self._httpx
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                with self._http.stream("GET", url) as response:
                    if not response.has_redirect_location:
                        return self._body(registry, number, response)
                    there = response.headers.get("Location", "")
                url = self._same_place(registry, url, there)
        except httpx.InvalidURL as error:
            raise EvgradeError(f"{registry.variable} cannot be used: {error}") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            host = httpx.URL(url).host
            if "CERTIFICATE" in str(error).upper():
                raise EvgradeError(f"the certificate of {host} cannot be verified", hint=_OFFLINE) from None
            raise EvgradeError(f"{registry.name} ({host}) cannot be reached", hint=_OFFLINE) from None
        except httpx.TimeoutException:
            raise _AgainError(f"did not answer within {_READ:.0f} seconds") from None
        except httpx.DecodingError:
            raise _AgainError("gave an answer that cannot be unpacked") from None
        except httpx.RequestError:
            raise _AgainError("sent an invalid response") from None
        raise EvgradeError(f"{registry.name} sends too many redirects", hint=_LATER)

    def _body(self, registry: Registry, number: Number, response: httpx.Response) -> bytes:
        """Return the body of an answer."""
        status = response.status_code
        if status in registry.missing:
            raise missing(number)
        if status == 429 or status >= 500:
            raise _AgainError(f"answers {status} {response.reason_phrase}".rstrip(), _wait_of(response.headers))
        if status != 200:
            said = f"{registry.name} refuses: {status} {response.reason_phrase}".rstrip()
            raise EvgradeError(said, hint="download the record in a browser, and import the file")
        end = self._now() + LONGEST_ANSWER
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise EvgradeError(f"the answer of {registry.name} is larger than {LARGEST // 2**20} MiB")
            if self._now() > end:
                raise _AgainError(f"takes more than {LONGEST_ANSWER:.0f} seconds for its answer")
        return b"".join(parts)

    def _same_place(self, registry: Registry, url: str, there: str) -> str:
        """Return the target of a redirect; refuse another host, and a connection without encryption."""
        here = self._httpx.URL(url)
        try:
            target = here.join(there)
        except (self._httpx.InvalidURL, ValueError):
            target = None
        if target is None or (target.scheme, target.host, target.port) != (here.scheme, here.host, here.port):
            said = f"{registry.name} redirects to another host, and evgrade does not follow: {there[:200]}"
            raise EvgradeError(said, hint=f"if the API has moved, set {registry.variable}")
        return str(target)


def _wait_of(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait by Retry-After, which holds a number or a date."""
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", said):
        return float(said)
    with suppress(ValueError, TypeError):
        moment, sent = (email.utils.parsedate_to_datetime(one) for one in (said, headers.get("Date", "")))
        return max(0.0, (moment - sent).total_seconds())
    return None
