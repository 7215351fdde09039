"""Exit codes: 0 done, 1 findings, 2 could not do the job, 3 nothing to do, 130 interrupted, 141 nobody listens."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import evgrade as package
from evgrade.cli import main
from evgrade.cli.exits import _ORDER

from .support import INVALID, NALTREXONE, ROOT, SCRIPT, SMALLEST, Run, environment


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "stdin", "code"),
    [
        (("score", SMALLEST), "", 0),
        (("explain", SMALLEST), "", 0),
        (("validate", SMALLEST), "", 0),
        (("rubric", "list"), "", 0),
        (("rubric", "show"), "", 0),
        (("rubric", "check", "evgrade-default"), "", 0),
        (("rubric", "test"), "", 0),
        (("schema", "findings"), "", 0),
        (("new",), "", 0),
        (("--version",), "", 0),
        (("--help",), "", 0),
        (("score", "-"), INVALID, 1),
        (("explain", "-"), INVALID, 1),
        (("validate", "-"), INVALID, 1),
        (("score", SMALLEST, "--fail-under", "50"), "", 1),
        (("rubric", "check", "-"), INVALID, 2),
        (("score", "nowhere.yaml"), "", 2),
        (("explain", "nowhere.yaml"), "", 2),
        (("validate", "nowhere.yaml"), "", 2),
        (("score", SMALLEST, "-r", "nothing"), "", 2),
        (("validate", "rubrics"), "", 3),
        (("score", "rubrics"), "", 3),
    ],
)
def test_each_command_ends_with_its_code(evgrade: Run, command: tuple[str, ...], stdin: str, code: int) -> None:
    assert evgrade(*command, stdin=stdin).code == code


@pytest.mark.parametrize(("path", "code"), [(SMALLEST, 0), ("tests/cli/bad", 1), ("nowhere.yaml", 2), ("rubrics", 3)])
def test_so_does_the_program(run: Run, path: str, code: int) -> None:
    assert run("validate", path).code == code


# Wrong use


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("nothing",),
        ("--nothing",),
        ("score",),
        ("score", "--nothing"),
        ("score", SMALLEST, "--format", "html"),
        ("score", SMALLEST, "--fail-under"),
        ("score", SMALLEST, "--fail-under", "half"),
        ("explain",),
        ("explain", SMALLEST, "trials", "safety"),
        ("validate",),
        ("validate", SMALLEST, "--format", "yaml"),
        ("rubric",),
        ("rubric", "nothing"),
        ("rubric", "check"),
        ("schema",),
        ("schema", "nothing"),
        ("new", "a", "b"),
    ],
    ids=" ".join,
)
def test_a_wrong_use_is_explained(evgrade: Run, command: tuple[str, ...]) -> None:
    result = evgrade(*command)
    assert result.code == 2
    assert re.search("Usage: evgrade|requires an argument", result.output)
    assert "internal error" not in result.output
    if command not in ((), ("rubric",)):
        assert result.stdout == ""
        assert "Error: " in result.stderr


def test_so_it_is_by_the_program(run: Run) -> None:
    result = run("score", "--nothing")
    assert (result.code, result.stdout) == (2, "")
    assert "No such option: --nothing" in result.stderr


def test_without_a_command_the_commands_are_listed(run: Run) -> None:
    result = run()
    assert result.code == 2
    for command in ("score", "explain", "validate", "new", "schema", "rubric"):
        assert f"\n  {command}" in result.output


def test_version_names_the_version(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        assert each("--version").stdout == f"evgrade {package.__version__}\n"


def test_python_m_evgrade_is_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "evgrade", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"evgrade {package.__version__}\n"


@pytest.mark.parametrize("command", ["score", "explain", "validate", "new", "schema", "rubric"])
def test_every_option_says_what_it_does(evgrade: Run, command: str) -> None:
    text = evgrade(command, "--help", env={"COLUMNS": "120"}).stdout
    described = [line for line in text.splitlines() if line.startswith("  -")]
    assert described
    for line in described:
        assert len(line.split("  ")) > 2 or line.endswith(("]", "FILE")), line


# Interrupted


def interrupted(*command: str) -> tuple[int, str, str]:
    """Start a command that waits for standard input, interrupt it, and return its code and its streams."""
    # What runs in the background of a shell ignores interrupts, and so would its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    child = subprocess.Popen(
        [SCRIPT, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment({}, "utf-8"),
        cwd=ROOT,
        text=True,
    )
    signal.signal(signal.SIGINT, before)
    assert child.stdin is not None
    try:
        wait_until_it_reads(child.pid)
        child.send_signal(signal.SIGINT)
        stdout, stderr = child.communicate(timeout=10)
    finally:
        child.kill()
    return child.returncode, stdout, stderr


def wait_until_it_reads(pid: int) -> None:
    """Wait until a process sleeps in a read of its standard input: from then on an interrupt meets it there."""
    state = Path(f"/proc/{pid}/syscall")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if state.read_text().startswith("0 0x0 "):
                return
        except OSError:
            time.sleep(1.5)
            return
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("command", [("score", "-"), ("validate", "-"), ("explain", "-")], ids=" ".join)
def test_an_interrupt_ends_it_with_a_word(command: tuple[str, ...]) -> None:
    assert interrupted(*command) == (130, "", "evgrade: interrupted\n")


# Mistakes of evgrade itself


@pytest.fixture
def mistaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a mistake into evgrade."""

    def wrong(*_: object) -> None:
        raise RuntimeError("not thought of \x1b[2J")

    monkeypatch.setattr("evgrade.checking.looked_at", wrong)


