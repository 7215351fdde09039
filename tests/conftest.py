"""Options and marks of the whole suite."""

from __future__ import annotations

import gc
import os
import signal
import sys
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from evgrade.batch.pool import usable_cores
from tests.examples import QUICK
from tests.tiers import Tier, belongs, tier_of

# Compiled modules are kept whatever the environment says: else each program that a test starts compiles evgrade anew,
# and each worker rewrites all assertions.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No test asks a real registry, nor a proxy of this computer.
os.environ.update({f"EVGRADE_{name}_URL": "http://127.0.0.1:9" for name in ("CTGOV", "NCBI", "CROSSREF")})
os.environ["NO_PROXY"] = "127.0.0.1"
os.environ.pop("EVGRADE_EMAIL", None)

# What runs in the background of a shell ignores interrupts, and so would every program that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what evgrade prints now to the golden files, then read them.",
    )
    parser.addoption("--tier", choices=list(Tier), help="Which tests run. Without it: those named, or the fast ones.")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes a quarter of a second, or uses the network; not in the fast tier")
    config.addinivalue_line("markers", "nightly: takes long, and seldom breaks alone; runs each night")
    tier = tier_of(config)
    config.option.tier = tier.value  # for the workers, which are given options and not what they were decided by
    if config.getoption("--hypothesis-profile") is None:
        settings.load_profile(QUICK)


def pytest_xdist_auto_num_workers() -> int:
    return usable_cores()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tier = tier_of(config)
    left_out = [item for item in items if not belongs(item, tier)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if belongs(item, tier)]


def pytest_collection_finish() -> None:
    """Spare the garbage collector the tests themselves, which stay to the end, and let it look less often."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


_NUMBERS = count()


@pytest.fixture(autouse=True)
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a cache that begins empty: none takes rows from another, or writes into that of the user."""
    folder = tmp_path_factory.getbasetemp() / f"cache-{next(_NUMBERS)}"
    monkeypatch.setenv("EVGRADE_CACHE_DIR", str(folder))
    return folder
