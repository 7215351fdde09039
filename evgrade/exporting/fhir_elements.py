"""The elements that FHIR resources are made of: words with codes, references inside of a bundle, narrative."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.render.clean import for_xml, prose

Node = dict[str, Any]

_TERMS = "http://terminology.hl7.org/CodeSystem"
_UNKNOWN = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
_LONGEST_ID = 64


def stated(node: Mapping[str, Any]) -> Node:
    """Return a node without what is not stated: FHIR has no empty values."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


def words(text: str | None) -> str | None:
    """Return text as FHIR takes it: on one line, without controls, and never empty."""
    return prose(text) or None if text is not None else None


def concept(text: str, system: str = "", code: str = "") -> Node:
    """Return words, with a code where the terminology of HL7 has one."""
    coding = [{"system": system if ":" in system else f"{_TERMS}/{system}", "code": code}] if code else []
    return stated({"coding": coding, "text": words(text)})


def note(text: str | None) -> list[Node]:
    return [{"text": words(text)}] if words(text) else []


def unknown() -> Node:
    """Return an element that must be there, and of which nothing is known."""
    return {"extension": [_UNKNOWN]}


def narrative(lines: Iterable[str]) -> Node:
    """Return lines as XHTML, in which no text is markup."""
    shown = "".join(f"<p>{for_xml(prose(line))}</p>" for line in lines if prose(line))
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{shown or "<p>-</p>"}</div>'}


@dataclass(frozen=True, slots=True)
class Ids:
    """Names the resources of one dossier, the same each time: by the bytes of its file, the kind and the id.

    Attributes:
        digest: the SHA-256 of the file.
        prefix: what tells the dossier apart where there are several, which may be the same; else empty.
    """

    digest: str
    prefix: str = ""

    def address(self, kind: str, name: str) -> str:
        """Return the address by which other resources of the bundle refer to a resource: a UUID of version 8."""
        found = hashlib.sha256(f"{self.prefix}{self.digest}/{kind}/{name}".encode()).hexdigest()
        variant = "89ab"[int(found[16], 16) % 4]
        parts = (found[:8], found[8:12], f"8{found[13:16]}", f"{variant}{found[17:20]}", found[20:32])
        return f"urn:uuid:{'-'.join(parts)}"

    def reference(self, kind: str, name: str, display: str = "") -> Node:
        return stated({"reference": self.address(kind, name), "display": words(display)})

    def entry(self, kind: str, name: str, resource: Mapping[str, Any]) -> Node:
        """Return a resource as an entry of a bundle; FHIR's ids have no underscore."""
        address = self.address(kind, name)
        full = f"{self.prefix}{name}"
        plain = full.replace("_", "-")
        short = plain if plain == full and len(plain) <= _LONGEST_ID else f"{plain[:55]}-{address[-8:]}"
        return {"fullUrl": address, "resource": {"resourceType": kind, "id": short, **stated(resource)}}
