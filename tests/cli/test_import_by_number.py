"""`evgrade import` of a number: a registry is asked, its answer can be kept, and a review can be repeated from that."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registries.serving import Answer, Server, paper, serving, study, work

from .support import Run

NUMBER = "NCT90000001"
STUDY = f"/studies/{NUMBER}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as one:
        for name in ("CTGOV", "NCBI", "CROSSREF"):
            monkeypatch.setenv(f"EVGRADE_{name}_URL", one.url)
        one.give(STUDY, study(NUMBER))
        yield one


@pytest.mark.parametrize("text", [NUMBER, NUMBER.lower(), f"https://clinicaltrials.gov/study/{NUMBER}"])
def test_a_number_gives_what_the_file_would_give(evgrade: Run, server: Server, tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_bytes(study(NUMBER).body)
    by_number = evgrade("import", text, cwd=tmp_path)
    assert by_number.code == 0, by_number.stderr
    assert len(server.asked) == 1
    from_file = evgrade("import", "record.json", cwd=tmp_path)
    assert by_number.stdout.split("\n", 1)[1] == from_file.stdout.split("\n", 1)[1]


def test_a_file_of_that_name_is_read_and_nobody_is_asked(evgrade: Run, server: Server, tmp_path: Path) -> None:
    (tmp_path / NUMBER).write_bytes(study("NCT90000002").body)
    result = evgrade("import", NUMBER, cwd=tmp_path)
    assert "NCT90000002" in result.stdout
    (tmp_path / "10.1000").mkdir()
    (tmp_path / "10.1000" / "x").write_bytes(study("NCT90000003").body)
    assert "NCT90000003" in evgrade("import", "10.1000/x", cwd=tmp_path).stdout
    assert server.asked == []


def test_an_answer_is_kept_as_it_came_and_read_instead_of_asking(evgrade: Run, server: Server, tmp_path: Path) -> None:
    first = evgrade("import", NUMBER, "--keep", "new/sources", cwd=tmp_path)
    kept = tmp_path / "new" / "sources" / f"{NUMBER}.json"
    assert kept.read_bytes() == study(NUMBER).body
    assert [one.name for one in kept.parent.iterdir()] == [kept.name]
    second = evgrade("import", NUMBER, "--keep", "new/sources", cwd=tmp_path)
    assert (second.stdout, second.code) == (first.stdout, 0)
    assert len(server.asked) == 1


def test_with_refresh_the_registry_is_asked_again(evgrade: Run, server: Server, tmp_path: Path) -> None:
    evgrade("import", NUMBER, "--keep", ".", cwd=tmp_path)
    changed = study(NUMBER).body.replace(b"A University", b"Another University")
    server.give(STUDY, Answer(changed))
    result = evgrade("import", NUMBER, "--keep", ".", "--refresh", cwd=tmp_path)
    assert "Another University" in result.stdout
    assert (tmp_path / f"{NUMBER}.json").read_bytes() == changed


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(b"<html>"), study("NCT90000002"), Answer(status=403)])
def test_an_answer_that_is_no_record_replaces_nothing(
    evgrade: Run, server: Server, tmp_path: Path, answer: Answer
) -> None:
    evgrade("import", NUMBER, "--keep", ".", cwd=tmp_path)
    server.give(STUDY, answer)
    result = evgrade("import", NUMBER, "--keep", ".", "--refresh", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert (tmp_path / f"{NUMBER}.json").read_bytes() == study(NUMBER).body


def test_a_kept_file_that_is_of_another_number_is_named(evgrade: Run, server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{NUMBER}.json").write_bytes(study("NCT90000002").body)
    result = evgrade("import", NUMBER, "--keep", ".", cwd=tmp_path)
    assert result.code == 2
    assert f"{NUMBER}.json is not the record of {NUMBER} but of NCT90000002" in result.stderr
    assert server.asked == []


def test_nothing_is_kept_behind_a_link(evgrade: Run, server: Server, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine", encoding="utf-8")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / f"{NUMBER}.json").symlink_to(tmp_path / "precious")
    for more in ((), ("--refresh",)):
        result = evgrade("import", NUMBER, "--keep", "sources", *more, cwd=tmp_path)
        assert (result.code, "a link" in result.stderr) == (2, True)
    assert len(server.asked) == 1
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "mine"


def test_papers_are_kept_by_number_too(evgrade: Run, server: Server, tmp_path: Path) -> None:
    server.give("/efetch.fcgi", paper("123"))
    server.give("/works/10.1000%2Fx", work("10.1000/X"))
    for number, said in (("PMID:123", "pmid: 123"), ("doi:10.1000/X", "doi: 10.1000/")):
        result = evgrade("import", number, "--keep", ".", cwd=tmp_path)
        assert result.code == 0, result.stderr
        assert said in result.stdout
    assert {one.name for one in tmp_path.iterdir()} == {"PMID-123.xml", "DOI-10.1000%2Fx.json"}


@pytest.mark.parametrize("name", ["evgrade.toml", "pyproject.toml", ".env", ".netrc"])
def test_no_file_of_a_folder_says_where_to_ask(evgrade: Run, server: Server, tmp_path: Path, name: str) -> None:
    with serving() as other:
        other.give(STUDY, study(NUMBER))
        text = f'[registries]\nctgov = "{other.url}"\n\n[tool.evgrade.registries]\nctgov = "{other.url}"\n'
        (tmp_path / name).write_text(text + f"EVGRADE_CTGOV_URL={other.url}\n", encoding="utf-8")
        assert evgrade("import", NUMBER, cwd=tmp_path).code == 0
        assert (len(server.asked), other.asked) == (1, [])


def test_an_option_says_where_to_ask(evgrade: Run, server: Server) -> None:
    with serving() as other:
        other.give(f"/v2{STUDY}", study(NUMBER))
        assert evgrade("import", NUMBER, "--address", f"ctgov={other.url}/v2/").code == 0
        assert (len(other.asked), server.asked) == (1, [])


@pytest.mark.parametrize("address", ["ctgov", "embase=https://example.org", "ctgov=http://example.org", "ctgov="])
def test_an_address_that_cannot_be_used_is_named(evgrade: Run, server: Server, address: str) -> None:
    result = evgrade("import", NUMBER, "--address", address)
    assert result.code == 2
    assert "--address" in result.stderr
    assert server.asked == []


@pytest.mark.parametrize("text", ["NCT9000000", "PMID:x", "10.1/x", "https://example.org/a.json"])
def test_what_is_nearly_a_number_is_told_how_numbers_are_written(evgrade: Run, server: Server, text: str) -> None:
    result = evgrade("import", text)
    assert result.code == 2
    assert "NCT01234567, PMID:12345678, PMC1234567 or 10.1000/xyz123" in result.stderr
    assert server.asked == []


def test_without_a_network_nothing_is_written(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("import", NUMBER, "--keep", "sources", cwd=tmp_path)
    assert result.code == 2
    assert result.stderr.startswith("evgrade: ClinicalTrials.gov (127.0.0.1) cannot be reached")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_who_imports_files_pays_for_no_client(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(study(NUMBER).body)
    code = "import sys; from evgrade.cli import main; sys.argv[1:] = ['import', 'a.json']\ntry: main()\n"
    code += "except SystemExit: print({'httpx', 'ssl', 'evgrade.registries.client'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("\nset()\n")
