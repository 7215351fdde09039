"""Reading a page of HTML as a strict browser would: which elements and attributes it has, and what it says."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

ELEMENTS = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "h4", "span", "nav"),
        *("ul", "ol", "li", "main", "section", "footer", "b", "strong", "sup", "br", "table", "caption", "thead"),
        *("tbody", "tfoot", "tr", "th", "td", "details", "summary", "div", "figure", "figcaption", "svg", "defs"),
        *("pattern", "g", "rect", "path", "circle", "line", "polygon", "polyline", "text", "article", "blockquote"),
        *("dl", "dt", "dd", "code"),
    )
)
ATTRIBUTES = frozenset(
    (
        *("lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "rel", "scope", "data-label"),
        *("aria-label", "aria-hidden", "aria-labelledby", "role", "tabindex", "viewbox", "width", "height", "x", "y"),
        *("x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "points", "fill", "patternunits", "font-size", "text-anchor"),
    )
)
VOID = frozenset({"meta", "br"})


class Page(HTMLParser):
    """A page, read.

    Attributes:
        elements, attributes: the names of all that it has.
        ids, targets: the ids, and the ids that links lead to.
        links: the addresses of links.
        linked_data: what programs read, in a block of data, which no browser runs.
        said: the text of the page.
        open: the elements that were not closed.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[str] = Counter()
        self.attributes: Counter[str] = Counter()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.style = ""
        self.linked_data: list[str] = []
        self.wrong: list[str] = []
        self._said: list[str] = []
        self.feed(text)
        self.close()

    @property
    def said(self) -> str:
        return " ".join(" ".join(self._said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (tag, attrs) == ("script", [("type", "application/ld+json")]):
            self.open.append(tag)
            self.linked_data.append("")
            return
        self.elements[tag] += 1
        for name, value in attrs:
            self.attributes[name] += 1
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and value is not None:
                (self.targets if value.startswith("#") else self.links).append(value.removeprefix("#"))
            elif name in ("aria-labelledby",):
                self.targets.append(value or "")
            elif name == "fill" and (value or "").startswith("url(#"):
                self.targets.append((value or "")[5:-1])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        elif self.open and self.open[-1] == "script" and self.linked_data:
            self.linked_data[-1] += data
        else:
            self._said.append(data)
