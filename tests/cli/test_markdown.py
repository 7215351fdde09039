"""`evgrade score --format markdown`: reads as the report does, and is Markdown only where evgrade meant it."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from evgrade.render import clean
from evgrade.render.clean import for_markdown, prose

from .conftest import SameAsGolden
from .hostile import everything_at_once, hostile_dossier
from .support import NALTREXONE, RILUZOLE, SMALLEST, VALID, Run, harmful

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ALIVE = re.compile(r"(?i)@\w|#\w|\bGH-\d|\bwww\.|://|:[\w+-]+:")
"""What code hosts make something of in the text of a page, after the Markdown was read."""

EMPTY = "\u200b"
ATTACKS = [
    "a | b || c",
    "*a* **b** _c_ __d__ ~~e~~ `f` ``g`` ***",
    "[link](https://evil.example) ![image](https://evil.example/x.png) [ref][1] [^1] [x]",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <!-- comment --> <https://evil.example> <a@b.example>",
    "&lt;b&gt; &amp; &#64;octocat &copy;",
    "@octocat @org/team a@b.example",
    "#12 owner/repo#34 GH-56 gh-7",
    "https://evil.example www.evil.example ftp://evil.example mailto:a@b.example",
    ":smile: :+1: 1:2:3 ends with :smile",
    "$x^2$ $$y$$ $`z`$",
    "\\ \\* \\\\ \\",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "123) item",
    "> quote",
    "> [!WARNING]",
    "===",
    "---",
    "~~~",
    "```sh",
    "| --- |",
    ":-: | :-:",
    "    code",
    "two\n\nparagraphs\n- and a list\n# and a heading",
    "[bold]rich[/bold]",
    "::error file=x::y",
    "\x1b[2J \u202e \u200b",
]


def leaves(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a page without those that hold others."""
    return [leaf for token in tokens for leaf in (leaves(token.children) if token.children else [token])]


def seen(markdown: str) -> str:
    """Return what a reader of a page sees of its text, empty places left out."""
    kept = [token.content for token in leaves(READER.parse(markdown)) if token.type in ("text", "text_special")]
    return "".join(kept).replace(EMPTY, "")


def markup(markdown: str) -> set[str]:
    """Return the kinds of what a page is made of."""
    return {token.type.removesuffix("_open").removesuffix("_close") for token in leaves(READER.parse(markdown))}


OURS = {"heading", "paragraph", "text", "text_special", "strong", "bullet_list", "list_item", "hr", "html_inline"}
OURS |= {"table", "thead", "tbody", "tr", "th", "td", "inline"}


# What it says


@pytest.mark.parametrize("dossier", [NALTREXONE, RILUZOLE, SMALLEST])
def test_it_reads_as_it_was_read_last(evgrade: Run, same_as_golden: SameAsGolden, dossier: str) -> None:
    result = evgrade("score", dossier, "--format", "markdown")
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, f"{Path(dossier).name.removesuffix('.dossier.yaml')}.md")


