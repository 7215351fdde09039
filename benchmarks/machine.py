"""What was measured, on what: the head of the report."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

import yaml

from evgrade import __version__

PACKAGES = ("jsonschema", "jsonschema-rs", "check-jsonschema", "yamllint", "typer", "rich")


def about() -> str:
    """Return the head of the report: how to read it, and the versions."""
    libyaml = "with libyaml" if hasattr(yaml, "CSafeLoader") else "without libyaml"
    packages = "\n".join(f"- {name} {_version(name)}" for name in PACKAGES)
    return f"""\
# What was measured

Written by `python benchmarks/run.py`; do not edit. Run it again on your machine.

**How to read it.** A time depends on the machine and on what else runs there; a ratio much less. Every ratio is taken
from runs that stood next to each other, so trust the ratios, and of them the medians. The dossiers are made up by
`benchmarks/generate.py`, always the same ones. *Wanted* is what the project aims at; nothing fails if it is missed.

- evgrade {__version__}, Python {platform.python_version()} ({platform.python_implementation()})
- {platform.system()} {platform.machine()}, {os.cpu_count()} processors
- PyYAML {_version("PyYAML")}, {libyaml}
{packages}
"""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
