"""`evgrade add`: entries from options, from YAML and from questions on a terminal; the rest of the file stays."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evgrade.entries import entry_kinds
from evgrade.inserting import inserted
from evgrade.template import new_dossier
from evgrade.yamlio.reader import read

from .support import ROOT, VALID, Run, environment


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """Write a dossier to add to."""
    path = tmp_path / "a.dossier.yaml"
    path.write_text(VALID + "references:\n  - id: smith-2020   # the trial\n    title: A\n", encoding="utf-8")
    return path


def data_of(path: Path) -> Any:
    return read(path.read_bytes(), "a").data


# From options


def test_a_reference_is_added_with_an_id_of_its_author_and_year(evgrade: Run, dossier: Path) -> None:
    options = ("title=A: trial", "author=Smith AB", "author=Jones C", "issued=2020-01", "doi=10.1000/x")
    result = evgrade("add", "reference", dossier, *(word for one in options for word in ("--set", one)))
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == f"added reference `smith-2020-2` at line 7 of {dossier}\n"
    assert dossier.read_text(encoding="utf-8").endswith(
        "    title: A\n"
        "  - id: smith-2020-2\n"
        '    title: "A: trial"\n'
        "    author: [Smith AB, Jones C]\n"
        "    issued: 2020-01\n"
        "    doi: 10.1000/x\n"
    )


def test_a_field_inside_of_another_is_reached_by_dots_and_a_list_in_brackets(evgrade: Run, dossier: Path) -> None:
    effects = "effects=[{outcome: x, measure: MD, estimate: 5.20}]"
    options = ("statement=s", "risk_of_bias.overall=low", "participants=60", effects, "refs=smith-2020")
    assert evgrade("add", "trial", dossier, *(word for one in options for word in ("--set", one))).code == 0
    assert "estimate: 5.20\n" in dossier.read_text(encoding="utf-8"), "a number keeps its digits"
    [trial] = data_of(dossier)["trials"]
    assert trial == {
        "id": "s",
        "statement": "s",
        "risk_of_bias": {"overall": "low"},
        "participants": 60,
        "effects": [{"outcome": "x", "measure": "MD", "estimate": 5.2}],
        "refs": ["smith-2020"],
    }


@pytest.mark.parametrize("text", ["yes", "1e3", "true", "5", ": ", "a # b", "'", '"x"', "[a]", "{", "- a", "~", "null"])
def test_text_stays_text(evgrade: Run, dossier: Path, text: str) -> None:
    assert evgrade("add", "claim", dossier, "--set", f"statement=x{text}", "--set", f"by=.{text}").code == 0
    assert evgrade("add", "claim", dossier, "--set", f"statement={text}").code == 0
    first, second = data_of(dossier)["claims"]
    assert (first["statement"], first["by"], second["statement"]) == (f"x{text}", f".{text}", text)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("pmid", "12", 12),
        ("volume", "1e3", "1e3"),
        ("volume", "12", 12),
        ("page", "1-7", "1-7"),
        ("issued", "2020", 2020),
        ("issued", "2020-01-31", "2020-01-31"),
    ],
)
def test_a_number_is_one_where_the_format_has_one(
    evgrade: Run, dossier: Path, field: str, text: str, value: object
) -> None:
    assert evgrade("add", "reference", dossier, "--set", f"{field}={text}").code == 0
    found = data_of(dossier)["references"][1][field]
    assert (found, type(found)) == (value, type(value))


def test_true_and_false_are_choices(evgrade: Run, dossier: Path) -> None:
    options = ("--set", "statement=s", "--set", "powered=false", "--set", "assessor_masked=unclear")
    assert evgrade("add", "trial", dossier, *options).code == 0
    [trial] = data_of(dossier)["trials"]
    assert (trial["powered"], trial["assessor_masked"]) == (False, "unclear")


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (["statement=s", "phase=phse2"], "did you mean `phase2`?", 1),
        (["statement=s", "masking=double-blind"], "`double-blind` is `double` here", 1),
        (["statement=s", "participants=many"], "`participants` must be a whole number", 1),
        (["participants=5"], "lacks `statement`", 1),
        (["statement=s", "refs=smth-2020"], 'there is no reference with the id "smth-2020"', 1),
        (["id=smith 2020", "statement=s"], "`id` ", 1),
        (["desing=x"], 'a trial has no field "desing"', 2),
        (["statement"], "has no `=`", 2),
        (["statement=a", "statement=b"], "--set gives `statement` twice", 2),
        (["phase.x=1"], "`phase` has no fields of its own", 2),
        (["statement=a\x1b[2J"], "the character U+001B cannot be in a dossier", 2),
        (["statement=a\udc80"], "the character U+DC80 cannot be in a dossier", 2),
        (["effects=[{"], "", 2),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    evgrade: Run, dossier: Path, options: list[str], said: str, code: int
) -> None:
    before = dossier.read_bytes()
    result = evgrade("add", "trial", dossier, *(word for one in options for word in ("--set", one)))
    assert (result.code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert "\x1b" not in result.stderr
    assert dossier.read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "hint"), [("trail", "did you mean `trial`?"), ("harn", "did you mean `harm`?"), ("x", "known kinds: ")]
)
def test_an_unknown_kind_gets_the_nearest_one(evgrade: Run, dossier: Path, kind: str, hint: str) -> None:
    result = evgrade("add", kind, dossier, "--set", "statement=s")
    assert result.code == 2
    assert f"  = {hint}" in result.stderr


def test_a_dossier_with_errors_elsewhere_can_be_added_to(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("dossier: 1\ntherapy: {name: t}\ncosts: 5\n")
    assert evgrade("add", "claim", path, "--set", "statement=s").code == 0


def test_what_is_not_a_dossier_is_left_alone(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("trials: []\n")
    assert "is not a dossier" in evgrade("add", "trial", path, "--set", "statement=s").stderr
    path.write_text("trials: [\n")
    assert evgrade("add", "trial", path, "--set", "statement=s").code == 2
    assert evgrade("add", "trial", "-", "--set", "statement=s").code == 2
    assert evgrade("add", "trial", tmp_path / "none", "--set", "statement=s").code == 2


def test_a_file_that_changes_meanwhile_is_left_alone(
    evgrade: Run, dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(*args: Any) -> bytes:
        dossier.write_text("somebody else")
        return inserted(*args)

    monkeypatch.setattr("evgrade.cli.add.inserted", changed)
    result = evgrade("add", "claim", dossier, "--set", "statement=s")
    assert result.code == 2
    assert "changed in the meantime" in result.stderr
    assert dossier.read_text() == "somebody else"


@pytest.mark.parametrize("kind", entry_kinds())
def test_the_template_takes_an_entry_of_every_kind(evgrade: Run, tmp_path: Path, kind: str) -> None:
    """Whatever can be asked for can be added to what `evgrade new` writes, and leaves each of its lines."""
    path = tmp_path / "a.dossier.yaml"
    path.write_text(new_dossier("t", "c"), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    required = entry_kinds()[kind].shape.node.get("required", [])
    values = {"date": "2020", "status": "approved"}
    options = [f"{field}={values.get(field, 'x')}" for field in required]
    assert evgrade("add", kind, path, *(word for one in options for word in ("--set", one))).code == 0
    after = iter(path.read_text(encoding="utf-8").splitlines())
    assert all(line in after for line in lines), "every line is still there, in its order"
    assert evgrade("validate", path, "--quiet").code == 0


# From YAML on standard input


def test_entries_come_from_standard_input(evgrade: Run, dossier: Path) -> None:
    result = evgrade(
        "add", "trial", dossier, stdin="- {statement: a}\n- statement: >-\n    b\n    c\n  powered: false\n"
    )
    assert result.code == 0
    assert [one["statement"] for one in data_of(dossier)["trials"]] == ["a", "b c"]
    assert result.stderr.count("added trial") == 2


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        ("", "there is nothing to add"),
        ("statement: [", "<stdin>:1:"),
        ("phase: 3\n", "lacks `statement`"),
        ("just text\n", "is not a trial"),
        ("- 5\n", "is not a trial"),
    ],
)
def test_standard_input_that_is_no_entry_is_refused(evgrade: Run, dossier: Path, stdin: str, said: str) -> None:
    before = dossier.read_bytes()
    result = evgrade("add", "trial", dossier, stdin=stdin)
    assert result.code in (1, 2)
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert dossier.read_bytes() == before


# On a terminal


def answered(path: Path, kind: str, *answers: str) -> tuple[int, str]:
    """Run the program on a terminal, give one answer to each question, and return its exit code and the screen."""
    pty = pytest.importorskip("pty", reason="the system has no terminals to pretend with")
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", TAKES_THE_TERMINAL, "add", kind, path],
        cwd=ROOT,
        env={**environment({"TERM": "dumb", "INPUTRC": os.devnull}, "utf-8"), "PYTHONPATH": str(ROOT)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    screen, waiting, asked, last = b"", list(answers), 0, b""
    silent = 0
    while True:
        if not select.select([ours], [], [], 5)[0]:
            silent += 1
            assert silent < 24, f"no answer for two minutes after {last!r}: {screen!r}"
            os.write(ours, last)  # a key that was pressed before the line could be edited is lost
            continue
        try:
            piece = os.read(ours, 65536)
        except OSError:  # as Linux says that the other end is closed
            break
        if not piece:
            break
        screen += piece
        if screen.count(b"> ") > asked:
            asked = screen.count(b"> ")
            last = waiting.pop(0).encode() if waiting else b"\x04"
            os.write(ours, last)
    os.close(ours)
    return program.wait(timeout=60), screen.decode().replace("\r\n", "\n")


TAKES_THE_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from evgrade.cli import main
main()
"""
"""The program, on a terminal that interrupts it: that of a session of its own."""


