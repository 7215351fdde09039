"""References and citations in the style of a journal, from styles written for these tests."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from docx import Document

from evgrade.checking import load_dossier
from evgrade.model import InvalidError
from evgrade.render.page import Style
from evgrade.report.csl import csl_item, read_style
from tests.cli.hostile import hostile_dossier
from tests.cli.support import RILUZOLE, ROOT, SMALLEST, Run
from tests.crossed import first_of

from .reading import ATTRIBUTES, ELEMENTS, Page

HERE = Path(__file__).parent
NUMBERED, DATED = HERE / "numbered.csl", HERE / "author_date.csl"
HEAD = '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">'
LAYOUT = '<layout><text variable="title"/></layout>'
WHOLE = f"{HEAD}<citation>{LAYOUT}</citation><bibliography>{LAYOUT}</bibliography></style>"

pytestmark = pytest.mark.slow

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
CIRCLE = '<macro name="a"><text macro="b"/></macro><macro name="b"><text macro="a"/></macro>'

REFERENCES = {
    "z": {
        "id": "z",
        "type": "article-journal",
        "author": ["Zeta A", "van den Berg LH", "Müller J-P"],
        "title": "A trial",
        "container_title": "N Engl J Med",
        "issued": "1994-03-03",
        "volume": 330,
        "page": "585-91",
    },
    "a": {
        "id": "a",
        "type": "article-journal",
        "author": ["Alpha B", "Beta C", "Gamma D", "Delta E"],
        "title": 'Less < more <span class="nocase">x</span>',
        "container_title": "Lancet",
        "issued": 2001,
    },
    "n": {"id": "n", "type": "webpage", "title": "No author here", "container_title": "A site", "issued": 2010},
    "A": {"id": "A", "type": "book", "author": ["FDA"], "title": "Another id", "issued": 2003},
}
CLUSTERS = [("z",), ("z", "a", "n"), ("A", "z")]


def said(spans: tuple[object, ...]) -> str:
    return "".join(getattr(span, "text", "") for span in spans)


def test_a_style_by_number_numbers_in_the_order_of_citation() -> None:
    found = read_style(str(NUMBERED)).cited(REFERENCES, CLUSTERS, list(REFERENCES))
    assert found.order == ("z", "a", "n", "A")
    assert [found.labels[name] for name in found.order] == ["[1]", "[2]", "[3]", "[4]"]
    assert said(found.lines["z"]) == (
        "Zeta A, Berg LH van den, Müller J-P. A trial. N Engl J Med. 1994 Mar 3;330:585–591."
    )
    assert said(found.lines["a"]) == (
        'Alpha B, Beta C, Gamma D, et al. Less < more <span class="nocase">x</span>. Lancet. 2001.'
    )
    assert ("N Engl J Med", Style.EMPHASIS) in [(span.text, span.style) for span in found.lines["z"]]
    assert ("330", Style.STRONG) in [(span.text, span.style) for span in found.lines["z"]]
    citations = {group: said(found.citations[frozenset(group)]) for group in CLUSTERS}
    assert citations == {("z",): "1", ("z", "a", "n"): "1–3", ("A", "z"): "1,4"}
    assert {span.style for spans in found.citations.values() for span in spans} == {Style.RAISED}


def test_a_style_by_author_sorts_by_author_and_says_a_title_once() -> None:
    found = read_style(str(DATED)).cited(REFERENCES, CLUSTERS, list(REFERENCES))
    assert found.order == ("a", "A", "n", "z")
    assert set(found.labels.values()) == {""}
    assert said(found.lines["n"]) == "No author here. 2010. A site."
    assert said(found.lines["A"]) == "FDA. 2003. Another id."
    assert said(found.citations[frozenset({"z"})]) == " (Zeta et al., 1994)"
    assert said(found.citations[frozenset({"z", "A"})]) == " (FDA, 2003; Zeta et al., 1994)"
    assert "“No author here”, 2010" in said(found.citations[frozenset({"z", "a", "n"})])


@pytest.mark.parametrize(
    ("reference", "field", "value"),
    [
        (
            {"author": ["van den Berg LH"]},
            "author",
            [{"family": "Berg", "given": "L. H.", "non-dropping-particle": "van den"}],
        ),
        ({"author": ["Müller J-P"]}, "author", [{"family": "Müller", "given": "J.-P."}]),
        ({"author": ["Smith JW Jr"]}, "author", [{"family": "Smith", "given": "J. W.", "suffix": "Jr"}]),
        ({"author": ["Study Group II"]}, "author", [{"literal": "Study Group II"}]),
        ({"page": "213–27"}, "page", "213-227"),
        ({"page": "S5-S9"}, "page", "S5-S9"),
        ({"issued": "2010-12-21"}, "issued", {"date-parts": [[2010, 12, 21]]}),
        ({"accessed": "2021-10"}, "accessed", {"date-parts": [[2021, 10]]}),
        ({"container_title": "a.example"}, "title", "a.example"),
        ({}, "title", "x"),
        ({"title": "a\x1b\u202eb"}, "title", r"a\x1b\u202eb"),
    ],
)
def test_a_reference_becomes_an_item_of_csl(reference: dict[str, object], field: str, value: object) -> None:
    assert csl_item({"id": "x", **reference}, "r0")[field] == value


# In every format


def test_an_article_follows_the_style(evgrade: Run) -> None:
    text = evgrade("report", RILUZOLE, "-f", "markdown-article", "--csl", NUMBERED).stdout
    assert "receptors<sup>1,2</sup>." in text
    assert re.search(r"^\\\[1\\\] FDA\. RILUTEK", text, re.MULTILINE)
    assert re.search(r"<sup>[0-9]+–[0-9]+</sup>", text)
    dated = evgrade("report", RILUZOLE, "-f", "markdown-article", "--csl", DATED).stdout
    assert "(Gurney et al., 1996)" in dated
    references = dated.split("## References\n")[1].strip().split("\n\n")
    assert len(references) == len(load_dossier(str(ROOT / RILUZOLE)).data["references"])
    assert references[0].startswith("Andrews, J. A.")
    assert [one[:1].casefold() for one in references] == sorted(one[:1].casefold() for one in references)


def test_a_page_lists_references_in_the_order_of_the_style_and_cites_their_numbers(evgrade: Run) -> None:
    page = Page(evgrade("report", RILUZOLE, "--csl", DATED).stdout)
    references = page.said[page.said.index("References Andrews, J. A.") :]
    assert "Gurney, M. E." in references
    assert set(page.targets) <= set(page.ids)
    assert len([one for one in page.ids if one.startswith("ref-")]) == len(
        load_dossier(str(ROOT / RILUZOLE)).data["references"]
    )


def test_a_document_of_word_follows_the_style(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    assert evgrade("report", RILUZOLE, "-f", "docx", "--csl", NUMBERED, "-o", path).code == 0
    document = Document(str(path))
    entries = [one.text for one in document.paragraphs if one.style and one.style.name == "Bibliography"]
    assert entries[0].startswith("[1]\tFDA. RILUTEK")
    raised = [run.text for one in document.paragraphs for run in one.runs if run.font.superscript]
    assert "1,2" in raised


@pytest.mark.parametrize("style", first_of([NUMBERED, DATED]))
def test_hostile_text_stays_text_and_the_bytes_are_the_same(evgrade: Run, style: Path) -> None:
    hostile = hostile_dossier(RILUZOLE)
    for form in ("html", "markdown-article"):
        first = evgrade("report", "-", "-f", form, "--csl", style, stdin=hostile)
        assert first.code == 0, first.output
        assert HIDDEN.search(first.stdout) is None
        assert evgrade("report", "-", "-f", form, "--csl", style, stdin=hostile).stdout == first.stdout
        if form == "html":
            page = Page(first.stdout)
            assert set(page.elements) <= ELEMENTS | {"i"}
            assert set(page.attributes) <= ATTRIBUTES


# Styles that cannot be used


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "1:1", "this is not XML"),
        ("dossier: 1\n", "1:1", "this is not XML"),
        (f"{HEAD}\n<citation>\n</bibliography>", "3:16", "this is not XML"),
        ("<html/>", "1:1", "this is not a style"),
        ("<style/>", "1:1", "this is not a style"),
        (f"{HEAD}</style>", "1:1", "it has no `citation` with a `layout`"),
        (f"{HEAD}\n<citation>{LAYOUT}</citation></style>", "1:1", "it has no `bibliography` with a `layout`"),
        (WHOLE.replace("in-text", "note"), "1:1", "this style cites in footnotes"),
        (WHOLE.replace(LAYOUT, '<layout>\n<text macro="nowhere"/></layout>'), "2:1", "there is no macro `nowhere`"),
        (WHOLE.replace("</style>", f"\n{CIRCLE}</style>"), "2:1", "calls itself"),
        (
            f'{HEAD}<info><link rel="independent-parent" href="https://example.org/parent"/></info></style>',
            "1:1",
            "this style only points to another one, https://example.org/parent",
        ),
        (f'<!DOCTYPE style [<!ENTITY a "b">]>\n{WHOLE}', "2:1", "a style must not have a document type"),
        (f'<!DOCTYPE style SYSTEM "file:///etc/passwd">\n{WHOLE}', "2:1", "a style must not have a document type"),
        (
            f'<!DOCTYPE style [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n{WHOLE}',
            "2:1",
            "a style must not have a document type",
        ),
    ],
)
def test_a_file_that_is_no_style_is_told_with_its_place(
    evgrade: Run, tmp_path: Path, text: str, place: str, message: str
) -> None:
    path, output = tmp_path / "a.csl", tmp_path / "a.html"
    path.write_text(text, encoding="utf-8")
    result = evgrade("report", SMALLEST, "--csl", path, "-o", output)
    assert result.code == 2
    assert f"{path}:{place}" in result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert not output.exists()


def test_a_style_that_is_not_there_is_told(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("report", SMALLEST, "--csl", tmp_path / "nowhere.csl")
    assert result.code == 2
    assert "nowhere.csl could not be read: No such file or directory" in result.stderr
    result = evgrade("report", SMALLEST, "--csl", tmp_path)
    assert result.code == 2
    assert "is a folder, not a file" in result.stderr


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "a.csl"
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(f'<!DOCTYPE style [<!ENTITY e0 "x">{levels}]>\n{HEAD}&e11;</style>', encoding="utf-8")
    with pytest.raises(InvalidError):
        read_style(str(path))


def test_macros_that_would_never_end_are_refused(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csl"
    twice = "".join(f'<macro name="m{n}"><text macro="m{n + 1}"/><text macro="m{n + 1}"/></macro>\n' for n in range(60))
    macros = f'\n{twice}<macro name="m60"><text variable="title"/></macro></style>'
    path.write_text(
        WHOLE.replace("</style>", macros).replace(LAYOUT, '<layout><text macro="m0"/></layout>'), encoding="utf-8"
    )
    result = evgrade("report", RILUZOLE, "--csl", path)
    assert result.code == 2
    assert "calls others too often" in result.stderr


def test_what_a_style_asks_for_in_vain_is_told(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csl"
    names = '<layout><date variable="title"><date-part name="year"/></date></layout>'
    path.write_text(WHOLE.replace(LAYOUT, names), encoding="utf-8")
    result = evgrade("report", RILUZOLE, "--csl", path)
    assert result.code == 2
    assert "citeproc-py cannot apply" in result.stderr


def test_without_the_extra_the_error_names_it(evgrade: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "citeproc", None)
    result = evgrade("report", SMALLEST, "--csl", NUMBERED)
    assert result.code == 2
    assert "citation styles need citeproc-py" in result.stderr
    assert "pip install 'evgrade[csl]'" in result.stderr


def test_a_style_is_never_written_over(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csl"
    path.write_text(WHOLE, encoding="utf-8")
    result = evgrade("report", SMALLEST, "--csl", path, "-o", path)
    assert result.code != 0
    assert path.read_text(encoding="utf-8") == WHOLE
    assert (ROOT / SMALLEST).exists()
