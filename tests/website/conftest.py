"""How the tests of the site make one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.hostile import hostile_dossier
from tests.cli.scratch import isolate
from tests.cli.support import EXAMPLES, NALTREXONE, RILUZOLE, Run, run_here

from .making import Folder

BY_THREE = ("-r", "evgrade-default", "-r", "grade", "-r", "ocebm-2011", "--base-url", "https://example.org/x")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def evgrade() -> Run:
    """Run evgrade in this process."""
    return run_here


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder without dossiers, and the place of its site."""
    return Folder.new(tmp_path)


@pytest.fixture
def hostile(folder: Folder) -> Folder:
    """A folder of dossiers that do what they can to get out of their pages."""
    return written_hostile(folder)


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The examples and their site, made once, to be read."""
    folder = Folder(EXAMPLES, tmp_path_factory.mktemp("examples") / "site")
    made_alone(folder)
    return folder


def made_alone(folder: Folder) -> None:
    """Make a site by three rubrics that may be read by several tests."""
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch)
        folder.make(*BY_THREE)


def written_hostile(folder: Folder) -> Folder:
    """Write dossiers that do what they can to get out of their pages."""
    folder.write("a", hostile_dossier(RILUZOLE).replace('"name": "', '"name": "<!--editions--><!--notice-->', 1))
    folder.write("b", hostile_dossier(NALTREXONE))
    marked = r"</script></style><script>alert(1)</script>\" onmouseover=\"alert(1) ../../x \u202e {{ 7*7 }}"
    for number, date in enumerate(("2020", "2021-05-01")):
        folder.write(
            f"c{number}",
            f'dossier: 1\ntherapy: {{name: "{marked}", other_names: ["{marked}"]}}\ncondition: {{name: "{marked}"}}\n'
            f'review: {{title: "{marked}", edition: "{marked}", date: "{date}", next_review: "2020-01", '
            f'conclusion: "{marked}", history: [{{date: "2019", change: "{marked}", edition: "{marked}"}}]}}\n'
            f'mechanism: [{{id: m{number}, statement: "{marked}", evidence: []}}]\n',
        )
    return folder