needs_terminal = pytest.mark.slow


@needs_terminal
def test_a_terminal_is_asked_field_by_field(dossier: Path) -> None:
    code, screen = answered(
        dossier,
        "reference",
        "2\n",  # type: by its number, `article`
        "Smith AB\n",
        "Jones C\n",
        "\n",  # no further author
        "A: title\n",
        "\n",
        "2020\n",
        *["\n"] * 4,  # doi, pmid, url, and the id that is proposed
    )
    assert code == 0, screen
    assert "type: The kind of source, in CSL's terms.\n  1 article-journal, 2 article, 3 book" in screen
    assert data_of(dossier)["references"][1] == {
        "id": "smith-2020-2",
        "type": "article",
        "author": ["Smith AB", "Jones C"],
        "title": "A: title",
        "issued": 2020,
    }


@needs_terminal
def test_an_answer_is_checked_at_once_and_asked_again(dossier: Path) -> None:
    code, screen = answered(
        dossier,
        "claim",
        "\n",  # the statement is required
        "It: cures #1\n",
        "\x16\x1bx\n",  # a control character
        "the clinic\n",
        "\n",  # where
        "contr\n",  # standing, by its first letters
        "\n",  # its reason
        "\n",  # answered by
        "nobody\n",  # refs: an id that is not there
        "1\n",
        "\n",  # no further ref
        "smith 2020\n",  # no id
        "\n",  # the id that is proposed
    )
    assert code == 0, screen
    assert "this field is required" in screen
    assert "U+001B cannot be in a dossier" in screen
    assert 'nothing in the dossier has the id "nobody"' in screen
    assert data_of(dossier)["claims"] == [
        {
            "id": "it-cures-1",
            "statement": "It: cures #1",
            "by": "the clinic",
            "standing": "contradicted",
            "refs": ["smith-2020"],
        }
    ]
    assert screen.count("id: The id of the claim. Enter takes it-cures-1.") == 2


@needs_terminal
@pytest.mark.parametrize("end", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_whoever_stops_leaves_the_file_as_it_was(dossier: Path, end: str) -> None:
    before = dossier.read_bytes()
    code, screen = answered(dossier, "trial", "A statement\n", end)
    assert code == (130 if end == "\x03" else 2)
    assert "Traceback" not in screen
    assert ("interrupted" if end == "\x03" else "nothing was added") in screen
    assert dossier.read_bytes() == before
    assert [one.name for one in dossier.parent.iterdir()] == [dossier.name]


@needs_terminal
def test_a_list_of_mappings_is_asked_entry_by_entry(dossier: Path) -> None:
    mechanism = ["It acts.\n", "2\n", "\n"]
    first = ["Seen in mice.\n", "supp\n", "animal\n", "same\n", "\n", "\n", "\n"]
    code, screen = answered(dossier, "mechanism", *mechanism, *first, "\n", "\n", "\n")
    assert code == 0, screen
    [item] = data_of(dossier)["mechanism"]
    assert item["evidence"] == [
        {
            "statement": "Seen in mice.",
            "direction": "supports",
            "shown_in": "animal",
            "agent": "same",
            "id": "seen-in-mice",
        }
    ]
