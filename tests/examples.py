"""How hard hypothesis tries: a number of examples for each law, scaled by a profile for all of them."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

_ALL = 100
QUICK, FULL, DEEP = "quick", "full", "deep"
"""A fifteenth of the examples, unless another profile is named; all, each night; a hundred times as many."""

# How long something takes on a busy machine says nothing about whether it is right.
_UNTIMED = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    print_blob=True,
)
settings.register_profile(QUICK, _UNTIMED, max_examples=_ALL // 15)
settings.register_profile(FULL, _UNTIMED, max_examples=_ALL)
settings.register_profile(DEEP, _UNTIMED, max_examples=_ALL * 100)


def examples(number: int) -> settings:
    """Return settings that try a number of examples in the profile `full`, and its share of them in another."""
    return settings(max_examples=max(1, number * settings().max_examples // _ALL))
