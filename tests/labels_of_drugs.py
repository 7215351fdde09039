"""Labels in the structures of DailyMed and of openFDA, of a drug that does not exist."""

from __future__ import annotations

from typing import Any

SET = "0a1b2c3d-1111-2222-3333-444455556666"
RX, OTC, ANIMAL = "HUMAN PRESCRIPTION DRUG LABEL", "HUMAN OTC DRUG LABEL", "PRESCRIPTION ANIMAL DRUG LABEL"

PRODUCT = """<subject><manufacturedProduct><manufacturedProduct>
<code code="99999-001" codeSystem="2.16.840.1.113883.6.69"/><name>Invent</name>
<formCode code="C42931" displayName="TABLET, FILM COATED"/>
<asEntityAsGeneric><genericMedicine><name>inventol sulfate</name></genericMedicine></asEntityAsGeneric>
<ingredient classCode="ACTIM"><ingredientSubstance><code code="AAAAAAAAA1" codeSystem="2.16.840.1.113883.4.9"/>
<name>INVENTOL SULFATE</name><activeMoiety><activeMoiety><code code="AAAAAAAAA2" codeSystem="2.16.840.1.113883.4.9"/>
<name>INVENTOL</name></activeMoiety></activeMoiety></ingredientSubstance></ingredient>
<ingredient classCode="IACT"><ingredientSubstance><code code="AAAAAAAAA3" codeSystem="2.16.840.1.113883.4.9"/>
<name>STARCH</name></ingredientSubstance></ingredient></manufacturedProduct></manufacturedProduct></subject>"""


def section(code: str, title: str, text: str = "", *inner: str) -> str:
    """Return a section of a label with sections in it."""
    written = f"<title>{title}</title>" if title else ""
    words = f"<text>{text}</text>" if text else ""
    return f'<component><section><code code="{code}"/>{written}{words}{"".join(inner)}</section></component>'


def paragraphs(*texts: str) -> str:
    return "".join(f"<paragraph>{one}</paragraph>" for one in texts)


def a_label(
    *sections: str, kind: str = RX, version: str = "7", effective: str = "20240229", set_id: str = SET
) -> bytes:
    """Return a label as DailyMed publishes it."""
    listing = f'<component><section><code code="48780-1"/>{PRODUCT}</section></component>'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<document xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="ffffffff-0000-0000-0000-000000000000"/><code code="34391-3" displayName="{kind}"/>
<title>These highlights do not include all.</title><effectiveTime value="{effective}"/>
<setId root="{set_id}"/><versionNumber value="{version}"/>
<author><assignedEntity><representedOrganization><name>A Maker Inc</name></representedOrganization></assignedEntity>
</author>
<component><structuredBody>{listing}{"".join(sections)}</structuredBody></component></document>""".encode()


def an_openfda_label(**sections: Any) -> dict[str, Any]:
    """Return a label as openFDA has it."""
    return {
        "set_id": SET,
        "id": "ffffffff-0000-0000-0000-000000000000",
        "effective_time": "20240229",
        "version": "7",
        "openfda": {
            "brand_name": ["Invent"],
            "generic_name": ["INVENTOL SULFATE"],
            "manufacturer_name": ["A Maker Inc"],
            "product_type": ["HUMAN PRESCRIPTION DRUG"],
            "unii": ["AAAAAAAAA1"],
            "rxcui": ["1234567"],
            "route": ["ORAL"],
        },
        **sections,
    }
