"""Registries are asked politely and believed cautiously: every mistake of a server is one clear error."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Iterator

import pytest

from evgrade.model import EvgradeError
from evgrade.registries import client as module
from evgrade.registries.apis import CTGOV, Number, checked_address, number_in
from evgrade.registries.client import TRIES, Client

from .serving import Answer, Server, encoded, links, paper, serving, study, work

NUMBER = "NCT90000001"
STUDY = f"/studies/{NUMBER}"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


class Asking:
    """Asks a server, without waiting; what it would have waited and said is kept."""

    def __init__(self, server: Server, mail: str = "") -> None:
        self.waits: list[float] = []
        self.told: list[str] = []
        self.clock = 0.0
        keys = ("ctgov", "ncbi", "crossref")
        self.client = Client(dict.fromkeys(keys, server.url), mail, self.told.append, lambda: self.clock, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock += seconds

    def __call__(self, text: str = NUMBER) -> bytes:
        return self.client.record(number(text))


def number(text: str) -> Number:
    found = number_in(text)
    assert found is not None
    return found


def refused(asking: Asking, text: str = NUMBER) -> EvgradeError:
    with pytest.raises(EvgradeError) as raised:
        asking(text)
    return raised.value


# What is asked


def test_a_study_is_asked_for_by_its_number(server: Server) -> None:
    server.give(STUDY, study(NUMBER))
    assert Asking(server)() == study(NUMBER).body
    assert server.asked == [f"{STUDY}?format=json"]


def test_a_paper_of_pubmed_is_asked_for_with_the_name_of_the_tool_and_an_address(server: Server) -> None:
    server.give("/efetch.fcgi", paper("123"))
    assert Asking(server, "a@example.org")("PMID:123") == paper("123").body
    assert server.asked == ["/efetch.fcgi?db=pubmed&id=123&retmode=xml&tool=evgrade&email=a%40example.org"]


def test_a_paper_of_pubmed_central_is_read_from_pubmed(server: Server) -> None:
    server.give("/elink.fcgi", links("123"))
    server.give("/efetch.fcgi", paper("123", "PMC77"))
    assert b"<PMID Version" in Asking(server)("PMC77")
    assert server.asked[0] == "/elink.fcgi?dbfrom=pmc&db=pubmed&linkname=pmc_pubmed&id=77&retmode=json&tool=evgrade"
    assert server.asked[1] == "/efetch.fcgi?db=pubmed&id=123&retmode=xml&tool=evgrade"


def test_a_doi_is_one_part_of_the_path_whatever_is_in_it(server: Server) -> None:
    server.give("/works/10.1000%2Fa%3Fb%2F..%2Fc%23d", work("10.1000/A?b/../c#d"))
    assert b'"message"' in Asking(server)("10.1000/a?b/../c#D")


def test_who_asks_is_said(server: Server) -> None:
    server.give(STUDY, study(NUMBER))
    Asking(server)()
    Asking(server, "me@example.org")()
    without, with_mail = (one["User-Agent"] for one in server.headers)
    assert without.startswith("evgrade/")
    assert "(+https://" in without
    assert "mailto" not in without
    assert "; mailto:me@example.org)" in with_mail


@pytest.mark.parametrize("mail", ["no address", "a@b\r\nX-More: 1", "a(b)@example.org", "@"])
def test_what_is_no_address_of_e_mail_is_not_sent(server: Server, mail: str) -> None:
    with pytest.raises(EvgradeError, match="EVGRADE_EMAIL"):
        Asking(server, mail)


def test_between_two_requests_there_is_a_pause_that_the_registry_asks_for(server: Server) -> None:
    server.give(STUDY, study(NUMBER))
    asking = Asking(server)
    for _ in range(3):
        asking()
    assert asking.waits == [CTGOV.pause] * 2
    asking.clock += 100
    asking()
    assert len(asking.waits) == 2  # it is long ago


# What is answered


def test_a_packed_answer_is_unpacked(server: Server) -> None:
    server.give(STUDY, Answer(gzip.compress(study(NUMBER).body), headers={"Content-Encoding": "gzip"}))
    assert Asking(server)() == study(NUMBER).body


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        (NUMBER, STUDY, f"ClinicalTrials.gov has no study {NUMBER}"),
        ("10.1000/x", "/works/10.1000%2Fx", "Crossref has no work DOI:10.1000/x"),
        ("PMID:5", "/efetch.fcgi", "PubMed has no paper PMID:5"),
    ],
)
def test_a_number_that_a_registry_does_not_have_is_said_at_once(
    server: Server, text: str, path: str, said: str
) -> None:
    server.give(path, Answer(b"nothing here", status=404))
    asking = Asking(server)
    assert refused(asking, text).message == said
    assert (len(server.asked), asking.waits) == (1, [])


@pytest.mark.parametrize(
    "answer", [Answer(b"<PubmedArticleSet></PubmedArticleSet>"), Answer(b"ID list is empty", status=400)]
)
def test_an_empty_answer_of_pubmed_means_that_there_is_no_such_paper(server: Server, answer: Answer) -> None:
    server.give("/efetch.fcgi", answer)
    assert refused(Asking(server), "PMID:5").message == "PubMed has no paper PMID:5"


def test_a_paper_of_pubmed_central_that_pubmed_lacks_is_said(server: Server) -> None:
    server.give("/elink.fcgi", links(None))
    assert refused(Asking(server), "PMC5").message == "PubMed has no paper PMC5"


@pytest.mark.parametrize(
    ("text", "path", "answer"),
    [
        (NUMBER, STUDY, study("NCT90000002")),
        (NUMBER, STUDY, Answer(encoded({"studies": []}))),
        (NUMBER, STUDY, Answer(encoded([]))),
        (NUMBER, STUDY, Answer(b"<html>out of order</html>")),
        (NUMBER, STUDY, Answer(b"")),
        (NUMBER, STUDY, Answer(study(NUMBER).body[:-5])),
        ("PMID:123", "/efetch.fcgi", paper("124")),
        ("PMID:999", "/efetch.fcgi", paper("124")),
        ("PMID:123", "/efetch.fcgi", Answer(b"<eFetchResult><ERROR>no</ERROR></eFetchResult>")),
        ("PMID:123", "/efetch.fcgi", Answer(b"<!DOCTYPE a [<!ENTITY b 'c'>]><PubmedArticleSet/>")),
        ("10.1000/x", "/works/10.1000%2Fx", work("10.1000/y")),
    ],
)
def test_an_answer_that_is_not_of_the_number_is_refused(server: Server, text: str, path: str, answer: Answer) -> None:
    server.give(path, answer)
    error = refused(Asking(server), text)
    assert "answer about" in error.message


def test_a_study_that_is_asked_for_by_an_older_number_is_the_study(server: Server) -> None:
    answer = study("NCT90000002").body.replace(b'"nctId"', b'"nctIdAliases": ["NCT90000001"], "nctId"')
    server.give(STUDY, Answer(answer))
    assert Asking(server)() == answer


# What may pass


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_registry_that_is_busy_is_asked_again_later_and_later(server: Server, status: int) -> None:
    server.give(STUDY, Answer(status=status), Answer(status=status), Answer(status=status), study(NUMBER))
    asking = Asking(server)
    assert asking() == study(NUMBER).body
    assert [one for one in asking.waits if one in (1, 2, 4)] == [1, 2, 4]
    assert len(asking.told) == 3
    assert str(status) in asking.told[0]


def test_a_registry_that_stays_busy_is_left_alone(server: Server) -> None:
    server.give(STUDY, Answer(status=503))
    error = refused(Asking(server))
    assert error.message == f"ClinicalTrials.gov answers 503 Service Unavailable, {TRIES} times in a row"
    assert len(server.asked) == TRIES


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Date": "Sun, 01 Nov 2026 10:00:00 GMT", "Retry-After": "Sun, 01 Nov 2026 10:00:09 GMT"}, 9),
        ({"Retry-After": "soon"}, 1),
        ({"Retry-After": "-5"}, 1),
    ],
)
def test_it_is_asked_again_when_it_says(server: Server, headers: dict[str, str], wait: float) -> None:
    server.give(STUDY, Answer(status=429, headers=headers), study(NUMBER))
    asking = Asking(server)
    asking()
    assert asking.waits[0] == wait


def test_a_wait_that_is_too_long_is_said_and_not_waited(server: Server) -> None:
    server.give(STUDY, Answer(status=429, headers={"Retry-After": "3600"}))
    asking = Asking(server)
    assert "asks to wait 3600 seconds" in refused(asking).message
    assert asking.waits == []


@pytest.mark.parametrize(
    "broken",
    [
        Answer(study(NUMBER).body, cut=10),
        Answer(b"not packed", headers={"Content-Encoding": "gzip"}),
        Answer(status=302, headers={"Location": "http://[::1"}),
    ],
)
def test_an_answer_that_breaks_off_is_asked_for_again(server: Server, broken: Answer) -> None:
    server.give(STUDY, broken, study(NUMBER))
    assert Asking(server)() == study(NUMBER).body
    server.give(STUDY, broken)
    assert f"{TRIES} times in a row" in refused(Asking(server)).message


def test_a_server_that_says_nothing_is_not_waited_for_without_end(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_READ", 0.05)
    server.give(STUDY, Answer(hang=True))
    assert "did not answer within" in refused(Asking(server)).message
    assert len(server.asked) == TRIES


def test_an_answer_in_drops_is_not_waited_for_without_end(server: Server) -> None:
    server.give(STUDY, Answer(study(NUMBER).body, pieces=True))
    asking = Asking(server)

    def hurried() -> float:
        asking.clock += 70
        return asking.clock

    asking.client._now = hurried
    assert "takes more than 120 seconds" in refused(asking).message


# What does not


@pytest.mark.parametrize("status", [400, 401, 403, 418, 204, 304])
def test_a_refusal_is_said_at_once(server: Server, status: int) -> None:
    server.give(STUDY, Answer(status=status))
    assert f"refuses: {status}" in refused(Asking(server)).message
    assert len(server.asked) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    server: Server, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(module, "LARGEST", 2**20)
    body = b" " * 2**21
    answer = Answer(gzip.compress(body), headers={"Content-Encoding": "gzip"}) if packed else Answer(body)
    server.give(STUDY, answer)
    assert refused(Asking(server)).message == "the answer of ClinicalTrials.gov is larger than 1 MiB"


def test_a_redirect_in_the_same_place_is_followed(server: Server) -> None:
    server.give(STUDY, Answer(status=301, headers={"Location": "/elsewhere"}))
    server.give("/elsewhere", study(NUMBER))
    assert Asking(server)() == study(NUMBER).body


@pytest.mark.parametrize(
    "there",
    [
        "https://example.org/studies/NCT90000001",
        "http://example.org/",
        "//example.org/",
        "http://localhost:9/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_another_place_is_not_followed(server: Server, there: str) -> None:
    server.give(STUDY, Answer(status=302, headers={"Location": there}))
    assert "does not follow" in refused(Asking(server)).message


def test_redirects_without_end_are_left(server: Server) -> None:
    server.give(STUDY, Answer(status=302, headers={"Location": STUDY}))
    assert "too many redirects" in refused(Asking(server)).message
    assert len(server.asked) == 6


def test_without_a_network_there_is_one_clear_error() -> None:
    nobody = Server("http://127.0.0.1:9")
    error = refused(Asking(nobody))
    assert error.message == "ClinicalTrials.gov (127.0.0.1) cannot be reached"
    assert "files that you have downloaded" in str(error.hint)


def test_a_certificate_that_is_not_genuine_is_refused(server: Server) -> None:
    """A server without encryption stands for any that cannot prove who it is."""
    asking = Asking(Server(server.url.replace("http:", "https:")))
    assert "cannot be reached" in refused(asking).message
    assert server.asked == []


@pytest.mark.parametrize("address", ["https://registry.example.org/api/", "http://127.0.0.1:80", "http://localhost"])
def test_the_address_of_an_api_is_encrypted_or_of_this_computer(address: str) -> None:
    assert checked_address(address, "X") == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    ["http://example.org", "ftp://example.org", "https://a:b@example.org", "https://e.org/?a", "https://e.org/#a",
     "https://", "example.org", "https://e.org/a b", "https://e.org:port", "http://127.0.0.1.example.org", ""],
)  # fmt: skip
def test_another_address_is_refused(address: str) -> None:
    with pytest.raises(EvgradeError, match="is not the address of an API"):
        checked_address(address, "X")


@pytest.mark.slow
def test_without_the_extra_a_number_gets_one_clear_message() -> None:
    code = "import sys; sys.modules['httpx'] = None; from evgrade.cli import main; sys.argv[1:] = ['import', 'PMID:1']"
    code += "; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "evgrade: requests to a registry need httpx"
    assert "pip install 'evgrade[online]'" in done.stderr
