"""What the laws of these tests share."""

from __future__ import annotations

# Imported once, before any law runs: the first example of one should not pay for it.
import scipy.special  # noqa: F401
