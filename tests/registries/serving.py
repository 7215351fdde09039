"""A registry on this computer: a real server of HTTP whose answers, mistakes and slowness a test decides."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.registry_records import a_study


@dataclass(frozen=True)
class Answer:
    """What the server sends.

    Attributes:
        body: its content.
        status: of HTTP.
        headers: besides the length of the content.
        cut: how many bytes of the content are missing when the connection ends.
        hang: whether nothing comes at all.
        pieces: whether each byte is sent by itself.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    hang: bool = False
    pieces: bool = False


@dataclass
class Server:
    """What a test sees of it.

    Attributes:
        url: where it is.
        answers: by path, without a query; the last of several is given again and again.
        asked: the path and the query of each request, in their order.
        headers: of each request.
    """

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def give(self, path: str, *answers: Answer) -> None:
        """Decide what a path answers."""
        self.answers[path] = list(answers)


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server on a free port of the loopback interface."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append(self.path)
            server.headers.append(dict(self.headers.items()))
            left = server.answers.get(self.path.partition("?")[0], [Answer(status=404)])
            answer = left.pop(0) if len(left) > 1 else left[0]
            if answer.hang:
                over.wait(60)
                return
            self.send_response_only(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in answer.body if answer.pieces else ():
                    self.wfile.write(bytes((piece,)))
                if not answer.pieces:
                    self.wfile.write(answer.body[: len(answer.body) - answer.cut])
            except OSError:  # the client has read enough
                pass
            self.close_connection = bool(answer.cut) or self.close_connection

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Say nothing of a client that has gone."""

    http = Quiet(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        http.shutdown()
        http.server_close()
        thread.join()


def encoded(data: Any) -> bytes:
    return json.dumps(data).encode()


def study(number: str) -> Answer:
    """Return the answer that holds a study."""
    return Answer(encoded(a_study(number)), headers={"Content-Type": "application/json"})


def paper(pmid: str, pmcid: str = "PMC1234567") -> Answer:
    """Return the answer that holds a paper, which cites another."""
    body = f"""<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.example.org/p.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>
<Article PubModel="Print"><Journal><Title>A Journal</Title></Journal><ArticleTitle>A title.</ArticleTitle></Article>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>
<ArticleId IdType="pmc">{pmcid}</ArticleId></ArticleIdList><ReferenceList><Reference><ArticleIdList>
<ArticleId IdType="pubmed">999</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData>
</PubmedArticle></PubmedArticleSet>"""
    return Answer(body.encode(), headers={"Content-Type": "text/xml; charset=utf-8"})


def work(doi: str) -> Answer:
    """Return the answer that holds a work of Crossref."""
    message = {
        "DOI": doi,
        "type": "journal-article",
        "title": ["A title"],
        "issued": {"date-parts": [[2020]]},
        "member": "1",
    }
    return Answer(encoded({"status": "ok", "message-type": "work", "message": message}))


def links(pmid: str | None) -> Answer:
    """Return the answer that says which paper in PubMed is one in PubMed Central."""
    found = [{"dbto": "pubmed", "linkname": "pmc_pubmed", "links": [pmid]}] if pmid else []
    return Answer(encoded({"header": {}, "linksets": [{"dbfrom": "pmc", "ids": ["1"], "linksetdbs": found}]}))
