"""Without the fast validator, libyaml or scipy the results are the same; two rare spellings aside without libyaml."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "validate examples": 0,
    "validate tests/cli/bad --format json": 1,
    "validate tests/hostile --quiet": 1,
    "score examples --format json": 0,
    "rubric check evgrade-default": 0,
    "rubric test": 0,
}
"""The exit code of each."""

BLOCKED = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name in {blocked!r}:
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())
from evgrade.cli import main
results = []
for command in {commands!r}:
    sys.argv = ["evgrade", *command.split()]
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            main()
        except SystemExit as end:
            results.append((end.code, out.getvalue(), err.getvalue()))
assert not {blocked!r} & set(sys.modules)
print(json.dumps(results))
"""
WITHOUT = {
    "jsonschema-rs": frozenset({"jsonschema_rs"}),
    "libyaml": frozenset({"yaml._yaml", "yaml.cyaml", "_yaml"}),
    "scipy": frozenset({"scipy", "numpy"}),
}


@cache
def run(blocked: frozenset[str], commands: tuple[str, ...] = tuple(COMMANDS)) -> list[tuple[int, str, str]]:
    """Return exit code and output of each command, run one after the other in one process."""
    code = BLOCKED.format(blocked=blocked, commands=commands)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    results = [tuple(result) for result in json.loads(done.stdout)]
    assert not [stderr for _, _, stderr in results if "Traceback" in stderr]
    return results


READ_OTHERWISE = ("colon-in-braces", "plain-text")
"""What PyYAML itself reads, or refuses, where libyaml does not; docs/dossier.md says what it refuses."""


def alike(findings: str) -> list[str]:
    """Return findings without those on files that are read otherwise without libyaml."""
    blocks = re.split(r"\n(?! )", findings)
    return [block for block in blocks if not any(f"/{name}.yaml:" in block for name in READ_OTHERWISE)]


@pytest.mark.nightly  # by day, the tests of each fallback compare it with what it replaces
@pytest.mark.parametrize("blocked", [*WITHOUT.values()], ids=list(WITHOUT))
def test_the_result_is_the_same(blocked: frozenset[str]) -> None:
    for command, without, with_all in zip(COMMANDS, run(blocked), run(frozenset()), strict=True):
        assert without[0] == COMMANDS[command], command
        if "_yaml" in blocked:
            assert (alike(without[1]), without[2]) == (alike(with_all[1]), with_all[2]), command
        else:
            assert without == with_all, command


def test_the_blocker_blocks() -> None:
    """What nothing works without is missed."""
    [(code, _, stderr)] = run(frozenset({"jsonschema"}), ("validate tests/cli/bad",))
    assert code == 2
    assert "internal error: ImportError: jsonschema" in stderr
