"""Which files are found: each once, in order, with no memory of those that cannot come again."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from evgrade.discover import Skipped, Source, check_listable, discover
from evgrade.model import UnreadableError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a folder with a folder in it, and go there."""
    for name in ("a.yaml", "c.yml", "b/x.yaml", "b/y.yaml", "notes.txt", ".hidden.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str) -> list[str]:
    return [source.path for source in discover(paths, Skipped())]


@pytest.mark.parametrize(
    ("paths", "files"),
    [
        (["."], ["./a.yaml", "./b/x.yaml", "./b/y.yaml", "./c.yml"]),
        (["b", "b"], ["b/x.yaml", "b/y.yaml"]),
        (["b", "./b/"], ["b/x.yaml", "b/y.yaml"]),
        (["b", "."], ["b/x.yaml", "b/y.yaml", "./a.yaml", "./c.yml"]),
        ([".", "b"], ["./a.yaml", "./b/x.yaml", "./b/y.yaml", "./c.yml"]),
        (["b/y.yaml", "b"], ["b/y.yaml", "b/x.yaml"]),
        (["b", "b/y.yaml"], ["b/x.yaml", "b/y.yaml"]),
        (["a.yaml", "./a.yaml", "a.yaml"], ["a.yaml"]),
        (["b", ".hidden.yaml", "a.yaml"], ["b/x.yaml", "b/y.yaml", ".hidden.yaml", "a.yaml"]),
    ],
)
def test_each_file_is_found_once_where_it_is_first_named(folder: Path, paths: list[str], files: list[str]) -> None:
    assert found(*paths) == files
    absolute = [str(folder / path) for path in paths]
    assert [str(Path(path)) for path in found(*absolute)] == [str(folder / file) for file in files]


def test_a_file_that_is_named_is_known_as_such_in_its_folder_too(folder: Path) -> None:
    assert list(discover([str(folder / "b"), str(folder / "b/y.yaml")], Skipped())) == [
        Source(str(folder / "b/x.yaml"), named=False),
        Source(str(folder / "b/y.yaml"), named=True),
    ]


def test_many_files_take_little_more_than_their_names(tmp_path: Path) -> None:
    for number in range(2000):
        (tmp_path / f"{number:06}.yaml").touch()
    tracemalloc.start()
    count = sum(1 for _ in discover([str(tmp_path)], Skipped()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 2000
    assert peak / 2000 < 150, "bytes a file"


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    check_listable(str(tmp_path))
    check_listable(str(tmp_path / "nowhere"))
    monkeypatch.setattr("os.scandir", refused)
    with pytest.raises(UnreadableError, match="could not be listed: Permission denied"):
        check_listable(str(tmp_path))