@pytest.mark.usefixtures("mistaken")
@pytest.mark.parametrize("command", ["score", "validate", "explain"])
def test_a_mistake_of_evgrade_does_not_look_like_a_finding(evgrade: Run, command: str) -> None:
    result = evgrade(command, SMALLEST)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == (
        "evgrade: internal error: RuntimeError: not thought of \\x1b[2J\n"
        "  = this is a mistake in evgrade, not in your file; EVGRADE_DEBUG=1 shows where\n"
    )


@pytest.mark.usefixtures("mistaken")
def test_who_asks_for_it_sees_where(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVGRADE_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["evgrade", "validate", str(ROOT / SMALLEST)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_the_program_shows_none_either(tmp_path: Path) -> None:
    code = (
        "import sys, evgrade.checking\n"
        "def wrong(*_): raise RuntimeError('not thought of')\n"
        "evgrade.checking.looked_at = wrong\n"
        "from evgrade.cli import main\n"
        "sys.argv = ['evgrade', 'validate', sys.argv[1]]\n"
        "main()\n"
    )
    for debug, traced in (("", False), ("1", True)):
        done = subprocess.run(
            [sys.executable, "-c", code, ROOT / NALTREXONE],
            capture_output=True,
            env=environment({"EVGRADE_DEBUG": debug}, "utf-8"),
            cwd=tmp_path,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "internal error: RuntimeError: not thought of" in done.stderr
        assert ("Traceback" in done.stderr) is traced


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [(KeyboardInterrupt, 130, "evgrade: interrupted\n"), (BrokenPipeError, 141, "")],
)
@pytest.mark.parametrize("command", [("validate", SMALLEST), ("rubric", "test")])
def test_an_end_from_outside_has_its_code_in_every_command(
    evgrade: Run,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    raised: type[BaseException],
    code: int,
    said: str,
) -> None:
    def ends(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("evgrade.cli.validate.check", ends)
    monkeypatch.setattr("evgrade.cli.rubric.load_rubric", ends)
    result = evgrade(*command)
    assert (result.code, result.stdout, result.stderr) == (code, "", said)


def test_help_lists_the_commands_from_a_first_dossier_to_many(evgrade: Run) -> None:
    listed = re.findall(r"^  ([a-z]+)  ", evgrade("--help").stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed[:6] == ["new", "add", "import", "validate", "checks", "score"]
    assert {*listed} == {*_ORDER}, "a new command has its place in the order"
