"""The XML of PubMed and of EndNote."""

from __future__ import annotations

import pytest

from evgrade.model import EvgradeError
from tests.importing.reading import notes, references

ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "pubmed.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation>
<PMID Version="1">20000001</PMID>
<Article>
<Journal><ISSN IssnType="Electronic">1476-6256</ISSN>
<JournalIssue><Volume>20</Volume><Issue>4</Issue><PubDate>{date}</PubDate></JournalIssue>
<Title>Journal of tests</Title></Journal>
<ArticleTitle>{title}</ArticleTitle>
<Pagination><StartPage>454</StartPage><EndPage>481</EndPage><MedlinePgn>454-81</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/abc</ELocationID>
<AuthorList><Author ValidYN="Y"><LastName>Okafor</LastName><ForeName>Ada N</ForeName><Initials>AN</Initials>
<Suffix>Jr</Suffix></Author><Author><CollectiveName>The Trial Group</CollectiveName></Author></AuthorList>
<Language>eng</Language>
<PublicationTypeList><PublicationType UI="D016428">{kind}</PublicationType></PublicationTypeList>
<VernacularTitle>Un essai.</VernacularTitle>
<ArticleDate DateType="Electronic"><Year>2019</Year><Month>01</Month><Day>02</Day></ArticleDate>
</Article>
<CommentsCorrectionsList>{comments}</CommentsCorrectionsList>
</MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">20000001</ArticleId><ArticleId IdType="pmc">PMC45</ArticleId>
</ArticleIdList>
<ReferenceList><Reference><ArticleIdList>
<ArticleId IdType="doi">10.1000/stranger</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle></PubmedArticleSet>"""
PARTS = {
    "date": "<Year>2019</Year><Month>May</Month><Day>3</Day>",
    "title": "A <i>drug</i> in H<sub>2</sub>O.",
    "kind": "Journal Article",
    "comments": "",
}
BOOK = """<PubmedArticleSet><PubmedBookArticle><BookDocument><PMID>5</PMID>
<Book><Publisher><PublisherName>A Press</PublisherName></Publisher><BookTitle book="b">A Guideline.</BookTitle>
<PubDate><Year>2009</Year><Month>02</Month></PubDate><Isbn>9781860163593</Isbn></Book>
{chapter}<Language>eng</Language>
<AuthorList Type="authors"><Author><CollectiveName>The Centre</CollectiveName></Author></AuthorList>
</BookDocument></PubmedBookArticle></PubmedArticleSet>"""
ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record>
<ref-type name="Journal Article">99</ref-type>
<contributors><authors><author><style face="normal">Okafor, A. N.</style></author>
<author>The Trial Group</author></authors></contributors>
<titles><title><style>A long
   title</style></title><secondary-title>J Test</secondary-title></titles>
<periodical><full-title>Journal of Tests</full-title></periodical>
<pages>130--136</pages><volume>12</volume><number>3</number>
<dates><year>2015</year><pub-dates><date>Mar 3</date></pub-dates></dates>
<isbn>1476-6256 (Electronic)&#xD;0002-9262 (Linking)</isbn>
<accession-num>{number}</accession-num>
<electronic-resource-num>10.1000/abc</electronic-resource-num>
<urls><related-urls><url>http://www.ncbi.nlm.nih.gov/pubmed/{url}</url></related-urls></urls>
<remote-database-name>{database}</remote-database-name>
</record></records></xml>"""


def test_an_article_of_pubmed_is_a_reference() -> None:
    assert references(ARTICLE.format(**PARTS)) == [
        {
            "id": "okafor-2019",
            "type": "article-journal",
            "author": ["Okafor AN Jr", "The Trial Group"],
            "title": "A drug in H2O",
            "container_title": "Journal of tests",
            "issued": "2019-05-03",
            "available_online": "2019-01-02",
            "volume": 20,
            "issue": 4,
            "page": "454-481",
            "doi": "10.1000/abc",
            "pmid": 20000001,
            "pmcid": "PMC45",
            "issn": "1476-6256",
            "language": "en",
        }
    ]


