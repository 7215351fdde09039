"""Sources: well formed, entered once, there at all, not newer than the review; and a review that is due."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.checks import with_checks
from evgrade.facts.identifiers import (
    doi_flaw,
    isbn_check_digit,
    isbn_flaw,
    issn_check_digit,
    issn_flaw,
    pmcid_flaw,
    pmid_flaw,
    registry_flaw,
    same_trial,
)
from evgrade.facts.known import is_after, partial_date
from evgrade.model import Finding, Severity
from tests.checks.building import dossier, found, read


def report(**fields: Any) -> dict[str, Any]:
    return {"id": "report", "statement": "One person felt better.", **fields}


def trial(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "statement": "A trial.", **fields}


class TestCheckDigits:
    @pytest.mark.parametrize("issn", ["0317-8471", "2049-3630", "0000-0019", "1050-124X"])
    def test_real_issns_pass(self, issn: str) -> None:
        assert issn_flaw(issn) is None

    def test_a_wrong_one_names_what_fits(self) -> None:
        assert issn_flaw("0317-8472") == "its last digit is 2, but by the digits before it that should be 1"

    @pytest.mark.parametrize(
        "isbn", ["0-306-40615-2", "978-0-306-40615-7", "978-3-16-148410-0", "080442957X", "979 10 90636 07 1"]
    )
    def test_real_isbns_pass(self, isbn: str) -> None:
        assert isbn_flaw(isbn) is None

    @pytest.mark.parametrize(
        ("isbn", "flaw"),
        [
            ("0-306-40615-3", "should be 2"),
            ("978-0-306-40615-8", "should be 7"),
            ("977-0-306-40615-7", "begins with 978 or 979"),
            ("97803064061", "this has 11"),
            ("978030640615X", "its last digit is X"),
        ],
    )
    def test_wrong_ones_do_not(self, isbn: str, flaw: str) -> None:
        assert flaw in (isbn_flaw(isbn) or "")

    @given(st.text("0123456789", min_size=7, max_size=7), st.integers(0, 6), st.integers(1, 9))
    def test_one_wrong_digit_is_always_seen_in_an_issn(self, digits: str, place: int, more: int) -> None:
        whole = digits + issn_check_digit(digits + "0")
        wrong = f"{whole[:place]}{(int(whole[place]) + more) % 10}{whole[place + 1 :]}"
        assert issn_flaw(whole) is None
        assert issn_flaw(wrong) is not None

    @given(st.sampled_from(["978", "979"]), st.text("0123456789", min_size=9, max_size=9), st.integers(3, 11))
    def test_one_wrong_digit_is_always_seen_in_an_isbn(self, prefix: str, digits: str, place: int) -> None:
        whole = prefix + digits + isbn_check_digit(f"{prefix}{digits}0")
        wrong = f"{whole[:place]}{(int(whole[place]) + 1) % 10}{whole[place + 1 :]}"
        assert isbn_flaw(whole) is None
        assert isbn_flaw(wrong) is not None


class TestDois:
    @pytest.mark.parametrize(
        "doi",
        [
            "10.3109/17482968.2010.544386",
            "10.1016/S0140-6736(05)67618-7",
            "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
            "10.1000/(a)",
            "10.1000/abc/abstract1",
        ],
    )
    def test_strange_ones_pass(self, doi: str) -> None:
        assert doi_flaw(doi) is None

    @pytest.mark.parametrize(
        "doi", ["10.1/a.", "10.1/a,", "10.1/a;", "10.1/a)", "10.1/(a))", "10.1/a/full", "10.1/a.PDF"]
    )
    def test_what_was_copied_with_one_is_told(self, doi: str) -> None:
        assert doi_flaw(doi) is not None


class TestNumbers:
    def test_a_pubmed_number_has_up_to_eight_digits(self) -> None:
        assert [pmid_flaw(1), pmid_flaw(99999999), pmid_flaw("99999999")] == [None, None, None]
        assert pmid_flaw(100000000)

    def test_a_pubmed_central_number_begins_with_no_zero(self) -> None:
        assert [pmcid_flaw("PMC1"), pmcid_flaw("PMC12345678")] == [None, None]
        assert pmcid_flaw("PMC012")
        assert pmcid_flaw("PMC123456789")

    @pytest.mark.parametrize(
        "number",
        [
            "NCT01234567",
            "nct01234567",
            "ISRCTN12345678",
            "2004-000446-20",
            "EUCTR2004-000446-20-GB",
            "EUCTR2004-000446-20-Outside-EU/EEA",
            "2004-000446-20/3rd",
            "2022-500024-30-00",
            "CTIS2023-503563-40-01",
            "UMIN000012345",
            "jRCT2031200001",
            "ACTRN12605000123456",
            "U1111-1111-1111",
            "2011-0123",
            "2017-12-001",
            "NTR1234",
            "CTRI/2020/01/022345",
        ],
    )
    def test_good_numbers_and_those_of_other_registries_pass(self, number: str) -> None:
        assert registry_flaw(number) is None

    @pytest.mark.parametrize(
        "number",
        ["NCT0123456", "NCT012345678", "NCT0123456٧", "NCT-01234567", "NCT0123456O", "ISRCTN1234567", "2004-00446-20",
         "2004-000446-2", "2022-500024-30-0", "EudraCT2004-000446"],
    )  # fmt: skip
    def test_bad_ones_do_not(self, number: str) -> None:
        assert registry_flaw(number)

    def test_a_trial_is_the_same_in_every_country(self) -> None:
        assert same_trial("EUCTR2004-000446-20-GB") == same_trial("2004-000446-20")
        assert same_trial("2022-500024-30-00") == same_trial("2022-500024-30-01")
        assert same_trial("NCT00000001") != same_trial("NCT00000002")

    def test_a_number_is_told_at_its_place(self) -> None:
        [finding] = found("source-registry", trials=[trial("a", registry=["NCT00000001", "NCT1"])])
        assert finding.location.path == ("trials", 0, "registry", 1)


class TestTwice:
    def refs(self, one: dict[str, Any], other: dict[str, Any]) -> list[Finding]:
        references = [{"id": "one", **one}, {"id": "other", **other}]
        return found("source-same-reference", cases=[report(refs=["one", "other"])], references=references)

    def test_the_same_doi_in_other_letters(self) -> None:
        [finding] = self.refs({"doi": "10.1000/ABC"}, {"doi": "10.1000/abc"})
        assert finding.location.path == ("references", 1, "doi")
        assert [place.path for place in finding.related] == [("references", 0, "doi")]
        assert f"`one` (line {finding.related[0].line})" in finding.message
        assert f"`other` (line {finding.location.line})" in finding.message

    def test_the_same_pmid_as_a_number_and_as_text(self) -> None:
        assert len(self.refs({"pmid": 7}, {"pmid": "7"})) == 1

    def test_the_same_in_both_is_told_once(self) -> None:
        assert len(self.refs({"pmid": 7, "doi": "10.1000/a"}, {"pmid": 7, "doi": "10.1000/a"})) == 1

    def test_others_differ(self) -> None:
        assert self.refs({"pmid": 7, "doi": "10.1000/a"}, {"pmid": 8, "doi": "10.1000/b"}) == []
        assert self.refs({"pmid": 7}, {"doi": "10.1000/7"}) == []

    def test_the_same_trial(self) -> None:
        [finding] = found(
            "source-same-trial",
            trials=[trial("a", registry=["x1", "2004-000446-20"]), trial("b", registry=["EUCTR2004-000446-20-DE"])],
        )
        assert finding.location.path == ("trials", 1, "registry", 0)
        assert "`a`" in finding.message
        assert "`b`" in finding.message

    def test_a_trial_may_repeat_itself(self) -> None:
        assert found("source-same-trial", trials=[trial("a", registry=["NCT00000001", "nct00000001"])]) == []


class TestUncited:
    def uncited(self, **sections: Any) -> list[Any]:
        listed = found("source-uncited", references=[{"id": "r"}], **sections)
        return [finding.location.path for finding in listed]

    def test_items_of_every_kind(self) -> None:
        item = {"id": "a", "statement": "It."}
        for section in ("mechanism", "preclinical", "cases", "trials", "syntheses", "observational"):
            assert self.uncited(**{section: [item]}) == [(section, 0, "id")]
            assert self.uncited(**{section: [{**item, "refs": []}]}) == [(section, 0, "id")]
            assert self.uncited(**{section: [{**item, "refs": ["r"]}]}) == []

    def test_a_registered_trial_is_cited_by_its_number(self) -> None:
        assert self.uncited(trials=[trial("a", registry=["NCT00000001"])]) == []
        assert self.uncited(trials=[trial("a", registry=[])]) == [("trials", 0, "id")]

    def test_an_effect_cites_for_its_trial(self) -> None:
        assert self.uncited(trials=[trial("a", effects=[{"outcome": "death", "refs": ["r"]}])]) == []

    def test_a_mechanism_cites_for_its_findings_and_they_for_it(self) -> None:
        evidence = [{"id": "e", "statement": "So."}, {"id": "f", "statement": "So.", "refs": ["r"]}]
        mechanism = {"id": "m", "statement": "It acts.", "evidence": evidence}
        assert self.uncited(mechanism=[mechanism]) == [("mechanism", 0, "evidence", 0, "id")]
        assert self.uncited(mechanism=[{**mechanism, "refs": ["r"]}]) == []

    def test_harms_cite_through_their_section_or_their_item(self) -> None:
        event = {"id": "e", "name": "Nausea"}
        assert self.uncited(safety={"adverse_events": [event]}) == [("safety", "adverse_events", 0, "id")]
        assert self.uncited(safety={"adverse_events": [event], "refs": ["r"]}) == []
        a = trial("a", refs=["r"])
        assert self.uncited(trials=[a], safety={"adverse_events": [{**event, "item": "a"}]}) == []


def self_and(other: dict[str, Any], review: dict[str, Any], own: dict[str, Any]) -> list[Finding]:
    return found("source-newer", review=review, cases=[report(refs=[other["id"]])], references=[own, other])


class TestNewer:
    def newer(self, review: dict[str, Any], issued: str | int, **reference: Any) -> list[Finding]:
        references = [{"id": "r", "issued": issued, **reference}]
        return found("source-newer", review=review, cases=[report(refs=["r"])], references=references)

    def test_a_source_after_the_review(self) -> None:
        [finding] = self.newer({"date": "2010-12-21"}, 2011)
        assert finding.severity is Severity.WARNING
        assert finding.location.path == ("references", 0, "issued")
        assert finding.related[0].path == ("review", "date")

    def test_dates_are_compared_as_far_as_they_go(self) -> None:
        assert self.newer({"date": "2010-12-21"}, 2010) == []
        assert self.newer({"date": "2010-12-21"}, "2010-12") == []
        assert self.newer({"date": 2010}, "2010-12-31") == []
        assert self.newer({"date": "2010-12-21"}, "2010-12-21") == []
        assert len(self.newer({"date": "2010-12-21"}, "2010-12-22")) == 1

    def test_what_only_the_search_is_older_than_is_a_note(self) -> None:
        [finding] = self.newer({"date": "2010-12-21", "search": {"date": "2010-06"}}, "2010-09")
        assert finding.severity is Severity.NOTE

    def test_online_counts_before_print(self) -> None:
        assert self.newer({"date": "2010-12-21"}, 2011, available_online="2010-12-01") == []

    def test_the_review_itself_may_be_printed_later(self) -> None:
        assert self.newer({"date": "2010-12-21", "refs": ["r"]}, 2011) == []

    def test_so_may_what_is_entered_of_it_as_evidence(self) -> None:
        own = {"id": "own", "issued": 2012, "title": "Riluzole for ALS: a systematic review"}
        review = {"date": 2010, "refs": ["own"]}
        pooled = {"id": "s", "statement": "So.", "year": 2012, "refs": ["own"]}
        assert found("source-newer", review=review, syntheses=[pooled], references=[own]) == []
        assert len(found("source-newer", review=review, syntheses=[{**pooled, "refs": []}], references=[own])) == 1
        preprint = {"id": "preprint", "issued": 2011, "version_of": "own"}
        assert self_and(preprint, review, own) == []

    def test_or_what_has_its_title(self) -> None:
        own = {"id": "r", "issued": 2012, "title": "Riluzole for ALS: A systematic review."}
        titled = {"date": 2010, "title": "Riluzole for ALS - a systematic review"}
        assert found("source-newer", review=titled, cases=[report(refs=["r"])], references=[own]) == []
        other = {"date": 2010, "title": "Edaravone for ALS"}
        assert len(found("source-newer", review=other, cases=[report(refs=["r"])], references=[own])) == 1

    def test_what_no_evidence_cites_may_be_newer(self) -> None:
        sections = {
            "review": {"date": 2010},
            "verdicts": [{"id": "v", "by": "Somebody", "refs": ["r"]}],
            "references": [{"id": "r", "issued": 2011}],
        }
        assert found("source-newer", **sections) == []

    def test_an_item_that_says_its_own_date(self) -> None:
        [finding] = found("source-newer", review={"date": 2010}, trials=[trial("a", year=2012)])
        assert finding.location.path == ("trials", 0, "year")

    def test_a_year_is_a_whole_number_in_any_form(self) -> None:
        later, same = trial("a", year=2012.0), trial("b", year=2010.0)
        [finding] = found("source-newer", review={"date": 2010.0}, trials=[later, same])
        assert finding.location.path == ("trials", 0, "year")

    def test_the_same_thing_is_told_once(self) -> None:
        sections = {"trials": [trial("a", year=2012, refs=["r"])], "references": [{"id": "r", "issued": 2012}]}
        assert len(found("source-newer", review={"date": 2010}, **sections)) == 1


class TestDays:
    REVIEW = "review: {date: 2010-12-21, next_review: 2012-12}"

    def overdue(self, text: str, as_of: dt.date | None) -> bool:
        return "source-overdue" in {finding.code for finding in with_checks(read(text), as_of).findings}

    def test_nothing_is_overdue_without_a_day(self) -> None:
        assert not self.overdue(self.REVIEW, None)

    def test_the_day_that_is_given_counts(self) -> None:
        assert not self.overdue(self.REVIEW, dt.date(2012, 12, 31))
        assert self.overdue(self.REVIEW, dt.date(2013, 1, 1))

    def test_the_dossier_can_give_the_day_and_the_caller_another(self) -> None:
        stated = "review: {next_review: 2012-12, as_of: 2013}"
        assert self.overdue(stated, None)
        assert not self.overdue(stated, dt.date(2012, 1, 1))

    @given(st.dates(dt.date(1000, 1, 1)), st.dates(dt.date(1000, 1, 1)), st.sampled_from([4, 7, 10]))
    def test_a_date_is_never_after_what_it_may_be_part_of(self, one: dt.date, other: dt.date, length: int) -> None:
        whole, cut = partial_date(one.isoformat()), partial_date(other.isoformat()[:length])
        assert not (is_after(whole, cut) and is_after(cut, whole))
        assert not is_after(partial_date(one.isoformat()[:length]), whole)
        if is_after(whole, cut):
            assert one > other


class TestWaivers:
    TEXT = """
