"""The CSV file of Retraction Watch: read robustly, found by DOI and PMID, and what a notice means."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from evgrade.model import UnreadableError
from evgrade.notices import Nature, Notice, in_force
from evgrade.retraction_watch import Notices, RecordsError

HEADER = [
    "Record ID",
    "Title",
    "Subject",
    "Institution",
    "Journal",
    "Publisher",
    "Country",
    "Author",
    "URLS",
    "ArticleType",
    "RetractionDate",
    "RetractionDOI",
    "RetractionPubMedID",
    "OriginalPaperDate",
    "OriginalPaperDOI",
    "OriginalPaperPubMedID",
    "RetractionNature",
    "Reason",
    "Paywalled",
    "Notes",
]
USUAL = {
    "Title": "A paper; with a semicolon, a comma",
    "RetractionDate": "1/20/2021 0:00",
    "RetractionDOI": "10.1000/notice",
    "RetractionPubMedID": "900",
    "OriginalPaperDOI": "10.1000/Paper",
    "OriginalPaperPubMedID": "77",
    "RetractionNature": "Retraction",
    "Reason": "+Falsification of Data;+Investigation by Journal/Publisher;",
}


def record(**fields: str) -> dict[str, str]:
    return {**USUAL, **fields}


def text_of(*records: dict[str, str]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, HEADER, restval="")
    writer.writeheader()
    writer.writerows(records)
    return buffer.getvalue()


def notices(folder: Path, *records: dict[str, str], content: bytes | None = None) -> Notices:
    path = folder / "retractions.csv"
    path.write_bytes(text_of(*records).encode() if content is None else content)
    return Notices(str(path))


def natures(found: tuple[Notice, ...]) -> list[str]:
    return [notice.nature.value for notice in found]


def test_a_paper_is_found_by_its_doi_in_any_case_and_by_its_pmid(tmp_path: Path) -> None:
    read = notices(tmp_path, record(OriginalPaperDOI="10.1000/other", OriginalPaperPubMedID="78"), record())
    [notice] = read.of({"doi": "10.1000/PAPER"})
    assert notice == Notice(
        nature=Nature.RETRACTION,
        date="2021-01-20",
        reason="Falsification of Data; Investigation by Journal/Publisher",
        doi="10.1000/notice",
    )
    assert read.of({"pmid": 77}) == read.of({"pmid": "77"}) == (notice,)
    assert read.of({"doi": "10.1000/paper", "pmid": 77}) == (notice,)
    assert read.of({"doi": "10.1000/nothing", "pmid": 1}) == ()
    assert read.of({}) == ()
    assert read.count == 2


def test_the_notice_itself_is_not_retracted(tmp_path: Path) -> None:
    assert notices(tmp_path, record()).of({"doi": "10.1000/notice", "pmid": 900}) == ()


@pytest.mark.parametrize("nothing", ["", "0", "unavailable", "Unavailable", " "])
def test_no_identifier_is_none(tmp_path: Path, nothing: str) -> None:
    read = notices(tmp_path, record(OriginalPaperDOI=nothing, OriginalPaperPubMedID=nothing, RetractionDOI=nothing))
    assert read.of({"doi": nothing, "pmid": nothing}) == ()
    by_pmid = notices(tmp_path, record(OriginalPaperDOI=nothing, RetractionDOI=nothing))
    assert [notice.doi for notice in by_pmid.of({"pmid": 77})] == [None]


def test_a_doi_given_as_an_address_is_the_same(tmp_path: Path) -> None:
    assert notices(tmp_path, record(OriginalPaperDOI="https://doi.org/10.1000/PAPER")).of({"doi": "10.1000/paper"})


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + text_of(record()).encode(),
        text_of(record(Title="caf\xe9")).encode("latin-1"),
        text_of(record(Title="Caf\xe9 \u2013 na\xefve")).encode(),
        text_of(record(Notes='one\ntwo\r\nthree; "four"')).encode(),
        text_of(record(Title="first", OriginalPaperDOI="10.1000/x", Notes="a\nb\n"), record()).encode(),
        text_of(record()).replace("\r\n", "\n").encode(),
        text_of(record()).rstrip().encode(),
        text_of({}, record()).encode() + b"\r\n\r\n",
    ],
    ids=[
        "byte order mark",
        "latin-1",
        "utf-8",
        "line breaks",
        "line breaks before",
        "lf",
        "no last line end",
        "blanks",
    ],
)
def test_real_files_are_read(tmp_path: Path, content: bytes) -> None:
    read = notices(tmp_path, content=content)
    assert natures(read.of({"doi": "10.1000/paper"})) == ["Retraction"]
    assert read.oddities == []


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*reversed(HEADER), "One more"], restval="")
    writer.writeheader()
    writer.writerow(record())
    assert natures(notices(tmp_path, content=buffer.getvalue().encode()).of({"pmid": 77})) == ["Retraction"]


def test_a_byte_order_mark_is_no_part_of_a_column_s_name(tmp_path: Path) -> None:
    content = text_of(record()).replace("Record ID,Title,", "").replace(',"A paper; with a semicolon, a comma",', "")
    content = content.replace("RetractionDate", "Date").replace("Subject", "RetractionDate")
    assert notices(tmp_path, content=b"\xef\xbb\xbf" + content.encode()).count == 1


def wrong(folder: Path, content: bytes) -> str:
    """Return where a file is wrong and what is said of it."""
    with pytest.raises(RecordsError, match="cannot be used: a record in it could be missed") as error:
        notices(folder, content=content)
    [finding] = error.value.findings
    assert finding.excerpt is not None
    return f"{finding.location.line}:{finding.location.column}: {finding.message}"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    without = text_of(record()).replace("OriginalPaperDOI", "DOI")
    assert wrong(tmp_path, without.encode()) == "1:1: the header lacks the column OriginalPaperDOI"
    assert "lacks the columns RetractionDate, RetractionDOI" in wrong(tmp_path, b"")
    assert "lacks the columns" in wrong(tmp_path, text_of(record()).replace(",", ";").encode())
    twice = text_of(record()).replace("Journal,", "RetractionNature,")
    assert wrong(tmp_path, twice.encode()) == "1:1: the header has the column RetractionNature twice"


HEAD, USUAL_LINE = text_of(record()).split("\r\n")[:2]
PLAIN_LINE = USUAL_LINE.replace('"A paper; with a semicolon, a comma"', "A paper")
LATER = ",A paper,,,,,,,,,1/1/2020 0:00,10.1/n,,,10.1000/other,78,Retraction,+Fraud;,,"
FIELDS = "this record has {} fields; the header has 20"
HIDES = "the column {} of this record holds another record"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([PLAIN_LINE.replace("A paper", '"A paper'), LATER], "2:2: this quotation mark is not closed"),
        ([PLAIN_LINE.replace("A paper", '"A paper'), LATER, USUAL_LINE], "2:2: this quotation mark is not closed"),
        ([LATER, PLAIN_LINE.replace(",10.1000/Paper", ',"10.1000/Paper')], "3:53: this quotation mark is not closed"),
        ([PLAIN_LINE, LATER + '"'], "3:78: this quotation mark is not closed"),
        ([PLAIN_LINE.replace("A paper", '"A" paper'), LATER], "2:2: this quotation mark is not closed"),
        ([PLAIN_LINE.replace("A paper", 'A 5" paper'), LATER], "2:5: a quotation mark in an unquoted field"),
        ([PLAIN_LINE.replace("A paper", ' "A, paper"'), LATER], "2:3: a quotation mark in an unquoted field"),
        ([PLAIN_LINE.replace("A paper", '"A paper'), LATER.replace("A paper", 'A paper"')], HIDES.format("Title")),
        ([PLAIN_LINE + '"a', LATER, LATER, LATER + 'a"'], HIDES.format("Notes")),
        ([PLAIN_LINE + '"a', LATER.replace(",,", ',"",', 1), LATER + 'a"'], HIDES.format("Notes")),
        ([PLAIN_LINE + '"a\r' + LATER + 'a"'], HIDES.format("Notes")),
        (
            [PLAIN_LINE.replace(",Retraction,", ',"Retraction,'), LATER.replace(",Retraction,", ',Retraction",')],
            "2:1: ",
        ),
        ([PLAIN_LINE, LATER.removesuffix(",")], "3:1: " + FIELDS.format(19)),
        ([PLAIN_LINE, LATER[:40]], "3:1: " + FIELDS.format(15)),
        ([PLAIN_LINE + ",", LATER], "2:1: " + FIELDS.format(21)),
        ([PLAIN_LINE + LATER], "2:1: " + FIELDS.format(39)),
        ([PLAIN_LINE.replace("A paper", "A\npaper"), LATER], "2:1: " + FIELDS.format(2)),
        ([PLAIN_LINE + "\r" + LATER], "2:142: a carriage return inside a line"),
        ([PLAIN_LINE, HEAD, LATER], "3:1: the header appears again"),
        ([PLAIN_LINE, ",".join(reversed(HEAD.split(","))), LATER], "3:1: the header appears again"),
        ([PLAIN_LINE, LATER.replace("10.1000/other", "10.1000/\0other")], "3:49: a NUL"),
        ([PLAIN_LINE, LATER + "x" * 200_000, LATER], "3:1: this record cannot be read: field larger than"),
        ([PLAIN_LINE, LATER + "x," * 600_000, LATER], "3:1: this record has more than 1,048,576 bytes"),
        ([PLAIN_LINE, LATER + '"' + "x\r\n" * 600_000, LATER], "3:78: this quotation mark is not closed"),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_whatever_could_hide_a_record_is_an_error_with_its_place(
    tmp_path: Path, lines: list[str], said: str, end: str
) -> None:
    content = end.join([HEAD, *lines, ""]).encode()
    assert said in wrong(tmp_path, content)
    assert said in wrong(tmp_path, content.removesuffix(end.encode()))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_is_an_error(tmp_path: Path, encoding: str) -> None:
    assert "a NUL: this is not text in UTF-8" in wrong(tmp_path, text_of(record()).encode(encoding))


def test_lines_that_end_in_a_carriage_return_alone_are_an_error(tmp_path: Path) -> None:
    content = text_of(record()).replace("\r\n", "\r").encode()
    assert wrong(tmp_path, content) == f"1:{len(HEAD) + 1}: a carriage return inside a line"


def test_no_cut_of_a_file_loses_a_record_silently(tmp_path: Path) -> None:
    """As where a download broke off: the last record is whole, or the file is refused."""
    whole = text_of(record(), record(OriginalPaperDOI="10.1000/other", Notes='a "b"\nc')).encode()
    for end in range(len(HEAD) + 2, len(whole)):
        path = tmp_path / f"{end}.csv"
        path.write_bytes(whole[:end])
        try:
            count = Notices(str(path)).count
        except RecordsError:
            continue
        assert count == whole[:end].count(b"A paper;")


@pytest.mark.parametrize("place", range(0, 220, 3))
def test_no_stray_quotation_mark_hides_a_paper(tmp_path: Path, place: int) -> None:
    rows = [record(OriginalPaperDOI=f"10.1000/{n}", OriginalPaperPubMedID=f"{n}", Notes="") for n in range(1, 4)]
    text = text_of(*rows)
    begin = len(HEAD) + 2 + place
    for changed in (text[:begin] + '"' + text[begin:], text[:begin] + text[begin:].replace('"', "", 1)):
        try:
            read = notices(tmp_path, content=changed.encode())
        except RecordsError:
            continue
        assert read.count == 3


def odd(folder: Path, *records: dict[str, str]) -> list[str]:
    return [str(one) for one in notices(folder, *records).oddities]


@pytest.mark.parametrize(
    "written",
    [
        "13/1/2021 0:00",
        "2/29/2021",
        "2/30/2020 0:00",
        "0/1/2021",
        "2021-13-01",
        "2021-02-30",
        "20.1.2021",
        "soon",
        "1/1/21",
    ],
)
def test_a_date_that_does_not_exist_is_reported_and_undoes_nothing(tmp_path: Path, written: str) -> None:
    wrong_date = record(RetractionDate=written, RetractionNature="Reinstatement")
    told = "a date that does not exist; the notice counts as undated"
    assert odd(tmp_path, record(), wrong_date) == [f"line 3: {told}"]
    assert odd(tmp_path, wrong_date, record(), wrong_date) == [f"2 records from line 2 on: {told}"]
    assert natures(in_force(notices(tmp_path, record(), wrong_date).of({"pmid": 77}))) == ["Retraction"]


@pytest.mark.parametrize("written", ["", " ", "1/2/2021 0:00", "12/31/1999", "2020-05-06", "2/29/2020 00:00"])
def test_a_date_that_exists_or_is_left_out_is_not_reported(tmp_path: Path, written: str) -> None:
    assert odd(tmp_path, record(RetractionDate=written)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"OriginalPaperDOI": "10.1000/pa\u200bper"},
        {"OriginalPaperDOI": "10.1000/a 10.1000/b"},
        {"OriginalPaperDOI": "see notes"},
        {"OriginalPaperPubMedID": "77.0"},
        {"OriginalPaperPubMedID": "PMID 77"},
        {"OriginalPaperPubMedID": "\u0667"},
    ],
)
def test_what_no_paper_can_be_found_by_is_reported(tmp_path: Path, fields: dict[str, str]) -> None:
    told = "line 2: an invalid DOI or PubMed ID; it finds no paper"
    assert odd(tmp_path, record(**fields)) == [told]


def test_a_nature_that_is_not_known_is_reported(tmp_path: Path) -> None:
    for nature in ("Retration", "", "something new"):
        told = "line 2: an unknown RetractionNature; the notice is not used"
        assert odd(tmp_path, record(RetractionNature=nature)) == [told]


def test_zeros_before_a_number_change_nothing(tmp_path: Path) -> None:
    assert notices(tmp_path, record(OriginalPaperPubMedID="0077")).of({"pmid": 77})


def test_a_file_that_changes_while_it_is_in_use_is_an_error(tmp_path: Path) -> None:
    read = notices(tmp_path, record())
    (tmp_path / "retractions.csv").write_text(text_of({}, record()))
    with pytest.raises(UnreadableError, match="was changed while it was in use"):
        read.of({"pmid": 77})


def test_what_is_not_a_file_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UnreadableError, match=path.name):
            Notices(str(path))


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("1/2/2021 0:00", "2021-01-02"),
        ("12/31/1999", "1999-12-31"),
        ("2020-05-06", "2020-05-06"),
        ("", None),
        ("x", None),
    ],
)
def test_dates(tmp_path: Path, written: str, date: str | None) -> None:
    [notice] = notices(tmp_path, record(RetractionDate=written)).of({"pmid": 77})
    assert notice.date == date


def of_dates(*given: tuple[str, str]) -> tuple[Notice, ...]:
    return tuple(Notice(Nature(nature), date or None, None, None) for nature, date in given)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([("Retraction", "2020-01-01")], ["Retraction"]),
        ([("Retraction", "2020-01-01"), ("Reinstatement", "2021-01-01")], []),
        ([("Reinstatement", "2020-01-01"), ("Retraction", "2021-01-01")], ["Retraction"]),
        ([("Retraction", ""), ("Reinstatement", "2021-01-01")], ["Retraction"]),
        ([("Retraction", "2020-01-01"), ("Reinstatement", "")], ["Retraction"]),
        ([("Correction", "2020-01-01"), ("Reinstatement", "2021-01-01")], ["Correction"]),
        (
            [("Expression of concern", "2019-01-01"), ("Retraction", "2020-01-01")],
            ["Expression of concern", "Retraction"],
        ),
    ],
)
def test_a_later_reinstatement_undoes_a_retraction(given: list[tuple[str, str]], left: list[str]) -> None:
    assert natures(in_force(of_dates(*given))) == left


def test_notices_come_by_date_and_other_kinds_are_no_notices(tmp_path: Path) -> None:
    read = notices(
        tmp_path,
        record(RetractionNature="Correction", RetractionDate="3/1/2022 0:00"),
        record(RetractionNature="something new"),
        record(RetractionNature="EXPRESSION OF CONCERN", RetractionDate="2/1/2022 0:00"),
    )
    assert natures(read.of({"pmid": 77})) == ["Expression of concern", "Correction"]


def test_many_papers_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evgrade.retraction_watch._SLOTS", 8)  # so that nearly all share a slot
    rows: list[dict[str, Any]] = [
        record(OriginalPaperDOI=f"10.1000/{n}", OriginalPaperPubMedID=f"{n}") for n in range(50)
    ]
    rows.append(record(OriginalPaperDOI="10.1000/7", OriginalPaperPubMedID="0", RetractionNature="Correction"))
    read = notices(tmp_path, *rows)
    assert [natures(read.of({"pmid": n})) for n in range(50)] == [[]] + [["Retraction"]] * 49
    assert sorted(natures(read.of({"doi": "10.1000/7", "pmid": 7}))) == ["Correction", "Retraction"]
    assert read.of({"pmid": 51}) == ()
