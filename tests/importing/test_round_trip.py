"""What is exported and imported again is the same, apart from what the export names as left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.checking import check_contents, dossier_of, load_dossier
from evgrade.dossier import Dossier
from evgrade.exporting.bibtex import bibtex
from evgrade.exporting.csl_json import csl_json
from evgrade.exporting.exported import LeftOut, Named
from evgrade.exporting.references import references_of
from evgrade.exporting.ris import ris
from evgrade.schema.store import schema
from tests.importing.reading import references

EXAMPLES = [
    path
    for path in sorted((Path(__file__).parents[2] / "examples").glob("*.dossier.yaml"))
    if "\nreferences:" in path.read_text(encoding="utf-8")
]
EXPORTS = {"csl-json": csl_json, "ris": ris, "bibtex": bibtex}
ONE_IN_RIS = {"regulation": "legislation", "post": "webpage"}
"""Types that RIS has one word for."""


def plain(entry: dict[str, Any], form: str, left_out: tuple[LeftOut, ...]) -> dict[str, Any]:
    """Return a reference as it should come back: texts in one line, and without what the format does not carry."""
    kept = {key: value for key, value in entry.items() if LeftOut(f"references.{key}", entry["id"]) not in left_out}
    if form == "ris" and kept.get("type") in ONE_IN_RIS:
        kept["type"] = ONE_IN_RIS[kept["type"]]
    return {
        key: [" ".join(one.split()) for one in value] if isinstance(value, list) else " ".join(str(value).split())
        for key, value in kept.items()
    }


def check(dossier: Dossier, form: str) -> None:
    exported = EXPORTS[form](references_of([Named("a dossier", dossier)]))
    back = [plain(one, form, ()) for one in references(exported.text)]
    assert back == [plain(dict(one), form, exported.left_out) for one in dossier.references.values()]


@pytest.mark.parametrize("form", EXPORTS)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_reference_of_an_example_comes_back(path: Path, form: str) -> None:
    check(load_dossier(str(path)), form)


_WORDS = st.lists(
    st.sampled_from(["Étude", "of", "a", "drug", "H2O", "p < 0.05", "—", "ER", "TY", "1.", "10", "&"]), min_size=1
)
_TEXT = _WORDS.map(" ".join).filter(lambda text: text.strip(" -—&.") != "")
_PEOPLE = st.builds(
    "{} {}".format,
    st.sampled_from(["Okafor", "van den Berg", "Müller-Lüdenscheid", "O'Brien", "Dal Bello-Haas", "St. Clair"]),
    st.sampled_from(["A", "AB", "ABC", "ABCD", "K-L", "V"]),
)
_BODIES = st.sampled_from(
    ["The Trial Group", "World Health Organization", "Study Group II", "Ministry of Health, Labour"]
)
_DATES = st.sampled_from(["2019", "2019-05", "2019-05-03"])
_REFERENCES = st.fixed_dictionaries(
    {"title": _TEXT},
    optional={
        "type": st.sampled_from(schema("dossier")["$defs"]["reference"]["properties"]["type"]["enum"]),
        "author": st.lists(_PEOPLE | _BODIES, min_size=1, max_size=4),
        "container_title": _TEXT,
        "issued": _DATES,
        "available_online": _DATES,
        "accessed": _DATES,
        "volume": st.integers(1, 999) | st.sampled_from(["12A", "Suppl 1", "007"]),
        "issue": st.integers(1, 99) | st.sampled_from(["1-2", "Pt 1"]),
        "page": st.integers(1, 9999) | st.sampled_from(["e12", "1-9", "S1-S9", "001", "12-3", "429–452"]),
        "publisher": _TEXT,
        "doi": st.sampled_from(["10.1000/abc", "10.1000/S0140-6736(97)11096-0", "10.1000/a%2Bb", "10.1000/a;b"]),
        "pmid": st.integers(1, 99999999),
        "pmcid": st.integers(1, 9999999).map("PMC{}".format),
        "issn": st.sampled_from(["0028-3878", "2434-561X"]),
        "isbn": st.sampled_from(["978-0-19-023866-7", "0-943396-04-2", "9780190238667", "019853453X"]),
        "url": st.sampled_from(["https://example.org/a?b=c&d=%20", "http://example.org/a(b)"]),
        "language": st.sampled_from(["en", "en-GB", "de", "grc"]),
        "retraction": st.sampled_from(schema("dossier")["$defs"]["reference"]["properties"]["retraction"]["enum"]),
        "notes": _TEXT,
    },
)


@pytest.mark.parametrize("form", EXPORTS)
@given(made=st.lists(_REFERENCES, min_size=1, max_size=3))
def test_every_reference_comes_back(made: list[dict[str, Any]], form: str) -> None:
    listed = [{"id": f"ref-{number}"} | one for number, one in enumerate(made)]
    text = json.dumps({"dossier": 1, "therapy": {"name": "X"}, "condition": {"name": "Y"}, "references": listed})
    [checked] = check_contents([(text.encode(), "made.dossier.yaml")])
    check(dossier_of(checked), form)
