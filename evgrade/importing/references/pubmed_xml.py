"""PubMed's XML: articles and books. Source: the DTD pubmed_250101, National Library of Medicine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import kinds, medline, people, values
from evgrade.importing.references.draft import Draft
from evgrade.importing.tree import Element

_ROOT = re.compile(
    r"<(?:\w+:)?(?:PubmedArticleSet|PubmedBookArticleSet|PubmedArticle|PubmedBookArticle|MedlineCitationSet)\b"
)
_STATUS = {
    "RetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    "ExpressionOfConcernIn": "expression_of_concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
}
_USED = frozenset(
    {"PMID", "Article", "MedlineJournalInfo", "CommentsCorrectionsList", "Journal", "ArticleTitle", "VernacularTitle"}
    | {"AuthorList", "Pagination", "ELocationID", "Language", "PublicationTypeList", "ArticleDate"}
)


def _recognizes(content: Content) -> bool:
    return content.start[:1] == "<" and _ROOT.search(content.start) is not None


def _records(content: Content) -> Iterator[Record]:
    root = content.xml
    for one in _articles(root):
        record = Record(content.name, one.place, "")
        book = one if one.tag == "BookDocument" else one.first("BookDocument")
        citation = one if one.tag == "MedlineCitation" else one.first("MedlineCitation")
        if book is not None:
            yield _book(book, record)
        elif citation is not None:
            yield _article(citation, one, record)
        else:
            record.note(record.place, f"`{one.tag}` holds no citation: the record was not taken")
            yield record


READER = Reader(_recognizes, _records)


def _articles(root: Element) -> Iterator[Element]:
    if root.tag in ("PubmedArticle", "PubmedBookArticle"):
        yield root
        return
    for one in root:
        if one.tag in ("PubmedArticle", "PubmedBookArticle", "MedlineCitation", "BookDocument"):
            yield one
        else:
            yield from _articles(one)


def _article(citation: Element, whole: Element, record: Record) -> Record:
    draft = Draft(record)
    article = citation.first("Article") or Element("Article", citation.line)
    types = [one.text() for one in article.all("PublicationTypeList", "PublicationType")]
    draft.kind(medline.kind(types))
    for path in (("ArticleTitle",), ("VernacularTitle",)):
        _title(draft, article, path)
    _authors(draft, article)
    draft.put(
        "container_title",
        article.text("Journal", "Title") or citation.text("MedlineJournalInfo", "MedlineTA"),
        record.place,
    )
    issue = article.first("Journal", "JournalIssue") or Element("", citation.line)
    _date(draft, "issued", issue.first("PubDate"))
    _date(draft, "available_online", article.first("ArticleDate"))
    for field, tag in (("volume", "Volume"), ("issue", "Issue")):
        draft.put(field, issue.text(tag), issue.place)
    _pages(draft, article.first("Pagination"))
    draft.put("pmid", citation.text("PMID"), citation.place)
    issn = article.first("Journal", "ISSN")
    if issn is not None:
        draft.put("issn", issn.text(), issn.place)
    for one in article.all("ELocationID"):
        if one.attributes.get("ValidYN", "Y") == "N":
            draft.unused(f"an ELocationID that is not valid, {one.text()}"[:80])
        elif one.attributes.get("EIdType") == "doi":
            draft.put("doi", one.text(), one.place)
        elif "page" not in draft.entry and re.fullmatch("[A-Za-z]{0,4}[0-9]{1,8}", one.text()):
            draft.put("page", one.text(), one.place)
    _identifiers(draft, whole.all("PubmedData", "ArticleIdList", "ArticleId"))
    _languages(draft, article)
    _status(draft, citation, types)
    draft.unused(*(one.tag for parent in (citation, article) for one in parent if one.tag not in _USED))
    return draft.finish()


def _book(book: Element, record: Record) -> Record:
    draft = Draft(record)
    inside = book.first("Book") or Element("Book", book.line)
    is_chapter = bool(book.text("ArticleTitle"))
    draft.kind(kinds.CHAPTER if is_chapter else kinds.BOOK)
    if is_chapter:
        _title(draft, book, ("ArticleTitle",))
        draft.put("container_title", medline.title(inside.text("BookTitle")), inside.place)
    else:
        _title(draft, inside, ("BookTitle",))
    for source in (book, inside):
        if "author" not in draft.entry:
            _authors(draft, source)
    _date(draft, "issued", inside.first("PubDate"))
    draft.put("volume", inside.text("Volume"), inside.place)
    draft.put("publisher", inside.text("Publisher", "PublisherName"), inside.place)
    draft.put("isbn", inside.text("Isbn"), inside.place)
    _pages(draft, book.first("Pagination"))
    draft.put("pmid", book.text("PMID"), book.place)
    _identifiers(draft, book.all("ArticleIdList", "ArticleId"))
    _languages(draft, book)
    return draft.finish()


def _title(draft: Draft, parent: Element, path: tuple[str, ...]) -> None:
    found = parent.first(*path)
    written = "" if found is None else found.text()
    if found is None or not written or written.strip("[].").casefold() == "not available":
        return
    if "title" in draft.entry:
        draft.unused(found.tag)
    else:
        draft.put("title", medline.title(written), found.place)


def _authors(draft: Draft, parent: Element) -> None:
    lists = [one for one in parent.all("AuthorList") if one.attributes.get("Type", "authors") == "authors"]
    for one in [author for found in lists for author in found.all("Author")]:
        body, family = one.text("CollectiveName"), one.text("LastName")
        if one.attributes.get("ValidYN", "Y") == "N":
            draft.unused(f"an author that is not valid, {body or family}"[:80])
        elif body:
            draft.person(values.one_line(body))
        else:
            given = one.text("Initials") or one.text("ForeName")
            draft.person(people.person(family or one.text("ForeName"), given if family else "", one.text("Suffix")))


def _date(draft: Draft, field: str, found: Element | None) -> None:
    if found is not None:
        written = " ".join(found.text(tag) for tag in ("Year", "Month", "Day", "Season", "MedlineDate"))
        draft.put_date(field, values.one_line(written), found.place)


def _pages(draft: Draft, found: Element | None) -> None:
    if found is None:
        return
    first, last = found.text("StartPage"), found.text("EndPage")
    written = found.text("MedlinePgn") or (f"{first}-{last}" if first and last and first != last else first)
    draft.put("page", medline.pages(written), found.place)


def _identifiers(draft: Draft, listed: Iterator[Element]) -> None:
    """Take the identifiers of the article itself; its list of references has those of others."""
    fields = {"doi": "doi", "pmc": "pmcid", "pubmed": "pmid"}
    for one in listed:
        field = fields.get(one.attributes.get("IdType", ""))
        if field is not None:
            draft.put(field, one.text(), one.place)


def _languages(draft: Draft, parent: Element) -> None:
    for number, one in enumerate(parent.all("Language")):
        if number:
            draft.unused(f"the language {one.text()}"[:40])
        else:
            draft.put("language", one.text(), one.place)


def _status(draft: Draft, citation: Element, types: list[str]) -> None:
    if any(one.casefold() == "retracted publication" for one in types):
        draft.status("retracted")
    for one in citation.all("CommentsCorrectionsList", "CommentsCorrections"):
        kind = one.attributes.get("RefType", "")
        if kind in _STATUS:
            draft.status(_STATUS[kind])
            draft.record.note(one.place, f"{kind}: {one.text('RefSource')} {one.text('PMID')}".strip())