@pytest.mark.parametrize(
    ("date", "issued"),
    [
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998),
        ("<Year>2019</Year><Season>Spring</Season>", 2019),
        ("<Year>2019</Year><Month>07</Month>", "2019-07"),
    ],
)
def test_a_date_is_taken_as_far_as_it_is_certain(date: str, issued: int | str) -> None:
    assert references(ARTICLE.format(**PARTS | {"date": date}))[0]["issued"] == issued


def test_the_title_in_its_own_language_stands_in_for_one_that_is_missing() -> None:
    assert references(ARTICLE.format(**PARTS | {"title": ""}))[0]["title"] == "Un essai"


@pytest.mark.parametrize(
    ("kind", "comment", "status"),
    [
        ("Retracted Publication", "", "retracted"),
        ("Retraction of Publication", "RetractionOf", None),
        ("Journal Article", "RetractionIn", "retracted"),
        ("Journal Article", "RetractedandRepublishedIn", "retracted"),
        ("Journal Article", "ExpressionOfConcernIn", "expression_of_concern"),
        ("Journal Article", "ExpressionOfConcernFor", None),
        ("Journal Article", "ErratumIn", "corrected"),
        ("Journal Article", "ErratumFor", None),
        ("Journal Article", "Cites", None),
    ],
)
def test_what_happened_to_a_paper_is_its_status(kind: str, comment: str, status: str | None) -> None:
    comments = (
        f'<CommentsCorrections RefType="{comment}"><RefSource>J</RefSource></CommentsCorrections>' if comment else ""
    )
    [entry] = references(ARTICLE.format(**PARTS | {"kind": kind, "comments": comments}))
    assert entry.get("retraction") == status


def test_a_book_and_a_chapter_of_pubmed() -> None:
    [book] = references(BOOK.format(chapter=""))
    [chapter] = references(BOOK.format(chapter="<ArticleTitle>Chapter 1.</ArticleTitle>"))
    assert (book["type"], book["title"], book["isbn"], book["publisher"], book["issued"]) == (
        "book",
        "A Guideline",
        "9781860163593",
        "A Press",
        "2009-02",
    )
    assert (chapter["type"], chapter["title"], chapter["container_title"]) == ("chapter", "Chapter 1", "A Guideline")


@pytest.mark.parametrize("kind", ["PubmedArticle", "PubmedBookArticle"])
def test_an_article_without_a_citation_is_noted(kind: str) -> None:
    text = f"<PubmedArticleSet><{kind}></{kind}></PubmedArticleSet>"
    assert notes(text) == [f":1: `{kind}` holds no citation: the record was not taken"]


def test_a_record_of_endnote_is_a_reference() -> None:
    assert references(ENDNOTE.format(number="25", url="25", database="")) == [
        {
            "id": "okafor-2015",
            "type": "article-journal",
            "author": ["Okafor AN", "The Trial Group"],
            "title": "A long title",
            "container_title": "Journal of Tests",
            "issued": "2015-03-03",
            "volume": 12,
            "issue": 3,
            "page": "130-136",
            "doi": "10.1000/abc",
            "pmid": 25,
            "issn": "1476-6256",
        }
    ]


@pytest.mark.parametrize(("database", "pmid"), [("", None), ("Embase", None), ("PubMed", 77), ("Medline", 77)])
def test_an_accession_number_is_a_pmid_only_where_the_record_says_so(database: str, pmid: int | None) -> None:
    assert references(ENDNOTE.format(number="77", url="", database=database))[0].get("pmid") == pmid


@pytest.mark.parametrize("text", [ARTICLE.format(**PARTS), ENDNOTE.format(number="1", url="1", database="")])
def test_xml_that_is_cut_or_declares_entities_is_one_clear_error(text: str) -> None:
    with pytest.raises(EvgradeError, match="this is not XML"):
        references(text[:-12])
    root = "PubmedArticleSet" if "PubmedArticleSet" in text else "xml"
    declared = f'<!DOCTYPE {root} [<!ENTITY a "b">]>' + text[text.index(f"<{root}>") :]
    with pytest.raises(EvgradeError, match="entity declarations"):
        references(declared)
