"""What evgrade is measured beside, where it is given many files: the commands that only validate them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.process import SCHEMA, tool

CHECK_JSONSCHEMA = "`check-jsonschema`"
CSAFELOADER = "PyYAML's `CSafeLoader` and jsonschema"
AJV = "`ajv-cli`"
CPP = "`@sourcemeta/jsonschema`, C++, default mode"

NPM = Path(__file__).with_name("npm")
_SCRIPT = Path(__file__).with_name("csafeloader.py")
_AJV_OPTIONS = ("--spec=draft2020", "--strict=false", "-c", "ajv-formats")


def commands(paths: Sequence[Path], *, with_npm: bool) -> dict[str, Sequence[str | Path]]:
    """Return what validates all files of a folder, by the name of the peer; each ends with 0 if all are valid."""
    folder = paths[0].parent
    found: dict[str, Sequence[str | Path]] = {
        CHECK_JSONSCHEMA: [tool("check-jsonschema"), "--schemafile", SCHEMA, *paths],
        CSAFELOADER: [sys.executable, _SCRIPT, SCHEMA, folder],
    }
    if with_npm:
        programs = NPM / "node_modules" / ".bin"
        found[AJV] = [programs / "ajv", "validate", *_AJV_OPTIONS, "-s", SCHEMA, "-d", f"{folder}/*.yaml"]
        found[CPP] = [programs / "jsonschema", "validate", SCHEMA, folder]
    return found


def versions() -> dict[str, str]:
    """Return the versions of what comes from npm, by name."""
    named: dict[str, str] = json.loads((NPM / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return named


def why_no_npm() -> str | None:
    """Install what comes from npm, in the versions that npm/package.json names; return why that failed, or None."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    command = [npm, "install", "--no-package-lock", "--prefer-offline", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=NPM, capture_output=True, check=False)
    return None if done.returncode == 0 else "npm could not install it"
