"""References of PubMed: the MEDLINE format, saved as `.nbib` or `.txt`, and XML, of articles and of books.

ERIC and KoreaMed write the MEDLINE format too. Sources, both by the National Library of Medicine: MEDLINE/PubMed Data
Element (Field) Descriptions; the DTD pubmed_250101.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import people, values
from evgrade.importing.references.draft import Draft, Kind, kinds
from evgrade.importing.references.tagged import Block, Dialect, blocks
from evgrade.importing.tree import Element


def kind(types: Sequence[str]) -> Kind:
    """Return the type for some publication types: an article, unless one of them says otherwise."""
    known = kinds("medline")
    return next((known[one.casefold()] for one in types if one.casefold() in known), ("article-journal", ""))


def title(written: str) -> str:
    """Return a title without its final full stop, unless that belongs to an abbreviation."""
    text = values.plain(written)
    if not text.endswith(".") or text.endswith("...") or re.fullmatch(r"(?:[^\W\d_]\.){2,}", text.rpartition(" ")[2]):
        return text
    return text if re.search(r"\b(?:et al|vs|etc|Inc|Ltd|Jr|spp?)\.$", text) else text[:-1]


def pages(written: str) -> str:
    """Return pages in full: 454-81 is 454-481."""
    text = values.one_line(written)
    found = re.fullmatch(r"([A-Za-z]*)([0-9]+)-([A-Za-z]*)([0-9]+)", text)
    if not found or len(found[4]) >= len(found[2]) or found[3] not in ("", found[1]):
        return text
    last = found[2][: len(found[2]) - len(found[4])] + found[4]
    return f"{found[1]}{found[2]}-{found[3] or found[1]}{last}" if int(last) > int(found[2]) else text


def _issn_rank(kind_of_issn: str) -> int:
    """Return the rank of an ISSN: print, electronic, linking."""
    said = kind_of_issn.casefold()
    return next((at for at, word in enumerate(("print", "electronic", "linking")) if word in said), 3)


# The MEDLINE format

_VALUES = {"volume": "VI", "issue": "IP", "publisher": "PB", "pmid": "PMID", "pmcid": "PMC"}
_STATUS = {
    "RIN": "retracted",
    "RRI": "retracted",
    "ECI": "expression_of_concern",
    "EIN": "corrected",
    "CRI": "corrected",
}
_USED = frozenset(
    {*_VALUES.values(), *_STATUS, "TI", "TT", "BTI", "CTI", "AU", "FAU", "CN", "JT", "TA", "DP", "DEP", "PG", "IS"}
    | {"ISBN", "LA", "PT", "AID", "LID"}
)
_DIALECT = Dialect(
    line=re.compile(r"\ufeff?(?P<tag>[A-Z]{2,4}) {0,3}-(?:(?=[ \t]|$)|(?P<odd>(?=\S)))(?P<value>.*)", re.DOTALL),
    known=_USED,
    opens="PMID",
    closes="",
    telling=frozenset(
        {"TI", "TT", "BTI", "CTI", "AU", "FAU", "CN", "PT", "JT", "TA", "AID", "LID", "PMC", "DP", "SO", "OWN"}
    ),
    continues=re.compile(r"[ \t]{2,}"),
    skipped=re.compile(r"[0-9]{1,7}\.|<[0-9]{1,7}>"),
)


def _recognizes(content: Content) -> bool:
    if content.start[:1] in ("{", "[", "<", "@", "%"):
        return False
    return re.search(r"^\ufeff?(?:PMID|OWN ) ?- ?\S", content.text, re.MULTILINE) is not None


def _records(content: Content) -> Iterator[Record]:
    for number, block in enumerate(blocks(content.text, _DIALECT)):
        record = Record(content.name, f":{block.number}", "")
        if not number and not content.is_utf8:
            record.note(":1", "the file is not UTF-8 and was read as Windows-1252: check accented letters")
        yield _reference(block, record)


MEDLINE = Reader(_recognizes, _records)


def _reference(block: Block, record: Record) -> Record:
    draft = Draft(record)
    for number, text in block.loose:
        record.note(f":{number}", f"`{values.one_line(text)[:60]}` belongs to no field")
    draft.kind(kind([values.one_line(one.text) for one in block.all("PT")]))
    _title(block, draft)
    _authors(block, draft)
    for field, tag in _VALUES.items():
        for one in block.all(tag):
            draft.put(field, one.text, one.place)
    for one in block.all("DP"):
        draft.put_date("issued", one.text, one.place)
    for one in block.all("DEP"):
        draft.put_date("available_online", one.text, one.place)
    for one in block.all("PG"):
        draft.put("page", pages(one.text), one.place)
    _numbers(block, draft)
    for one in list(block.all("LA"))[:1]:
        draft.put("language", one.text, one.place)
    if len(list(block.all("LA"))) > 1:
        draft.unused("more languages (LA)")
    _status(block, draft)
    draft.unused(*(tag for tag in block.tags() if tag not in _USED))
    return draft.finish()


def _title(block: Block, draft: Draft) -> None:
    for one in block.all("TI", "CTI", "BTI"):
        if values.one_line(one.text).strip("[].").casefold() == "not available":
            continue
        if "title" not in draft.entry:
            draft.put("title", title(one.text), one.place)
        elif one.tag == "BTI":
            draft.put("container_title", title(one.text), one.place)
        else:
            draft.put("title", title(one.text), one.place)  # notes that there is another
    for one in block.all("TT"):
        if "title" not in draft.entry:
            draft.put("title", title(one.text), one.place)
        else:
            draft.unused("TT")
    for one in block.all("JT", "TA"):
        if "container_title" not in draft.entry:
            draft.put("container_title", one.text, one.place)


def _authors(block: Block, draft: Draft) -> None:
    """Take people and organizations in the order of the file; long names only if there are no short ones."""
    short = "AU" if next(block.all("AU"), None) is not None else "FAU"
    for one in block.fields:
        if one.tag in (short, "CN") and one.text:
            if one.tag == "FAU" or "," in one.text:
                draft.author(one.text, one.place)
            else:
                draft.person(values.one_line(one.text))


def _numbers(block: Block, draft: Draft) -> None:
    for one in block.all("LID", "AID"):
        text, _, kind = values.one_line(one.text).partition(" [")
        if kind == "doi]" or (not kind and values.doi(text)):
            draft.put("doi", text, one.place)
        elif kind in ("pii]", "") and re.fullmatch("[A-Za-z]{0,4}[0-9]{1,8}", text) and "page" not in draft.entry:
            draft.put("page", text, one.place)
        else:
            draft.unused(f"{one.tag} {text}"[:60])
    best = sorted(block.all("IS"), key=lambda one: _issn_rank(one.text))
    for one in best[:1]:
        draft.put("issn", one.text, one.place)
    for one in block.all("ISBN"):
        draft.put("isbn", one.text, one.place)


def _status(block: Block, draft: Draft) -> None:
    for one in block.all("PT"):
        if values.one_line(one.text).casefold() == "retracted publication":
            draft.status("retracted")
    for tag, status in _STATUS.items():
        for one in block.all(tag):
            draft.status(status)
            draft.record.note(one.place, f"{status.replace('_', ' ')}: {values.one_line(one.text)[:120]}")


# XML

_ROOT = re.compile(
    r"<(?:\w+:)?(?:PubmedArticleSet|PubmedBookArticleSet|PubmedArticle|PubmedBookArticle|MedlineCitationSet)\b"
)
_XML_STATUS = {
    "RetractionIn": "retracted",
    "RetractedandRepublishedIn": "retracted",
    "ExpressionOfConcernIn": "expression_of_concern",
    "ErratumIn": "corrected",
    "CorrectedandRepublishedIn": "corrected",
}
_XML_USED = frozenset(
    {"PMID", "Article", "MedlineJournalInfo", "CommentsCorrectionsList", "Journal", "ArticleTitle", "VernacularTitle"}
    | {"AuthorList", "Pagination", "ELocationID", "Language", "PublicationTypeList", "ArticleDate"}
)


def _is_xml(content: Content) -> bool:
    return content.start[:1] == "<" and _ROOT.search(content.start) is not None


def _of_xml(content: Content) -> Iterator[Record]:
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


XML = Reader(_is_xml, _of_xml)


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
    draft.kind(kind(types))
    for path in (("ArticleTitle",), ("VernacularTitle",)):
        _xml_title(draft, article, path)
    _xml_authors(draft, article)
    draft.put(
        "container_title",
        article.text("Journal", "Title") or citation.text("MedlineJournalInfo", "MedlineTA"),
        record.place,
    )
    issue = article.first("Journal", "JournalIssue") or Element("", citation.line)
    _xml_date(draft, "issued", issue.first("PubDate"))
    _xml_date(draft, "available_online", article.first("ArticleDate"))
    for field, tag in (("volume", "Volume"), ("issue", "Issue")):
        draft.put(field, issue.text(tag), issue.place)
    _xml_pages(draft, article.first("Pagination"))
    draft.put("pmid", citation.text("PMID"), citation.place)
    issn = article.first("Journal", "ISSN")
    if issn is not None:
        draft.put("issn", issn.text(), issn.place)
    for one in article.all("ELocationID"):
        if one.attributes.get("ValidYN", "Y") == "N":
            draft.unused(f"an invalid ELocationID, {one.text()}"[:80])
        elif one.attributes.get("EIdType") == "doi":
            draft.put("doi", one.text(), one.place)
        elif "page" not in draft.entry and re.fullmatch("[A-Za-z]{0,4}[0-9]{1,8}", one.text()):
            draft.put("page", one.text(), one.place)
    _identifiers(draft, whole.all("PubmedData", "ArticleIdList", "ArticleId"))
    _languages(draft, article)
    _xml_status(draft, citation, types)
    draft.unused(*(one.tag for parent in (citation, article) for one in parent if one.tag not in _XML_USED))
    return draft.finish()


def _book(book: Element, record: Record) -> Record:
    draft = Draft(record)
    inside = book.first("Book") or Element("Book", book.line)
    is_chapter = bool(book.text("ArticleTitle"))
    draft.kind(("chapter" if is_chapter else "book", ""))
    if is_chapter:
        _xml_title(draft, book, ("ArticleTitle",))
        draft.put("container_title", title(inside.text("BookTitle")), inside.place)
    else:
        _xml_title(draft, inside, ("BookTitle",))
    for source in (book, inside):
        if "author" not in draft.entry:
            _xml_authors(draft, source)
    _xml_date(draft, "issued", inside.first("PubDate"))
    draft.put("volume", inside.text("Volume"), inside.place)
    draft.put("publisher", inside.text("Publisher", "PublisherName"), inside.place)
    draft.put("isbn", inside.text("Isbn"), inside.place)
    _xml_pages(draft, book.first("Pagination"))
    draft.put("pmid", book.text("PMID"), book.place)
    _identifiers(draft, book.all("ArticleIdList", "ArticleId"))
    _languages(draft, book)
    return draft.finish()


def _xml_title(draft: Draft, parent: Element, path: tuple[str, ...]) -> None:
    found = parent.first(*path)
    written = "" if found is None else found.text()
    if found is None or not written or written.strip("[].").casefold() == "not available":
        return
    if "title" in draft.entry:
        draft.unused(found.tag)
    else:
        draft.put("title", title(written), found.place)


def _xml_authors(draft: Draft, parent: Element) -> None:
    lists = [one for one in parent.all("AuthorList") if one.attributes.get("Type", "authors") == "authors"]
    for one in [author for found in lists for author in found.all("Author")]:
        body, family = one.text("CollectiveName"), one.text("LastName")
        if one.attributes.get("ValidYN", "Y") == "N":
            draft.unused(f"an invalid author, {body or family}"[:80])
        elif body:
            draft.person(values.one_line(body))
        else:
            given = one.text("Initials") or one.text("ForeName")
            draft.person(people.person(family or one.text("ForeName"), given if family else "", one.text("Suffix")))


def _xml_date(draft: Draft, field: str, found: Element | None) -> None:
    if found is not None:
        written = " ".join(found.text(tag) for tag in ("Year", "Month", "Day", "Season", "MedlineDate"))
        draft.put_date(field, values.one_line(written), found.place)


def _xml_pages(draft: Draft, found: Element | None) -> None:
    if found is None:
        return
    first, last = found.text("StartPage"), found.text("EndPage")
    written = found.text("MedlinePgn") or (f"{first}-{last}" if first and last and first != last else first)
    draft.put("page", pages(written), found.place)


def _identifiers(draft: Draft, listed: Iterator[Element]) -> None:
    """Take the identifiers of the article, not those in its list of references."""
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


def _xml_status(draft: Draft, citation: Element, types: list[str]) -> None:
    if any(one.casefold() == "retracted publication" for one in types):
        draft.status("retracted")
    for one in citation.all("CommentsCorrectionsList", "CommentsCorrections"):
        kind = one.attributes.get("RefType", "")
        if kind in _XML_STATUS:
            draft.status(_XML_STATUS[kind])
            draft.record.note(one.place, f"{kind}: {one.text('RefSource')} {one.text('PMID')}".strip())