cases:
  - {{id: a, statement: It., evaluated: 3, responses: [{{label: better, n: 2}}], refs: [r]}}
references: [{{id: r}}]
waivers:
  - {{check: count-responses, reason: As printed., until: {until}}}
"""

    def codes(self, until: str, as_of: dt.date | None) -> dict[str, str | None]:
        findings = with_checks(read(self.TEXT.format(until=until)), as_of).findings
        return {finding.code: finding.waived for finding in findings}

    def test_one_holds_to_its_last_day(self) -> None:
        assert self.codes("2020-06-30", None) == {"count-responses": "As printed."}
        assert self.codes("2020-06-30", dt.date(2020, 6, 30)) == {"count-responses": "As printed."}
        assert self.codes("2020-06", dt.date(2020, 6, 30)) == {"count-responses": "As printed."}

    def test_then_it_accepts_nothing_and_says_so(self) -> None:
        assert self.codes("2020-06-30", dt.date(2020, 7, 1)) == {"count-responses": None, "waiver-expired": None}

    def test_a_source_can_be_accepted(self) -> None:
        waivers = [{"check": "source-issn", "reference": "one", "reason": "As printed."}]
        references = [{"id": "one", "issn": "0317-8472"}, {"id": "other", "issn": "0317-8472"}]
        one, other = found("source-issn", cases=[report(refs=["one", "other"])], references=references, waivers=waivers)
        assert (one.waived, other.waived) == ("As printed.", None)

    def test_who_accepts_a_source_does_not_cite_it(self) -> None:
        waivers = [{"check": "reference-unused", "reference": "r", "reason": "Kept for later."}]
        checked = with_checks(dossier(references=[{"id": "r"}], waivers=waivers))
        assert [(one.code, one.waived) for one in checked.findings] == [("reference-unused", "Kept for later.")]
