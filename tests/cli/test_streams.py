"""Payload on standard output or in a file, conversation on standard error, in what the terminal can show."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from evgrade.render.clean import Sink
from tests.crossed import first_of

from .support import NALTREXONE, RILUZOLE, ROOT, SCRIPT, SMALLEST, VALID, Run, environment, width

pytestmark = pytest.mark.slow

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LONG_NAME = "Pröparat «Süß»—日本語の薬 " * 6

PAYLOADS = [
    ("score", NALTREXONE),
    ("score", NALTREXONE, SMALLEST, "-f", "json"),
    ("explain", NALTREXONE),
    ("validate", "tests/cli/bad"),
    ("validate", "tests/cli/bad", "-f", "json"),
    ("rubric", "show"),
    ("rubric", "check", "evgrade-default", "-f", "json"),
    ("schema", "dossier"),
]


# Colour


def test_a_pipe_gets_no_colour(run: Run) -> None:
    assert "\x1b" not in run("score", NALTREXONE).output


@pytest.mark.parametrize("env", [{"FORCE_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
def test_colour_can_be_forced(run: Run, env: dict[str, str]) -> None:
    assert COLOUR.search(run("score", NALTREXONE, env=env).stdout)


def test_colour_is_all_that_forcing_it_adds(evgrade: Run) -> None:
    coloured = evgrade("score", NALTREXONE, env={"FORCE_COLOR": "1"}).stdout
    plain = evgrade("score", NALTREXONE).stdout
    assert [line.rstrip() for line in COLOUR.sub("", coloured).splitlines()] == plain.splitlines()


@pytest.mark.parametrize(
    ("options", "env", "coloured"),
    [
        (["--color"], {}, True),
        (["--color"], {"NO_COLOR": "1"}, True),
        (["--no-color"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": ""}, False),
    ],
)
def test_an_option_goes_before_the_environment(
    evgrade: Run, options: list[str], env: dict[str, str], coloured: bool
) -> None:
    assert ("\x1b" in evgrade("score", SMALLEST, *options, env=env).stdout) is coloured


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_gets_colour_unless_it_or_its_user_objects(env: dict[str, str], coloured: bool) -> None:
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as screen:
        child = subprocess.Popen(
            [SCRIPT, "score", SMALLEST],
            stdout=follower,
            env=environment({"TERM": "xterm-256color", "COLUMNS": "80"} | env, "utf-8"),
            cwd=ROOT,
        )
        os.close(follower)
        shown = b""
        while True:
            try:
                part = screen.read(65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not part:
                break
            shown += part
        assert child.wait(timeout=30) == 0
    assert "Example therapy" in shown.decode()
    assert (b"\x1b[" in shown) is coloured


@pytest.mark.parametrize("command", [command for command in PAYLOADS if command[0] != "score"])
def test_only_the_report_has_colours(evgrade: Run, command: tuple[str, ...]) -> None:
    assert "\x1b" not in evgrade(*command, env={"FORCE_COLOR": "1"}).stdout


# Width


@pytest.mark.parametrize(("columns", "expected"), [("80", 80), ("20", 40), ("300", 120)])
def test_columns_sets_the_width_within_reason(run: Run, columns: str, expected: int) -> None:
    assert width(run("score", NALTREXONE, env={"COLUMNS": columns}).stdout) == expected


@pytest.mark.parametrize("columns", ["40", "80"])
@pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE, SMALLEST])
def test_the_width_changes_where_lines_end_and_nothing_else(evgrade: Run, example: str, columns: str) -> None:
    """Effects are drawn only where there is room for it, and say the same numbers where there is not."""

    def words(width: str) -> tuple[str, list[str]]:
        report = evgrade("score", example, env={"COLUMNS": width}).stdout
        before, found, rest = report.partition("\nEffects\n")
        effects, _, after = rest.partition("\nWhy (")
        numbers = re.findall(r"-?[\d.]+ \(-?[\d.]+ to -?[\d.]+\)", " ".join(effects.split()))
        return re.sub(r"[\s│╭╮╰╯─]", "", f"{before}{after}" if found else report), numbers

    assert words(columns) == words("120")


@pytest.mark.parametrize("columns", ["", "0", "-5", "wide", "٨٠"])
def test_columns_that_are_no_number_are_not_believed(evgrade: Run, columns: str) -> None:
    assert width(evgrade("score", NALTREXONE, env={"COLUMNS": columns}).stdout) == 80


def test_a_dumb_terminal_may_have_any_width(evgrade: Run) -> None:
    narrow = evgrade("score", SMALLEST, "--color", env={"TERM": "dumb", "COLUMNS": "40"}).stdout
    assert width(COLOUR.sub("", narrow)) == 40


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252"])
def test_wide_and_foreign_characters_do_not_break_the_layout(evgrade: Run, encoding: str, columns: int) -> None:
    dossier = f"dossier: 1\ntherapy: {{name: {LONG_NAME!r}}}\ncondition: {{name: {LONG_NAME!r}}}\n"
    result = evgrade("score", "-", stdin=dossier, env={"COLUMNS": str(columns)}, encoding=encoding)
    assert result.code == 0
    assert width(result.stdout) <= columns


@pytest.mark.parametrize("columns", [40, 80])
def test_a_box_stays_a_box_whatever_the_terminal_shows(evgrade: Run, foreign_rubric: Path, columns: int) -> None:
    result = evgrade("score", SMALLEST, "-r", foreign_rubric, env={"COLUMNS": str(columns)}, encoding="ascii")
    box = [line for line in result.stdout.splitlines() if line.startswith(("+", "|"))]
    assert len(box) > 4
    assert {len(line) for line in box} == {columns}
    assert {line[-1] for line in box} == {"+", "|"}


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_other_text_for_people_keeps_to_the_width_too(evgrade: Run, columns: int) -> None:
    for command in (("explain", NALTREXONE), ("rubric", "show")):
        for encoding in ("utf-8", "ascii"):
            assert width(evgrade(*command, env={"COLUMNS": str(columns)}, encoding=encoding).stdout) <= columns


# Encoding


@pytest.mark.parametrize("command", [*PAYLOADS, ("new",), ("rubric", "list"), ("rubric", "test"), ("--help",)])
def test_an_ascii_terminal_gets_ascii(evgrade: Run, command: tuple[str, ...]) -> None:
    assert evgrade(*command, encoding="ascii").output.isascii()


@pytest.mark.parametrize("command", first_of(PAYLOADS, 2))
def test_so_does_one_that_python_finds_for_itself(run: Run, command: tuple[str, ...]) -> None:
    assert run(*command, encoding="ascii").output.isascii()


def test_no_text_is_lost_on_an_ascii_terminal(evgrade: Run) -> None:
    dossier = "dossier: 1\ntherapy: {name: Süß}\ncondition: {name: 日本}\n"
    assert evgrade("score", "-", stdin=dossier.encode(), encoding="ascii").stdout.startswith(
        "S\\xfc\\xdf for \\u65e5\\u672c\n"
    )


# Files


@pytest.mark.parametrize("command", PAYLOADS, ids=" ".join)
def test_a_file_gets_what_standard_output_would(evgrade: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    shown = evgrade(*command)
    written = evgrade(*command, "--output", tmp_path / "out")
    assert (written.stdout, written.stderr, written.code) == ("", shown.stderr, shown.code)
    assert (tmp_path / "out").read_text(encoding="utf-8") == shown.stdout
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_the_program_writes_files_too(run: Run, tmp_path: Path) -> None:
    result = run("score", SMALLEST, "-o", tmp_path / "out")
    assert (result.stdout, result.stderr, result.code) == ("", "", 0)
    assert (tmp_path / "out").read_text(encoding="utf-8") == run("score", SMALLEST, "-o", "-").stdout


def test_a_file_is_utf_8_without_colour_whatever_the_terminal(evgrade: Run, tmp_path: Path) -> None:
    evgrade("score", SMALLEST, "-o", tmp_path / "out", env={"FORCE_COLOR": "1"}, encoding="ascii")
    assert (tmp_path / "out").read_text(encoding="utf-8") == evgrade("score", SMALLEST).stdout


def test_a_file_is_replaced_and_keeps_its_mode(evgrade: Run, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    target.chmod(0o640)
    assert evgrade("score", SMALLEST, "-o", target).code == 0
    assert target.read_text(encoding="utf-8").startswith("Example")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_mode_that_new_files_have(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "ordinary").touch()
    evgrade("score", SMALLEST, "-o", tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "ordinary").stat().st_mode


@pytest.mark.parametrize("place", ["a file/out", "folder", "no folder/out", "x" * 300])
@pytest.mark.parametrize("command", [("score", SMALLEST), ("validate", SMALLEST), ("schema", "dossier")])
def test_what_cannot_be_written_is_said_and_nothing_is_left_behind(
    evgrade: Run, tmp_path: Path, command: tuple[str, ...], place: str
) -> None:
    (tmp_path / "a file").write_text("kept")
    (tmp_path / "folder").mkdir()
    result = evgrade(*command, "-o", tmp_path / place)
    assert (result.code, result.stdout) == (2, "")
    assert f"evgrade: {tmp_path / place} could not be written: " in result.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a file", "folder"]
    assert (tmp_path / "a file").read_text() == "kept"


def test_the_program_says_so_too(run: Run, tmp_path: Path) -> None:
    result = run("score", SMALLEST, "-o", tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert "could not be written: Is a directory" in result.stderr


def test_an_old_file_stays_whole_when_writing_fails(
    evgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "out"
    target.write_text("old")
    monkeypatch.setattr(Path, "replace", full)
    result = evgrade("score", SMALLEST, "-o", target)
    assert result.code == 2
    assert "could not be written: No space left on device" in result.stderr
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_link_stays_a_link(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    assert evgrade("score", SMALLEST, "-o", tmp_path / "link").code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8").startswith("Example")


def test_a_pipe_with_a_name_is_written_to_and_not_replaced(evgrade: Run, tmp_path: Path) -> None:
    """As /dev/null is: renaming a file there would put an end to it, for every program of the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert evgrade("score", SMALLEST, "-o", pipe).code == 0
    reader.join(timeout=10)
    assert got[0].startswith("Example therapy")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


