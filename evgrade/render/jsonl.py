"""Files and their findings as JSON Lines: one `evgrade.finding/1` object per line."""

from __future__ import annotations

import json
from typing import Any

from evgrade._version import __version__
from evgrade.checked import Checked
from evgrade.render.findings_json import finding_data

FINDING = "evgrade.finding/1"


def findings_jsonl(checked: Checked) -> str:
    """Return a line for a file and one for each of its findings, in ASCII: no control reaches a terminal."""
    file = {
        "schema": FINDING,
        "kind": "file",
        "evgrade": __version__,
        "file": checked.file,
        "status": checked.status,
        "reason": checked.reason,
        "not_checked": list(checked.unchecked),
    }
    found = ({"schema": FINDING, "kind": "finding", **finding_data(finding)} for finding in checked.findings)
    return "".join(_line(data) for data in (file, *found))


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=True, allow_nan=False) + "\n"
