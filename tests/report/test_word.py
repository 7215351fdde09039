"""The article as a Word document: read back, and opened by another program."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from docx.document import Document as Word

from evgrade.checking import load_dossier
from evgrade.cli.destinations import ReportFormat
from evgrade.cli.report import run_report
from evgrade.model import EvgradeError
from evgrade.render.page import GENERATED, Block, Link, Paragraph, Rule, SourceEntry, Sources, Span, Style, Title
from evgrade.render.word import page_word
from tests.cli.hostile import hostile_dossier
from tests.cli.support import NALTREXONE, RILUZOLE, ROOT, SCRIPT, SMALLEST, Run, run_here
from tests.cli.test_pages import HOSTILE, every_block, provisional

pytestmark = pytest.mark.slow

BOTH = ("-r", "evgrade-default", "-r", "grade")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> bytes:
    """The article of an example, or of a hostile copy of one."""
    path = tmp_path_factory.mktemp("word") / "article.docx"
    source = hostile_dossier(RILUZOLE) if request.param == "hostile" else ""
    result = run_here(
        "report", "-" if source else request.param, *BOTH, "--format", "docx", "--output", path, stdin=source
    )
    assert result.code == 0, result.output
    assert result.stdout == ""
    return path.read_bytes()


def opened(content: bytes) -> Word:
    return Document(io.BytesIO(content))


def parts(content: bytes) -> dict[str, ET.Element]:
    """Return every part in XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {
            name: ET.fromstring(file.read(name))  # noqa: S314 - our own
            for name in file.namelist()
            if name.endswith((".xml", ".rels"))
        }


examples = pytest.mark.parametrize("made", [NALTREXONE, RILUZOLE, SMALLEST, "hostile"], indirect=True)
riluzole = pytest.mark.parametrize("made", [RILUZOLE], indirect=True)


@riluzole
def test_headings_are_headings_and_the_title_is_that_of_the_document(made: bytes) -> None:
    document = opened(made)
    styles = [(one.style.name if one.style else "", one.text) for one in document.paragraphs]
    assert styles[0] == ("Title", "Riluzole for ALS: an evgrade example")
    assert document.core_properties.title == "Riluzole for ALS: an evgrade example"
    assert document.core_properties.author == "The authors of evgrade's examples"
    heads = [text for style, text in styles if style == "Heading 1"]
    assert heads[:3] == ["Plain language summary", "Introduction", "Riluzole"]
    assert heads[-1] == "References"
    assert ("Heading 2", "Inhibition of glutamate release") in styles


@examples
def test_every_table_has_a_caption_with_a_number_of_its_own_and_a_head_that_repeats(made: bytes) -> None:
    body = parts(made)["word/document.xml"][0]
    number = 0
    for place, element in enumerate(body):
        if element.tag != f"{W}tbl":
            continue
        number += 1
        caption = body[place - 1]
        style = caption.find(f"{W}pPr/{W}pStyle")
        assert style is not None
        assert style.get(f"{W}val") == "Caption"
        field = caption.find(f"{W}fldSimple")
        assert field is not None
        assert field.get(f"{W}instr") == " SEQ Table \\* ARABIC "
        assert "".join(field.itertext()) == str(number)
        first, *others = element.findall(f"{W}tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}tblHeader") is None for row in others)
        assert others
    assert number


@riluzole
def test_what_evgrade_wrote_has_a_style_of_its_own(made: bytes) -> None:
    document = opened(made)
    ours = [run.text for one in document.paragraphs for run in one.runs if run.style.name == GENERATED]
    theirs = [run.text for one in document.paragraphs for run in one.runs if run.style.name != GENERATED]
    assert any("This is a draft to be edited" in text for text in ours)
    assert any("It was a randomized, double-masked trial" in text for text in ours)
    assert any("A benzothiazole taken by mouth" in text for text in theirs)
    assert not any("A benzothiazole taken by mouth" in text for text in ours)


@riluzole
def test_pages_are_numbered_and_the_language_is_stated(made: bytes) -> None:
    all_parts = parts(made)
    (footer,) = [part for name, part in all_parts.items() if name.startswith("word/footer")]
    assert [field.get(f"{W}instr") for field in footer.iter(f"{W}fldSimple")] == [" PAGE "]
    languages = [one.get(f"{W}val") for one in all_parts["word/styles.xml"].iter(f"{W}lang")]
    assert languages
    assert set(languages) == {"en-GB"}