# Standard output that is full, closed, or gone


def test_a_full_disk_is_no_mistake_of_evgrade() -> None:
    with Path("/dev/full").open("wb") as full:
        child = subprocess.run(
            [SCRIPT, "score", SMALLEST], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False, text=True
        )
    assert child.returncode == 2
    assert child.stderr == "evgrade: standard output could not be written: No space left on device\n"


@pytest.mark.parametrize("command", [("score", SMALLEST), ("explain", SMALLEST), ("validate", "tests/cli/bad")])
def test_a_closed_standard_output_is_said(command: tuple[str, ...]) -> None:
    child = subprocess.run(
        ["/bin/sh", "-c", '"$0" "$@" >&-', SCRIPT, *command],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        check=False,
        text=True,
    )
    assert child.returncode == 2
    assert child.stderr.splitlines()[0] == "evgrade: there is no standard output"


def test_a_closed_standard_input_is_said() -> None:
    child = subprocess.run(
        ["/bin/sh", "-c", '"$0" score - <&-', SCRIPT], capture_output=True, cwd=ROOT, check=False, text=True
    )
    assert (child.returncode, child.stdout) == (2, "")
    assert child.stderr == "evgrade: there is no standard input\n"


def test_a_closed_standard_error_keeps_nothing_from_being_done() -> None:
    child = subprocess.run(
        ["/bin/sh", "-c", '"$0" validate "$1" 2>&-', SCRIPT, SMALLEST], capture_output=True, cwd=ROOT, check=False
    )
    assert (child.returncode, child.stdout) == (0, b"")


