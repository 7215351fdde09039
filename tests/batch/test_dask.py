"""A Dask cluster does the work: in order, whatever becomes of its workers, where they would do as this process does.

With a real cluster at night; by day `tests/cli/test_batch_dask.py` has one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from uuid import uuid4

import pytest

from evgrade.batch import dask
from evgrade.batch.dask import DaskExecutor, Needs, dask_pool
from evgrade.batch.installation import installation
from evgrade.batch.work import WorkersError
from evgrade.batch.workers import TWICE
from evgrade.discover import Source
from evgrade.model import EvgradeError
from tests.batch.cluster import ROOT, Cluster, a_worker, client_count, kill, running, task_count
from tests.batch.works import Name
from tests.waiting import soon

pytestmark = pytest.mark.slow

NEEDS = Needs.of({str(ROOT)})


def sources(*names: str) -> list[Source]:
    return [Source(name, named=True) for name in names]


def many(number: int) -> list[Source]:
    return sources(*(f"file-{n}" for n in range(number)))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Run a cluster of two workers that no test harms."""
    with running(tmp_path_factory.mktemp("cluster"), workers=2) as cluster:
        yield cluster


def hiding(folder: Path) -> Path:
    """Write what makes evgrade impossible to import, and return where."""
    (folder / "hidden").mkdir()
    (folder / "hidden" / "evgrade.py").write_text("raise ImportError('hidden')\n")
    return folder / "hidden"


# Order and place


@pytest.mark.nightly
def test_results_come_in_the_order_of_the_files(cluster: Cluster) -> None:
    given = [*sources("slow"), *many(400)]
    with dask_pool(cluster.address, NEEDS) as pool:
        results = list(pool.run(Name(), given))
    assert [path for path, _ in results] == [source.path for source in given]
    assert len({pid for _, pid in results}) == 2


@pytest.mark.nightly
def test_as_much_is_under_way_as_the_workers_have_threads(cluster: Cluster) -> None:
    with dask_pool(cluster.address, NEEDS) as pool:
        assert pool.jobs == 2
    with dask_pool(cluster.address, NEEDS, jobs=1) as pool:
        assert pool.jobs == 1
        assert isinstance(next(pool.run(Name(), many(1)))[1], int)


@pytest.mark.nightly
def test_the_cluster_holds_only_what_is_under_way_and_nothing_at_the_end(cluster: Cluster) -> None:
    held = []

    def files() -> Iterator[Source]:
        for number, source in enumerate(many(4000)):
            if number % 1000 == 999:
                held.append(cluster.tell(task_count))
            yield source

    with dask_pool(cluster.address, NEEDS) as pool:
        assert len(list(pool.run(Name(), files()))) == 4000
        window = pool.jobs * pool.ahead
    assert len(held) == 4
    assert max(held) <= 2 * window, "of 63 chunks"
    assert soon(lambda: cluster.tell(task_count) == 0)


@pytest.mark.nightly
def test_who_stops_early_leaves_the_cluster_without_work(cluster: Cluster) -> None:
    with dask_pool(cluster.address, NEEDS) as pool:
        run = pool.run(Name(), [*many(100), *sources("slow", "slow"), *many(1000)])
        next(run)
        assert cluster.tell(client_count) == 1
        run.close()
        assert soon(lambda: cluster.tell(task_count) == 0)
        assert soon(lambda: cluster.tell(client_count) == 0)


@pytest.mark.nightly
def test_the_same_work_sent_twice_is_done_twice(cluster: Cluster) -> None:
    executor = DaskExecutor(cluster.address, NEEDS)
    futures = [executor.submit(uuid4) for _ in range(2)]
    executor.shutdown()
    first, second = (future.result() for future in futures)
    assert first != second


@pytest.mark.nightly
def test_work_that_raises_is_lost_and_the_rest_is_not(cluster: Cluster) -> None:
    with dask_pool(cluster.address, NEEDS) as pool:
        results = list(pool.run(Name(), sources("a", "raise", "b")))
    assert results[1] == ("raise", "internal error: ValueError: raise")
    assert [path for path, _ in results] == ["a", "raise", "b"]


# Workers that die


@pytest.mark.nightly
def test_a_file_that_kills_its_worker_is_lost_alone(tmp_path: Path) -> None:
    given = [*many(100), *sources("kill"), *many(100)]
    with running(tmp_path, workers=1, options=("--nanny",)) as cluster, dask_pool(cluster.address, NEEDS) as pool:
        results = list(pool.run(Name(), given))
    assert [path for path, _ in results] == [source.path for source in given]
    assert [(path, told) for path, told in results if isinstance(told, str)] == [("kill", TWICE)]


