"""The CSV file of Retraction Watch: read robustly, found by DOI and PMID, and what a notice means."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from evgrade.model import UnreadableError
from evgrade.notices import Nature, Notice, in_force
from evgrade.retraction_watch import Notices, NoticesError

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
    assert read.unreadable == []


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


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    without = text_of(record()).replace("OriginalPaperDOI", "DOI")
    with pytest.raises(NoticesError, match=r"lacks the column OriginalPaperDOI$"):
        notices(tmp_path, content=without.encode())
    with pytest.raises(NoticesError, match="RetractionDate, RetractionDOI"):
        notices(tmp_path, content=b"")


def test_a_short_record_is_left_out_and_counted(tmp_path: Path) -> None:
    whole = text_of(record()).encode()
    read = notices(tmp_path, content=whole + b"2,only,three\r\n" + whole.split(b"\r\n")[1] + b"\r\n")
    assert (read.unreadable, read.count) == ([3], 2)


def test_a_quotation_mark_that_is_not_closed_is_an_error(tmp_path: Path) -> None:
    content = text_of(record()).encode() + b'3,"never closed' + b" and more\r\n" * 20_000
    with pytest.raises(NoticesError, match="from line 3 on"):
        notices(tmp_path, content=content)


def test_a_line_without_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoticesError, match="line 1 is too long"):
        notices(tmp_path, content=b"x" * 3_000_000)


def test_what_is_no_file_is_an_error(tmp_path: Path) -> None:
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
