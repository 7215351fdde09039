"""The papers that a record of ClinicalTrials.gov names, and the record itself as a source."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from evgrade.importing.ctgov.part import Part
from evgrade.importing.tree import LONGEST

Entry = dict[str, Any]

_DATE = re.compile("([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_DOI = re.compile(r"\bdoi:? ?(?:https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/[!-~]{1,200}?)\.?(?= |$)", re.IGNORECASE)


def is_date(said: str) -> bool:
    """Whether a text is a year, a month or a day, as a dossier writes it."""
    found = _DATE.fullmatch(said)
    if not found or int(found[1]) < 1000:
        return False
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True


def papers(module: Part) -> list[Entry]:
    """Return the papers that report the study; papers of its background are no evidence of it."""
    found: dict[str, Entry] = {}
    dois: set[str] = set()
    for one in module.items("references"):
        pmid, kind, said = str(one.data.get("pmid") or "").strip(), one.text("type"), one.text("citation")
        doi = _DOI.search(said)
        retracted = bool(one.data.get("retractions"))
        shown = f"{' (retracted)' if retracted else ''}{f': {said[:80]}' if said else ''}"
        if kind not in ("RESULT", "DERIVED"):
            one.note(f"a reference of type {kind[:20] or 'none'}{shown}: not evidence of this study")
            continue
        if re.fullmatch("[1-9][0-9]{0,8}", pmid):
            entry: Entry = {"id": f"pmid-{pmid}", "pmid": int(pmid)}
        elif doi:
            entry = {"id": f"doi-{re.sub('[^a-z0-9]+', '-', doi[1].casefold()).strip('-')}"[:64].rstrip("-")}
        else:
            one.note(f"no PubMed number and no DOI{shown}: not taken")
            continue
        if entry["id"] in found:
            one.note(f"`{entry['id']}` is named above")
            continue
        if doi and doi[1].casefold() not in dois:
            entry["doi"] = doi[1]
            dois.add(doi[1].casefold())
        notes = f"As ClinicalTrials.gov cites it: {said}" if said else ""
        if retracted:
            entry["retraction"] = "retracted"
            wording = [
                f"{other.text('source')} PMID {other.text('pmid')}".strip() for other in one.items("retractions")
            ]
            notes += f"{' ' if notes else ''}Retracted by: {'; '.join(wording)}." if wording else ""
            where = f"{one.pointer}/retractions"
            one.reading.note(where, f"`{entry['id']}` was retracted: the study does not cite it")
        one.taken(*("pmid", "type", "citation", "retractions"))
        found[entry["id"]] = entry | ({"notes": notes[:LONGEST]} if notes else {})
    return list(found.values())


def own_reference(protocol: Part, number: str, own: str) -> Entry:
    """Return the record as a source, with the date of its last update as its version."""
    entry: Entry = {"id": own, "type": "dataset"}
    title = protocol.at("identificationModule").take("briefTitle")
    struct = protocol.at("statusModule", "lastUpdatePostDateStruct")
    updated = struct.text("date")
    entry |= {"title": title} if title else {}
    entry |= {"container_title": "ClinicalTrials.gov"}
    if is_date(updated):
        entry["issued"] = updated
        struct.taken("date", "type")
    return entry | {
        "publisher": "US National Library of Medicine",
        "url": f"https://clinicaltrials.gov/study/{number}",
    }