@pytest.mark.nightly
def test_without_a_worker_the_run_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_NEXT_WORKER", 1.0)
    with running(tmp_path, workers=0) as cluster:
        worker = cluster.worker("--no-nanny")
        with dask_pool(cluster.address, NEEDS) as pool:
            run = pool.run(Name(), many(2000))
            assert next(run)[0] == "file-0"
            kill(worker)
            with pytest.raises(WorkersError, match=r"no worker at tcp://.* is left"):
                list(run)


# Workers that would give other rows


@pytest.mark.nightly
def test_a_worker_that_does_not_see_a_folder_is_told_before_any_work(cluster: Cluster) -> None:
    needs = Needs(installation(), (str(ROOT), "/nowhere"))
    with pytest.raises(EvgradeError, match=r"the worker at tcp://.* does not see the folder /nowhere"):
        DaskExecutor(cluster.address, needs)


def test_a_folder_that_is_missing_here_too_is_not_needed() -> None:
    assert Needs.of({str(ROOT), "/nowhere"}) == Needs(installation(), (str(ROOT),))


@pytest.mark.nightly
def test_a_worker_with_another_evgrade_is_told_whenever_it_joins(cluster: Cluster, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "evgrade", tmp_path / "other" / "evgrade")
    (tmp_path / "other" / "evgrade" / "_version.py").write_text('__version__ = "0.0.9"\n')
    other = {"PYTHONPATH": f"{tmp_path / 'other'}:{ROOT}"}
    with dask_pool(cluster.address, NEEDS, jobs=8) as pool, cluster.joined(env=other):
        with pytest.raises(WorkersError, match=r"a worker that joined has evgrade 0\.0\.9, not"):
            list(pool.run(Name(), many(2000)))
        with pytest.raises(EvgradeError, match=r"the worker at tcp://.* has evgrade 0\.0\.9, not") as caught:
            DaskExecutor(cluster.address, NEEDS)
    assert caught.value.hint == (
        f"scheduler and workers need evgrade {installation().version} and the same extras, "
        "and workers the folders at the same place"
    )


@pytest.mark.nightly
def test_a_worker_without_evgrade_is_told(cluster: Cluster, tmp_path: Path) -> None:
    told = pytest.raises(EvgradeError, match=r"the worker at tcp://.* has no evgrade like this: .*hidden")
    with cluster.joined(env={"PYTHONPATH": f"{hiding(tmp_path)}:{ROOT}"}), told:
        DaskExecutor(cluster.address, NEEDS)


@pytest.mark.nightly
def test_a_scheduler_without_evgrade_is_told(tmp_path: Path) -> None:
    hidden = hiding(tmp_path)
    told = pytest.raises(EvgradeError, match=r"the scheduler at tcp://.* has no evgrade like this: .*hidden")
    with running(tmp_path, workers=1, env={"PYTHONPATH": f"{hidden}:{ROOT}"}) as cluster, told:
        DaskExecutor(cluster.address, NEEDS)


# No cluster


@pytest.mark.nightly
def test_a_scheduler_that_ends_meanwhile_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_ANSWER", 0.5)
    with running(tmp_path, workers=0) as cluster:
        Timer(0.5, kill, [cluster.scheduler]).start()
        with pytest.raises(WorkersError, match=r"the scheduler at tcp://.* has ended"):
            DaskExecutor(cluster.address, NEEDS)


@pytest.mark.nightly
def test_a_scheduler_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_FIRST_WORKER", 0.2)
    with running(tmp_path, workers=0) as cluster, pytest.raises(EvgradeError, match="has no workers") as caught:
        DaskExecutor(cluster.address, NEEDS)
    assert caught.value.hint == f"start some: dask worker {cluster.address}"


@pytest.mark.nightly
def test_the_address_of_a_worker_is_told_from_that_of_a_scheduler(cluster: Cluster) -> None:
    with pytest.raises(EvgradeError, match="no Dask scheduler answers at") as caught:
        DaskExecutor(cluster.tell(a_worker), NEEDS)
    assert "that is a worker" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "127.0.0.1", "tcp://", "tcp://127.0.0.1", "http://127.0.0.1:1", "tcp://a b:1", "tcp://::1:1"],
)
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(EvgradeError, match="is not the address of a scheduler"):
        DaskExecutor(address, NEEDS)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tcp://[::1]:1", "tcp://127.0.0.1:99999"])
def test_nobody_at_an_address_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_ANSWER", 0.2)
    with pytest.raises(EvgradeError, match="no Dask scheduler answers at"):
        DaskExecutor(address, NEEDS)


@pytest.mark.nightly
def test_tls_without_certificates_is_told() -> None:
    with pytest.raises(EvgradeError, match="needs certificates"):
        DaskExecutor("tls://127.0.0.1:1", NEEDS)