@pytest.mark.parametrize(
    "command", [("score", "examples"), ("score", SMALLEST), ("validate", "tests/cli/bad"), ("rubric", "show")]
)
def test_a_reader_that_has_gone_ends_the_program_without_noise(command: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        child = subprocess.run(
            [SCRIPT, *command], stdout=gone, stderr=subprocess.PIPE, cwd=ROOT, check=False, text=True
        )
    assert (child.returncode, child.stderr) == (141, "")


def test_head_takes_its_line_and_there_is_no_noise(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(40):
        (tmp_path / "many" / f"{number:02}.yaml").write_text((ROOT / NALTREXONE).read_text(encoding="utf-8"))
    child = subprocess.run(
        ["/bin/sh", "-c", '{ "$0" explain "$1"; echo $? >code; } | head -1', SCRIPT, ROOT / NALTREXONE],
        capture_output=True,
        cwd=tmp_path,
        check=False,
        text=True,
    )
    assert child.stdout == "Mechanism plausibility: D\n"
    assert child.stderr == ""
    assert (tmp_path / "code").read_text().strip() in {"0", "141"}  # 0 if all fitted into the pipe


# Standard output and standard error


def test_a_summary_is_conversation(evgrade: Run) -> None:
    result = evgrade("validate", SMALLEST)
    assert (result.stdout, result.stderr) == ("", "1 dossier checked: 1 valid, 0 invalid\n")
    assert evgrade("validate", SMALLEST, "--quiet").output == ""


def test_help_is_payload_where_it_was_asked_for(evgrade: Run) -> None:
    for command in ([], ["score"], ["validate"], ["rubric"], ["rubric", "test"]):
        for option in ("-h", "--help"):
            result = evgrade(*command, option)
            assert (result.code, result.stderr) == (0, "")
            assert result.stdout.startswith("Usage: evgrade")


def test_valid_input_from_a_pipe_needs_no_file(run: Run, tmp_path: Path) -> None:
    result = run("validate", "-", stdin=VALID, cwd=tmp_path)
    assert (result.code, result.stdout, result.stderr) == (0, "", "1 dossier checked: 1 valid, 0 invalid\n")


def test_an_encoding_that_python_does_not_know_is_taken_for_ascii() -> None:
    sink = Sink(encoding="no such encoding")
    assert sink.ascii
    assert sink.encodable("ü…") == "\\xfc..."


@pytest.mark.parametrize(
    "command",
    [
        ("score", "mine.txt"),
        ("score", "mine.txt", "-f", "json"),
        ("validate", "mine.txt"),
        ("explain", "mine.txt"),
        ("schema", "dossier"),
        ("rubric", "show"),
    ],
)
@pytest.mark.parametrize("kind", ["dossier", "rubric"])
def test_no_output_replaces_what_somebody_wrote(
    evgrade: Run, tmp_path: Path, command: tuple[str, ...], kind: str
) -> None:
    (tmp_path / "mine.txt").write_text(VALID, encoding="utf-8")
    sources = {"dossier": VALID, "rubric": "rubric: 1\nname: mine\n"}
    (tmp_path / "other.yaml").write_text(sources[kind], encoding="utf-8")
    for target in ["other.yaml", *(["mine.txt"] if "mine.txt" in command else [])]:
        before = (tmp_path / target).read_bytes()
        result = evgrade(*command, "-o", target, cwd=tmp_path)
        assert (result.code, (tmp_path / target).read_bytes()) == (2, before)
        assert f"evgrade: {target} " in result.stderr
        assert ", which would be lost\n" in result.stderr
