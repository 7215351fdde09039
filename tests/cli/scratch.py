"""A git repository made for a test, without the settings and the identity of whoever runs it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ISOLATED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_DEFAULT_HASH": "sha1",
    **{f"GIT_{role}_NAME": "A" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "a@example.org" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_DATE": "2024-01-01T00:00:00Z" for role in ("AUTHOR", "COMMITTER")},
}
"""The same commits have the same names wherever they are made."""


def isolate(patch: pytest.MonkeyPatch) -> None:
    """Let git, run by a test or by evgrade, see nothing of the checkout or the hook that the tests run in."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        patch.delenv(name)
    for name, value in ISOLATED.items():
        patch.setenv(name, value)


@dataclass(frozen=True)
class Scratch:
    """A repository and its work tree."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> Scratch:
        """Return a repository with one empty commit on main."""
        folder.mkdir(parents=True)
        scratch = cls(folder)
        scratch.git("init", "--quiet", "--initial-branch=main")
        scratch.commit()
        return scratch

    def git(self, *args: str | Path | bytes) -> str:
        """Run git and return what it printed."""
        done = subprocess.run(["git", *args], cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().removesuffix("\n")

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file of the work tree."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, **files: str | bytes | None) -> str:
        """Write files, `a` for `a.yaml`, remove those without content, commit all that there is, return its name."""
        for name, content in files.items():
            if content is None:
                (self.folder / f"{name}.yaml").unlink()
            else:
                self.write(f"{name}.yaml", content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "a commit")
        return self.git("rev-parse", "HEAD")
