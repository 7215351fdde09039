"""The distributions that scipy gives, against tables; and what happens without it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evgrade.facts.p_value import ReportedP
from evgrade.facts.recomputed import Statistic, compare
from evgrade.facts.reported import Reported
from evgrade.model import EvgradeError
from evgrade.stats.distributions import (
    NeedsScipyError,
    chi2_upper_p,
    f_upper_p,
    t_two_sided_p,
)
from evgrade.stats.whole import t_of_level


def test_values_of_printed_tables() -> None:
    assert t_of_level(95, 10) == pytest.approx(2.228, abs=5e-4)
    assert t_two_sided_p(-2.228, 10) == pytest.approx(0.05, abs=5e-5)
    assert f_upper_p(4.10, 2, 10) == pytest.approx(0.05, abs=1e-4)
    assert chi2_upper_p(3.841, 1) == pytest.approx(0.05, abs=5e-5)


@pytest.mark.parametrize("df", [0, -1, float("nan")])
def test_no_degrees_of_freedom_no_distribution(df: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        t_two_sided_p(1, df)
    with pytest.raises(ValueError, match="above 0"):
        f_upper_p(1, 2, df)


def test_without_scipy_one_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    t = Statistic(test="t", value=Reported.parse("2.20"), df=(28,))
    with pytest.raises(NeedsScipyError) as raised:
        compare(t, ReportedP.parse(".04"))
    assert isinstance(raised.value, EvgradeError)
    assert raised.value.hint == "pip install 'evgrade[statistics]'"
    z = Statistic(test="z", value=Reported.parse("-2.42"))
    assert not compare(z, ReportedP.parse(".016")).error


def test_nothing_is_imported_before_it_is_needed() -> None:
    """Importing the facts and the statistics, and every module of them, loads neither scipy nor numpy."""
    code = """
import importlib, pkgutil, sys
import evgrade.facts, evgrade.stats
cheap = set(sys.modules)
for room in (evgrade.facts, evgrade.stats):
    for module in pkgutil.iter_modules(room.__path__):
        importlib.import_module(f"{room.__name__}.{module.name}")
assert not {"scipy", "numpy"} & set(sys.modules)
assert not {"evgrade.facts.interval", "decimal", "statistics"} & cheap, cheap
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
