"""The t, F and chi-squared distributions: the only module that needs scipy.

scipy is optional and slow to import, so it is imported when one of these is requested.
"""

from __future__ import annotations

from typing import Any

from evgrade.model import EvgradeError, is_short_of_memory


class NeedsScipyError(EvgradeError):
    """A result needs scipy, which is not installed."""

    def __init__(self) -> None:
        super().__init__("this needs the package scipy", hint="pip install 'evgrade[statistics]'")


def t_two_sided_p(t: float, df: float) -> float:
    """Return the probability of a t at least as far from 0.

    Raises:
        NeedsScipyError: scipy is not installed.
        ValueError: the degrees of freedom are not above 0.
    """
    _require_df(df)
    return 2 * float(_special().stdtr(df, -abs(t)))


def f_upper_p(f: float, df1: float, df2: float) -> float:
    """Return the probability of an F at least as large.

    Raises:
        NeedsScipyError: scipy is not installed.
        ValueError: degrees of freedom are not above 0.
    """
    _require_df(df1, df2)
    return float(_special().fdtrc(df1, df2, f))


def chi2_upper_p(chi2: float, df: float) -> float:
    """Return the probability of a chi-squared at least as large.

    Raises:
        NeedsScipyError: scipy is not installed.
        ValueError: the degrees of freedom are not above 0.
    """
    _require_df(df)
    return float(_special().chdtrc(df, chi2))


def _require_df(*dfs: float) -> None:
    for df in dfs:
        if not df > 0:
            raise ValueError(f"degrees of freedom are above 0, not {df}")


def _special() -> Any:
    # This part of scipy loads ten times as fast as `scipy.stats`.
    try:
        from scipy import special  # noqa: PLC0415
    except ImportError as error:
        if is_short_of_memory(error):
            raise
        raise NeedsScipyError from None
    return special
