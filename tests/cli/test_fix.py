"""`evgrade validate --fix`: shown as a patch, made with `--write`, and never at the cost of what somebody wrote."""

from __future__ import annotations

import difflib
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.cli.files import replace_dossier
from evgrade.cli.fix import patch
from evgrade.model import EvgradeError, UnreadableError

from .support import NALTREXONE, ROOT, SCRIPT, VALID, Run, environment, harmful

GOOD = VALID + "references:\n- id: r # a comment\n  doi: 10.1000/a\ntrials:\n- {id: t, statement: s, refs: [r]}\n"
BAD = GOOD.replace("doi: 10", "doi: https://doi.org/10")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Write a dossier that can be repaired."""
    path = tmp_path / "bad.dossier.yaml"
    path.write_text(BAD)
    return path


# Shown


@pytest.mark.parametrize("ends", ["\n", "\r\n", ""], ids=["LF", "CRLF", "no line end"])
@given(changed=st.sets(st.integers(0, 40)))
def test_a_patch_is_what_diff_makes_of_it(changed: set[int], ends: str) -> None:
    """Repairs stay in their lines; the general comparison, which looks for lines that moved, says the same."""
    before = [f"line {number}{ends or chr(10)}" for number in range(41)]
    after = [f"other {number}{ends or chr(10)}" if number in changed else line for number, line in enumerate(before)]
    if not ends:
        before[-1], after[-1] = before[-1].rstrip("\n"), after[-1].rstrip("\n")
    expected = [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, "x", "x")
    ]
    assert list(patch("x", before, after)) == (expected or ["--- x\n", "+++ x\n"])


def test_a_repair_is_shown_and_not_made(evgrade: Run, bad: Path) -> None:
    result = evgrade("validate", "--fix", bad.name, cwd=bad.parent)
    assert result.code == 1
    assert result.stdout == (
        "--- bad.dossier.yaml\n"
        "+++ bad.dossier.yaml\n"
        "@@ -3,6 +3,6 @@\n"
        " condition: {name: a condition}\n"
        " references:\n"
        " - id: r # a comment\n"
        "-  doi: https://doi.org/10.1000/a\n"
        "+  doi: 10.1000/a\n"
        " trials:\n"
        " - {id: t, statement: s, refs: [r]}\n"
    )
    assert result.stderr == "1 repair shown, none applied: --write applies them\n"
    assert bad.read_text() == BAD


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_what_is_shown_is_a_patch(run: Run, tmp_path: Path, end: str, last: str) -> None:
    text = BAD.replace("\n", end) + (last and end) if last else BAD.replace("\n", end).removesuffix(end)
    (tmp_path / "a.dossier.yaml").write_bytes(f"\ufeff{text}".encode())
    (tmp_path / "fix.patch").write_bytes(run("validate", "--fix", "a.dossier.yaml", cwd=tmp_path).stdout.encode())
    subprocess.run(["git", "apply", "-p0", "fix.patch"], cwd=tmp_path, check=True)
    assert (tmp_path / "a.dossier.yaml").read_bytes() == f"\ufeff{text}".replace("https://doi.org/", "").encode()


def test_nothing_to_repair_is_nothing_to_show(evgrade: Run) -> None:
    result = evgrade("validate", "--fix", NALTREXONE)
    assert (result.code, result.stdout, result.stderr) == (0, "", "0 repairs shown, none applied\n")


def test_what_cannot_be_repaired_is_counted(evgrade: Run, bad: Path) -> None:
    bad.write_text(f"{BAD}trails: []\n")
    (bad.parent / "worse.dossier.yaml").write_text("dossier: 1\n[\n")
    (bad.parent / "other.yaml").write_text("pmid: pmid:1\n")
    result = evgrade("validate", "--fix", bad.parent)
    assert result.code == 1
    assert result.stdout.count("+++ ") == 1
    assert result.stderr == "1 repair shown, none applied: --write applies them; 2 dossiers would still be invalid\n"


def test_standard_input_is_shown_too(evgrade: Run) -> None:
    result = evgrade("validate", "--fix", "-", stdin=BAD)
    assert result.code == 1
    assert result.stdout.startswith("--- <stdin>\n")


@pytest.mark.parametrize(
    "command",
    [
        ("validate", "--write", NALTREXONE),
        ("validate", "--fix", "--write", "-"),
        ("validate", "--fix", "--format", "json", NALTREXONE),
        ("validate", "--fix", "--output", "x.patch", NALTREXONE),
        ("validate", "--fix", "--watch", NALTREXONE),
        ("validate", "--fix", "no-such-file"),
    ],
    ids=lambda command: " ".join(command[1:-1]),
)
def test_what_cannot_be_meant_is_refused(evgrade: Run, command: tuple[str, ...]) -> None:
    assert evgrade(*command).code == 2


def test_a_folder_without_a_dossier_is_nothing_to_repair(evgrade: Run, tmp_path: Path) -> None:
    assert evgrade("validate", "--fix", tmp_path).code == 3


@pytest.mark.skipif(sys.platform == "win32", reason="no such terminals there")
def test_a_terminal_is_not_steered_and_a_program_gets_every_byte(run: Run, tmp_path: Path) -> None:
    text = BAD.replace("a comment", "\u202ea comment\u200b").replace("\n", "\r\n").replace("doi: ", "doi:  ")
    path = tmp_path / "a.dossier.yaml"
    path.write_bytes(text.encode())
    piped = run("validate", "--fix", path).stdout
    assert "\u202ea comment\u200b\r\n" in piped
    leader, follower = pty.openpty()
    subprocess.run([SCRIPT, "validate", "--fix", path], stdout=follower, env=environment({}, "utf-8"), check=False)
    os.close(follower)
    shown = os.read(leader, 65536).decode().replace("\r\n", "\n")
    assert harmful(shown) == []
    assert r"\u202ea comment\u200b" in shown


# Made


def test_a_repair_is_made_and_the_rest_is_checked(evgrade: Run, bad: Path) -> None:
    result = evgrade("validate", "--fix", "--write", bad.name, cwd=bad.parent)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == (
        "bad.dossier.yaml:6:8: https://doi.org/10.1000/a is now 10.1000/a: "
        "a DOI is written without the address of its resolver\n"
        "1 repair made\n"
        "1 dossier checked: 1 valid, 0 invalid\n"
        "not checked: retractions (add --retractions FILE)\n"
    )
    assert bad.read_text() == GOOD
    again = evgrade("validate", "--fix", "--write", bad.name, cwd=bad.parent)
    assert again.code == 0
    assert again.stderr.startswith("0 repairs made\n1 dossier checked: 1 valid, 0 invalid\n")
    assert bad.read_text() == GOOD


def test_slips_of_yaml_are_repaired_and_told(evgrade: Run, bad: Path) -> None:
    text = GOOD.replace("trials:\n", "trials: []\n").replace("doi: ", "doi:\xa0")
    bad.write_text(text.replace("s, refs", "s, n: 1,667, refs"))
    shown = evgrade("validate", "--fix", bad)
    assert shown.stderr == "4 repairs shown, none applied: --write applies them\n"
    result = evgrade("validate", "--fix", "--write", bad.name, cwd=bad.parent)
    assert result.stderr == (
        "bad.dossier.yaml:6:7: put right: a no-break space (U+00A0) after `doi:` is not a space to YAML\n"
        "bad.dossier.yaml:7:9: put right: `trials: []` says that there is nothing, but entries of the list follow\n"
        "bad.dossier.yaml:8:25: n is now participants: `n` is `participants` here\n"
        "bad.dossier.yaml:8:28: 1,667 is now 1667: the comma separates thousands\n"
        "4 repairs made\n"
        "1 dossier checked: 1 valid, 0 invalid\n"
        "not checked: retractions (add --retractions FILE)\n"
    )
    assert bad.read_text() == GOOD.replace("s, refs", "s, participants: 1667, refs")


def test_what_remains_is_found(evgrade: Run, bad: Path) -> None:
    bad.write_text(f"{BAD}trails: []\n")
    result = evgrade("validate", "--fix", "--write", "--format", "json", bad)
    assert result.code == 1
    assert '"schema-unknown-key"' in result.stdout
    assert bad.read_text() == f"{GOOD}trails: []\n"


def test_the_file_stays_the_file_it_was(evgrade: Run, bad: Path) -> None:
    bad.chmod(0o640)
    link = bad.parent / "link.dossier.yaml"
    link.symlink_to(bad.name)
    assert evgrade("validate", "--fix", "--write", link).code == 0
    assert link.is_symlink()
    assert bad.read_text() == GOOD
    assert bad.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in bad.parent.iterdir()) == ["bad.dossier.yaml", "link.dossier.yaml"]


def test_a_file_without_anything_to_repair_is_not_touched(evgrade: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.dossier.yaml"
    shutil.copy2(ROOT / NALTREXONE, copy)
    before = copy.stat()
    assert evgrade("validate", "--fix", "--write", copy).code == 0
    assert (copy.stat().st_mtime_ns, copy.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_one_file_that_cannot_be_read_keeps_all_from_being_written(evgrade: Run, bad: Path) -> None:
    assert evgrade("validate", "--fix", "--write", bad, bad.parent / "missing.yaml").code == 2
    assert bad.read_text() == BAD


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(bad: Path) -> None:
    bad.write_text("dossier: 1 # somebody else's\n")
    with pytest.raises(EvgradeError, match="changed in the meantime"):
        replace_dossier(str(bad), BAD.encode(), GOOD.encode())
    assert bad.read_text() == "dossier: 1 # somebody else's\n"
    assert [path.name for path in bad.parent.iterdir()] == [bad.name]


def test_a_file_that_may_not_be_written_is_left_alone(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(UnreadableError, match="could not be written: Permission denied"):
        replace_dossier(str(bad), BAD.encode(), GOOD.encode())
    assert bad.read_text() == BAD


def test_what_is_said_of_a_repair_is_harmless(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "\x1b[2J.dossier.yaml"
    path.write_text(BAD.replace("10.1000/a", "10.1000/\u202ea").replace("doi: ", 'doi: "').replace("a\ntr", 'a"\ntr'))
    result = evgrade("validate", "--fix", "--write", path)
    assert "1 repair made" in result.stderr
    assert harmful(result.output) == []
