"""Install a wheel into an environment of its own and use it, on any system: `python try_wheel.py WHEEL FOLDER`.

Only the standard library is needed. Output is compared with the golden files byte by byte, so line ends and encodings
are tried too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOSSIER = "low-dose-naltrexone-als.dossier.yaml"
FORMATS = {"json": "low-dose-naltrexone-als.json", "markdown": "low-dose-naltrexone-als.md"}


def try_out(wheel: Path, folder: Path) -> None:
    """Install a wheel into `home` of a folder, an environment that may be there already, and use it in `work` of it.

    Raises:
        AssertionError: it does not do what it does in a checkout.
        subprocess.CalledProcessError: it cannot be installed.
    """
    home, work = folder / "home", folder / "work"
    if not home.exists():
        venv.create(home)
    subprocess.run([sys.executable, "-m", "pip", "--python", home, "install", "--quiet", wheel], check=True)
    program = home / ("Scripts" if os.name == "nt" else "bin") / "evgrade"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def evgrade(*arguments: str, code: int = 0) -> bytes:
        done = subprocess.run([program, *arguments], cwd=work, env=plain, stdout=subprocess.PIPE, check=False)
        assert done.returncode == code, f"{arguments} ended with {done.returncode}"
        return done.stdout

    shutil.copytree(ROOT / "examples", work)
    assert evgrade("--version").decode().split() == ["evgrade", wheel.name.split("-")[1]]
    use(evgrade, work)


def use(evgrade: Callable[..., bytes], work: Path) -> None:
    """Use evgrade in a folder of dossiers."""
    evgrade("rubric", "test")
    evgrade("validate", ".")
    for form, golden in FORMATS.items():
        expected = (ROOT / "tests" / "cli" / "golden" / golden).read_bytes().replace(b"examples/", b"")
        assert evgrade("score", DOSSIER, "--format", form) == expected, form
    rows = evgrade("batch", ".", "--jobs", "2", "--no-cache", "--format", "csv").splitlines()
    assert len(rows) == 1 + len([*work.rglob("*.dossier.yaml")])
    (work / "bad.dossier.yaml").write_bytes(b"dossier: 1\r\ntherapy: {}\r\n")
    assert b"bad.dossier.yaml:2:1: error" in evgrade("validate", "bad.dossier.yaml", code=1)


if __name__ == "__main__":
    try_out(Path(sys.argv[1]), Path(sys.argv[2]))