@riluzole
def test_references_are_paragraphs_of_a_bibliography_with_links(made: bytes) -> None:
    document = opened(made)
    entries = [one for one in document.paragraphs if one.style and one.style.name == "Bibliography"]
    assert len(entries) == len(load_dossier(str(ROOT / RILUZOLE)).data["references"])
    assert entries[0].text.startswith("1.\tFDA. RILUTEK")
    links = [link.address for entry in entries for link in entry.hyperlinks]
    assert "https://pubmed.ncbi.nlm.nih.gov/8302340/" in links


@examples
def test_a_document_holds_no_field_no_link_and_no_sign_of_a_dossier(made: bytes) -> None:
    for name, part in parts(made).items():
        fields = {field.get(f"{W}instr") for field in part.iter(f"{W}fldSimple")}
        assert fields <= {" PAGE ", " SEQ Table \\* ARABIC "}, name
        assert not list(part.iter(f"{W}instrText")), name
        text = "".join(part.itertext())
        assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]", text) is None, (
            name
        )
        if name == "word/_rels/document.xml.rels":
            outside = [one.get("Target", "") for one in part if one.get("TargetMode") == "External"]
            assert all(target.startswith(("https://", "http://")) for target in outside)


@riluzole
def test_the_same_bytes_come_from_the_same_dossier(made: bytes, evgrade: Run, tmp_path: Path) -> None:
    again = tmp_path / "again.docx"
    assert evgrade("report", RILUZOLE, *BOTH, "-f", "docx", "-o", again).code == 0
    assert again.read_bytes() == made
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_signs_that_xml_cannot_hold_become_visible() -> None:
    text = "a\x00b\x0bc\u202ed\ufffee\uffff\ud800f\ttab\nline"
    page = (Title(text), Paragraph((text, Span(text, Style.GENERATED))), Sources((SourceEntry("1.", "", (text,), ()),)))
    document = opened(page_word(page, text, text))
    told = r"a\x00b\x0bc\u202ed\ufffee\uffff\ud800f tab line"
    assert [one.text for one in document.paragraphs] == [told, told + told, f"1.\t{told}"]
    assert document.core_properties.title == told


@pytest.mark.parametrize("block", list(every_block(HOSTILE)), ids=lambda block: type(block).__name__)
def test_no_block_can_forget_to_clean(block: Block) -> None:
    content = page_word([block], "", "")
    text = "".join("".join(part.itertext()) for part in parts(content).values())
    assert not set(text) & set("\x1b\u202e\x9b\ud800")
    assert "evil" in text or isinstance(block, Rule)


def test_a_provisional_verdict_says_so_even_if_nothing_is_listed_that_settles_it() -> None:
    assert "it could still become “Another”." in opened(page_word([provisional()], "", "")).paragraphs[-1].text


def test_a_long_title_and_a_long_name_are_cut_where_word_takes_no_more() -> None:
    document = opened(page_word((Title("x" * 400),), "y" * 400, ""))
    assert len(document.core_properties.title) == 255
    assert document.paragraphs[0].text == "x" * 400


def test_a_link_leads_where_it_says() -> None:
    link = Link("https://a.example/?b=1&c=2", "here")
    document = opened(page_word((Sources((SourceEntry("", "Retracted", ("A source.",), (link,)),)),), "", ""))
    (entry,) = document.paragraphs
    assert entry.text == "Retracted. A source. here"
    assert [one.address for one in entry.hyperlinks] == ["https://a.example/?b=1&c=2"]


def test_without_the_extra_the_error_names_it(evgrade: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    result = evgrade("report", SMALLEST, "-f", "docx", "-o", tmp_path / "a.docx")
    assert result.code == 2
    assert "Word documents need python-docx" in result.stderr
    assert "pip install 'evgrade[docx]'" in result.stderr
    assert not (tmp_path / "a.docx").exists()


def test_a_terminal_gets_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(EvgradeError, match="cannot be shown on a terminal"):
        run_report(SMALLEST, [], ReportFormat.DOCX, None)


def test_a_pipe_gets_the_bytes_of_a_document() -> None:
    done = subprocess.run([SCRIPT, "report", SMALLEST, "-f", "docx"], cwd=ROOT, capture_output=True, check=True)
    assert opened(done.stdout).paragraphs[0].text == "Example therapy for Example condition"
    assert done.stderr == b""


@pytest.mark.parametrize("example", [RILUZOLE, NALTREXONE])
def test_another_program_opens_it(evgrade: Run, example: str, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path = tmp_path / "article.docx"
    assert evgrade("report", example, "-f", "docx", "-o", path).code == 0
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    text = (tmp_path / "article.txt").read_text(encoding="utf-8-sig")
    assert "Funding and declaration of interest" in text
    assert "Table 1. " in text
    assert (ROOT / example).exists()
