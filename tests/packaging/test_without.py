"""Without the fast validator, libyaml or scipy the results are the same; two rare spellings aside without libyaml."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name in {blocked!r}:
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())
sys.argv[0] = "evgrade"
from evgrade.cli import main
try:
    main()
finally:
    assert not {blocked!r} & set(sys.modules)
"""
WITHOUT = {
    "jsonschema-rs": frozenset({"jsonschema_rs"}),
    "libyaml": frozenset({"yaml._yaml", "yaml.cyaml", "_yaml"}),
    "scipy": frozenset({"scipy", "numpy"}),
    "either": frozenset({"jsonschema_rs", "yaml._yaml", "yaml.cyaml", "_yaml"}),
}


@cache
def run(blocked: frozenset[str], *args: str) -> tuple[int, str, str]:
    code = BLOCKED.format(blocked=blocked)
    command = [sys.executable, "-c", code, *args]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


READ_OTHERWISE = ("colon-in-braces", "plain-text")
"""What PyYAML itself reads, or refuses, where libyaml does not; docs/dossier.md says what it refuses."""


def alike(findings: str) -> list[str]:
    """Return findings without those on files that are read otherwise without libyaml."""
    blocks = re.split(r"\n(?! )", findings)
    return [block for block in blocks if not any(f"/{name}.yaml:" in block for name in READ_OTHERWISE)]


@pytest.mark.parametrize("blocked", WITHOUT.values(), ids=list(WITHOUT))
@pytest.mark.parametrize(
    ("code", "command"),
    [
        (0, ("validate", "examples")),
        (1, ("validate", "tests/cli/bad")),
        (1, ("validate", "tests/cli/bad", "--format", "json")),
        (1, ("validate", "tests/hostile", "--quiet")),
        (0, ("score", "examples", "--format", "json")),
        (0, ("rubric", "check", "evgrade-default")),
        (0, ("rubric", "test")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_the_result_is_the_same(blocked: frozenset[str], code: int, command: tuple[str, ...]) -> None:
    without, with_all = run(blocked, *command), run(frozenset(), *command)
    assert without[0] == code
    if "_yaml" in blocked:
        assert (alike(without[1]), without[2]) == (alike(with_all[1]), with_all[2])
    else:
        assert without == with_all


def test_the_blocker_blocks() -> None:
    """What nothing works without is missed."""
    code, _, stderr = run(frozenset({"jsonschema"}), "validate", "tests/cli/bad")
    assert code == 2
    assert "internal error: ImportError: jsonschema" in stderr
