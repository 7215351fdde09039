"""Workers on other machines: a Dask cluster as an executor. The only module that uses Dask."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

from evgrade.batch.installation import Installation, installation
from evgrade.batch.pool import Pool
from evgrade.batch.work import WorkersError
from evgrade.model import EvgradeError, is_short_of_memory

P = ParamSpec("P")
T = TypeVar("T")

_ANSWER = 5.0
"""Seconds that a scheduler has to answer."""

_FIRST_WORKER = 10.0
"""Seconds to wait for the first worker before any work is sent."""

_NEXT_WORKER = 60.0
"""Seconds to wait for new workers after all have died; a supervisor takes a while to start them."""

_ADDRESS = re.compile(r"(?P<scheme>tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s/:\[\]]+):\d{1,5}")


@dataclass(frozen=True, slots=True)
class Needs:
    """The requirements for a worker to give the same rows as this process.

    Attributes:
        installation: an installation equal to this one.
        folders: absolute paths of the folders to read.
    """

    installation: Installation
    folders: tuple[str, ...]

    @classmethod
    def of(cls, folders: set[str]) -> Needs:
        """Return the requirements for reading below some folders, except those that are missing here too."""
        return cls(installation(), tuple(sorted(folder for folder in folders if os.path.isdir(folder))))  # noqa: PTH112


@contextmanager
def dask_pool(scheduler: str, needs: Needs, jobs: int | None = None) -> Iterator[Pool]:
    """Yield a pool that works on a Dask cluster, and leave the cluster as it was.

    Args:
        scheduler: its address, such as `tcp://192.0.2.1:8786`.
        needs: the requirements for workers.
        jobs: the number of chunks in progress at once; None for the number of threads of the workers.

    Raises:
        EvgradeError: there is no such cluster, or a worker would give other rows.
    """
    executor = DaskExecutor(scheduler, needs)
    try:
        yield Pool(jobs or executor.threads, start=lambda _: executor)
    finally:
        executor.shutdown(wait=False)


class DaskExecutor(Executor):
    """A Dask cluster. It resends the work of a worker that dies; work that kills several workers ends with an error.

    Results are fetched as they are finished, and the cluster then forgets them. If the cluster is gone or has no
    workers left, all work in progress ends with WorkersError.

    Attributes:
        threads: the number of chunks that its workers could process at once when it was connected.
    """

    def __init__(self, scheduler: str, needs: Needs) -> None:
        """Connect.

        Raises:
            EvgradeError: there is no such cluster, or a worker would give other rows.
        """
        distributed = _distributed()
        asyncio.run(_check_scheduler(scheduler, distributed))
        self._scheduler = scheduler
        self._needs = needs
        self._under_way: set[Future[Any]] = set()
        try:
            with ExitStack() as otherwise:
                self._client = distributed.Client(scheduler, timeout=_ANSWER, set_as_default=False, name="evgrade")
                otherwise.callback(self.shutdown, wait=False)
                self._check_workers()
                self.threads: int = sum(self._client.nthreads().values())
                otherwise.pop_all()
        except OSError:
            raise self._lost() from None
        self._client.loop.add_callback(self._watch)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send work to the cluster.

        Raises:
            WorkersError: the cluster is gone.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        work = partial(fn, *args, **kwargs)  # a single object, or Dask would traverse its parts
        try:
            task = self._client.submit(_if_fit, self._needs, work, pure=False)
        except Exception:  # a client that lost its scheduler raises various errors
            raise self._lost() from None
        self._under_way.add(future)
        self._client.loop.add_callback(self._settle, task, future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base
        """Disconnect; the cluster then forgets unfinished work. Nothing else is stopped."""
        if wait and not cancel_futures:
            wait_for(self._under_way.copy())
        with suppress(OSError):  # the scheduler may be gone
            self._client.close()

    def _check_workers(self) -> None:
        """Check that there are workers, and that all would give the same rows as this process.

        The scheduler unpickles the work that it passes on, so it needs evgrade too.

        Raises:
            EvgradeError: there are none, or one would give other rows.
        """
        try:
            self._client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except TimeoutError:
            hint = f"start some: dask worker {self._scheduler}"
            raise EvgradeError(f"the scheduler at {self._scheduler} has no workers", hint=hint) from None
        try:
            unmet = self._client.run_on_scheduler(_unmet, Needs(self._needs.installation, ()))
        except OSError:
            raise
        except Exception as error:  # anything that it cannot unpickle
            unmet = error
        if unmet is not None:
            raise _unfit(f"the scheduler at {self._scheduler}", unmet)
        wording = self._client.run(_unmet, self._needs, on_error="return")
        for address, unmet in sorted(wording.items()):
            if unmet is not None and not isinstance(unmet, OSError):  # a worker that has gone meanwhile
                raise _unfit(f"the worker at {address}", unmet)

    async def _settle(self, task: Any, future: Future[Any]) -> None:
        """Wait for work that was sent, and pass its result on."""
        try:
            result, error = await task, None
        except (Exception, CancelledError, asyncio.CancelledError) as raised:
            result, error = None, raised if task.status == "error" else self._lost()
        if future in self._under_way:
            self._under_way.discard(future)
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    async def _watch(self) -> None:
        """End the work in progress if there is no worker and none joins."""
        slices, missed = 20, 0
        while self._client.status == "running" and missed < slices:
            await asyncio.sleep(_NEXT_WORKER / slices)
            with suppress(OSError):
                missed = 0 if await self._client.nthreads() else missed + 1
        if missed == slices:
            while self._under_way:
                hint = "what kills every worker may be a file, or too little memory"
                self._under_way.pop().set_exception(WorkersError(f"no worker at {self._scheduler} is left", hint=hint))

    def _lost(self) -> WorkersError:
        return WorkersError(f"the scheduler at {self._scheduler} has ended, or dropped the work")


def _distributed() -> Any:
    """Return the library, with its log and warnings silenced, since real problems are raised as errors.

    Raises:
        EvgradeError: it is not installed.
    """
    try:
        import distributed  # noqa: PLC0415 - it is optional, large and slow to import
    except ImportError as error:
        if is_short_of_memory(error):
            raise
        raise EvgradeError("a Dask cluster needs distributed", hint="pip install 'evgrade[dask]'") from None
    for name in ("distributed", "tornado", "asyncio", *logging.root.manager.loggerDict):
        if name.split(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module=r"distributed\.")
    return distributed


async def _check_scheduler(address: str, distributed: Any) -> None:
    """Check that a scheduler answers before creating a client, which would keep trying.

    Raises:
        EvgradeError: there is no answer.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise EvgradeError(f"{address!r} is not the address of a scheduler", hint="such as tcp://192.0.2.1:8786")
    how = distributed.Security().get_connection_args("client")
    if found["scheme"] == "tls" and how.get("ssl_context") is None:
        hint = "name them in Dask's settings: distributed.comm.tls"
        raise EvgradeError(f"{address} needs certificates, and Dask knows of none", hint=hint)
    try:
        async with asyncio.timeout(_ANSWER), distributed.rpc(address, timeout=_ANSWER, connection_args=how) as server:
            kind = (await server.identity())["type"]
    except Exception:  # another server may send anything
        kind = None
    if kind != "Scheduler":
        hint = "start one: dask scheduler" if kind is None else "that is a worker; it knows its scheduler's address"
        raise EvgradeError(f"no Dask scheduler answers at {address}", hint=hint)


def _if_fit(needs: Needs, work: Callable[[], T]) -> T:
    """Do some work if this worker meets the requirements; it may have joined after the others were checked.

    Raises:
        WorkersError: it does not meet them.
    """
    _check_fit(needs)
    return work()


@cache  # errors are not cached: what was missing may be there next time
def _check_fit(needs: Needs) -> None:
    if (unmet := _unmet(needs)) is not None:
        raise _unfit("a worker that joined", unmet)


def _unmet(needs: Needs) -> str | None:
    """Return the requirement that this worker lacks, as the end of a sentence about it; None if it meets all."""
    if (difference := installation().difference(needs.installation)) is not None:
        return difference
    missing = next((folder for folder in needs.folders if not os.path.isdir(folder)), None)  # noqa: PTH112
    return None if missing is None else f"does not see the folder {missing}"


def _unfit(who: str, unmet: str | BaseException) -> WorkersError:
    """Return the error for a worker that would give other rows, or none."""
    if isinstance(unmet, BaseException):
        unmet = f"has no evgrade like this: {unmet}"
    version = installation().version
    hint = (
        f"scheduler and workers need evgrade {version} and the same extras, and workers the folders at the same place"
    )
    return WorkersError(f"{who} {unmet}", hint=hint)
