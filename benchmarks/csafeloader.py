"""What people would write themselves: each file of a folder read with PyYAML's fast loader, validated with jsonschema.

`python csafeloader.py SCHEMA FOLDER` ends with 1 if a file is not valid.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def main() -> int:
    """Validate the files, one after the other, with one validator."""
    validator = Draft202012Validator(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    valid = [
        validator.is_valid(yaml.load(path.read_bytes(), FastLoader))  # noqa: S506 - a safe loader
        for path in sorted(Path(sys.argv[2]).iterdir())
    ]
    return 0 if all(valid) else 1


if __name__ == "__main__":
    sys.exit(main())
