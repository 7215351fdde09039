"""A folder of small dossiers and the site that is made of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.support import Result, run_here

AS_OF = "2026-06-15"


def dossier(therapy: str = "Riluzole", condition: str = "ALS", **more: Any) -> str:
    """Return a small dossier as YAML."""
    return json.dumps({"dossier": 1, "therapy": {"name": therapy}, "condition": {"name": condition}, **more})


def trial(name: str, *, helps: bool) -> dict[str, Any]:
    """Return a sound trial, large enough to tell."""
    return {
        "id": name,
        "statement": f"The trial {name}.",
        "agent": "same",
        "condition": "same",
        "allocation": "randomized",
        "masking": "double",
        "control": "placebo",
        "publication": "peer_reviewed",
        "risk_of_bias": {"overall": "low"},
        "powered": True,
        "result": "benefit" if helps else "no_benefit",
    }


@dataclass(frozen=True)
class Folder:
    """A folder of dossiers, and the folder of its site."""

    path: Path
    site: Path

    @classmethod
    def new(cls, within: Path) -> Folder:
        folder = cls(within / "dossiers", within / "site")
        folder.path.mkdir()
        return folder

    def write(self, name: str, text: str) -> Path:
        place = self.path / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return place

    def make(self, *options: str | Path, code: int = 0) -> Result:
        """Make the site, and return what was said."""
        result = run_here("site", self.path, "--output", self.site, "--as-of", AS_OF, "--jobs", "1", *options)
        assert result.code == code, result.output
        return result

    def text(self, name: str) -> str:
        return (self.site / name).read_text(encoding="utf-8")

    def index(self) -> Any:
        return json.loads(self.text("index.json"))

    def page(self, therapy: str) -> str:
        """Return the current page of a therapy."""
        (review,) = (one for one in self.index()["reviews"] if one["therapy"] == therapy)
        return self.text(review["editions"][0]["page"])

    def pages(self) -> list[Path]:
        return sorted(self.site.rglob("*.html"))

    def state(self) -> dict[str, tuple[bytes, int]]:
        """Return every file below the site, with what it holds and when it was written."""
        return {
            path.relative_to(self.site).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(self.site.rglob("*"))
            if path.is_file()
        }
