"""The name of the YAML parser in use: messages about mistakes can depend on it."""

from __future__ import annotations

import yaml


def parser_name() -> str:
    """Return the parser with its version, such as «libyaml 0.2.5»; «Python» where there is no libyaml."""
    if not hasattr(yaml, "CSafeLoader"):
        return "Python"
    from yaml._yaml import get_version_string  # noqa: PLC0415 - only there where libyaml is

    return f"libyaml {get_version_string()}"