def test_several_dossiers_begin_with_a_table(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("score", RILUZOLE, SMALLEST, "--format", "markdown")
    assert result.code == 0
    one_by_one = [evgrade("score", dossier, "--format", "markdown").stdout for dossier in (RILUZOLE, SMALLEST)]
    contents, *pages = result.stdout.split("\n---\n\n")
    assert pages == one_by_one
    same_as_golden(contents, "several.md")


def test_several_rubrics_stand_side_by_side(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("score", NALTREXONE, "-r", "all", "--format", "markdown")
    assert result.code == 0
    same_as_golden(result.stdout, "compared.md")


def test_it_says_what_a_reviewer_needs(evgrade: Run) -> None:
    page = evgrade("score", NALTREXONE, "--format", "markdown").stdout
    for said in (
        "# Low dose naltrexone for Amyotrophic lateral sclerosis\n\nreviewed 2010-12-21 by The ALSUntangled Group\n",
        "**Not recommended at this time** (provisional)\n",
        "| Safety | **C** | C D F | uncertain |\n",
        f"\\[The ALSUntangled Group 2011\\] ({NALTREXONE}:476) – **decides**\n",  # with citation and place
        "## What would change it\n\n- **Only within a trial:** needs Clinical trials at least C (now D)\n",
        "- **people who died because of a harm**: add \\`died.n\\` to \\`safety\\` (line 596); for Safety\n",
    ):
        assert said in page


def test_raters_overrides_and_warnings_are_on_the_page(evgrade: Run) -> None:
    dossier = VALID + (
        "references: [{id: lonely, type: webpage}]\n"
        "panel:\n"
        "  - {id: a, grades: [{domain: cost, grade: A}]}\n"
        "  - {id: b, grades: [{domain: cost, grade: C}]}\n"
        "overrides: [{domain: cost, grade: B, reason: We know | better., by: c}]\n"
    )
    result = evgrade("score", "-", "--format", "markdown", stdin=dossier)
    assert result.code == 0, result.stderr
    assert (
        "## Panel ratings\n\n- **Cost:** 2 raters, from A to C, median between A and C; the rule gives U\n"
        in result.stdout
    )
    assert ": We know \\| better.\n" in result.stdout
    assert 'warning | nothing cites the reference "lonely" |' in result.stdout


# Hostile texts


@given(st.text() | st.text(st.sampled_from("\\`*_{}[]()<>#+-.!|~&;$=:@^/ \nawG H1https")))
@example("".join(ATTACKS))
def test_any_text_is_shown_as_it_is(text: str) -> None:
    shown = for_markdown(text)
    assert seen(f"- **x** {shown} x\n") == f"x {prose(text)} x".replace(EMPTY, "")
    page = READER.render(f"x {shown} x")
    assert not ALIVE.search(html.unescape(page))
    assert "$" not in shown  # formulas are found before Markdown is read


@given(st.text(max_size=4) | st.text(st.sampled_from("\\`*_~{}[]()<>#+-.!|&$=:@19 aghGHwW"), max_size=8))
@example("\u0663. in Arabic digits")
def test_where_a_quick_look_sees_no_markup_there_is_none(text: str) -> None:
    assert for_markdown(text) == clean._markdown().sub(clean._plain_markdown, prose(text))


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize(
    ("page", "kinds"),
    [
        ("{}\n", set()),
        ("# {}\n", {"heading"}),
        ("- {}\n", {"bullet_list", "list_item"}),
        ("| a | b |\n| --- | --- |\n| {} | c |\n", {"table", "thead", "tbody", "tr", "th", "td"}),
    ],
    ids=["paragraph", "heading", "list", "table"],
)
def test_no_text_is_markup_wherever_it_stands(page: str, kinds: set[str], text: str) -> None:
    markdown = page.format(for_markdown(text))
    assert markup(markdown) <= {"paragraph", "text", "text_special", "inline", *kinds}
    assert prose(text).replace(EMPTY, "") in seen(markdown)
    if "|" in page:
        assert seen(markdown).endswith("c")
        assert READER.render(markdown).count("<td>") == 2


@pytest.mark.parametrize(
    "dossier",
    [
        f"dossier: 1\ntherapy: {{name: {everything_at_once()}}}\ncondition: {{name: {everything_at_once()}}}\n",
        hostile_dossier(NALTREXONE),
        hostile_dossier(RILUZOLE),
    ],
    ids=["everything", "naltrexone", "riluzole"],
)
@pytest.mark.parametrize("rubric", ["evgrade-default", "all"])
def test_a_hostile_dossier_changes_nothing_of_the_page(evgrade: Run, dossier: str, rubric: str) -> None:
    result = evgrade("score", "-", "-f", "markdown", "-r", rubric, stdin=dossier)
    assert result.code == 0
    assert harmful(result.output) == []
    assert markup(result.stdout) <= OURS
    html_tags = [token.content for token in leaves(READER.parse(result.stdout)) if token.type == "html_inline"]
    assert html_tags == ["<sub>", "</sub>"]
    text = html.unescape(re.sub("<[^>]*>", "", READER.render(result.stdout)))
    assert not ALIVE.search(text), ALIVE.search(text)
    assert "$" not in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", ["diff", "compare"])
def test_a_hostile_dossier_changes_nothing_of_a_comparison(evgrade: Run, command: str) -> None:
    everything = everything_at_once()
    names = f"dossier: 1\ntherapy: {{name: {everything}}}\ncondition: {{name: {everything}}}\n"
    for dossier in (names, hostile_dossier(NALTREXONE), hostile_dossier(RILUZOLE)):
        result = evgrade(command, RILUZOLE, "-", "-f", "markdown", stdin=dossier)
        assert result.code == 0
        assert harmful(result.output) == []
        assert markup(result.stdout) <= OURS
        text = html.unescape(re.sub("<[^>]*>", "", READER.render(result.stdout)))
        assert not ALIVE.search(text), ALIVE.search(text)
        assert "$" not in result.stdout


def test_a_hostile_therapy_is_still_named_in_full(evgrade: Run) -> None:
    dossier = VALID.replace("a therapy", '"@octocat | <b>#1</b> [x](https://evil.example) `y` :+1:"')
    page = evgrade("score", "-", "-f", "markdown", stdin=dossier).stdout
    assert seen(page).startswith("@octocat | <b>#1</b> [x](https://evil.example) `y` :+1: for a condition")


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_hostile_file_name_is_harmless(evgrade: Run, tmp_path: Path) -> None:
    name = "a|b\n# @octocat `x` [y](z) :smile.dossier.yaml"
    (tmp_path / name).write_text(VALID)
    result = evgrade("score", ".", "-f", "markdown", cwd=tmp_path)
    assert result.code == 0
    assert markup(result.stdout) <= OURS
    assert "a|b\\x0a# @octocat `x` [y](z) :smile.dossier.yaml" in seen(result.stdout)


def test_what_the_sink_cannot_show_comes_as_an_escape(evgrade: Run) -> None:
    dossier = VALID.replace("a therapy", "Süß")
    page = evgrade("score", "-", "-f", "markdown", stdin=dossier, encoding="ascii").stdout
    assert page.startswith("# S\\xfc\\xdf for a condition\n")
