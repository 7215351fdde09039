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


def looked_at(*paths: str) -> tuple[list[str], list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the files that are found, what was left out, and the folders that cannot be listed."""
    skipped = Skipped()
    files = [source.path for source in discover(paths, skipped)]
    return files, list(skipped.reasons), list(skipped.unreadable)


def peak(*paths: str) -> int:
    """Return the most memory that finding files takes."""
    tracemalloc.start()
    for _ in discover(paths, Skipped()):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


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


@pytest.mark.slow
def test_many_files_take_little_more_than_their_names(tmp_path: Path) -> None:
    for number in range(2000):
        (tmp_path / f"{number:06}.yaml").touch()
    assert peak(str(tmp_path)) / 2000 < 150, "bytes a file"


@pytest.mark.slow
def test_more_files_than_are_kept_take_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evgrade.discover._MOST", 1000)
    few, many = tmp_path / "few", tmp_path / "many"
    for folder, count in ((few, 2000), (many, 10_000)):
        folder.mkdir()
        for number in range(count):
            (folder / f"{number:06}.yaml").touch()
    assert peak(str(many)) < 1.5 * peak(str(few))


def test_names_that_wait_in_a_file_come_in_the_same_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("new\nline.yaml", "b/ü.yaml", "b/\udce9.yaml", '"quoted".yaml'):
        (folder / name).touch()
    (folder / "b" / "link.yaml").symlink_to("nowhere")
    in_memory = looked_at(".")
    monkeypatch.setattr("evgrade.discover._MOST", 2)
    assert looked_at(".") == in_memory
    assert len(in_memory[0]) == 8
    assert in_memory[1:] == ([("b/link.yaml", "a link")], [])


def test_what_is_left_out_is_told_once(folder: Path) -> None:
    (folder / "b" / "link.yaml").symlink_to("nowhere")
    assert looked_at(".", "b", ".")[1] == [("b/link.yaml", "a link")]


@pytest.mark.slow
def test_only_what_two_paths_lead_to_is_remembered(tmp_path: Path) -> None:
    def remembered(*paths: Path) -> int:
        """Return how many bytes the module itself holds at the end: Python keeps parts of paths besides."""
        tracemalloc.start()
        for source in discover(map(str, paths), Skipped()):
            if source.path.endswith("001999.yaml"):
                ours = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, "*/discover.py")])
        tracemalloc.stop()
        return sum(statistic.size for statistic in ours.statistics("filename"))

    for number in range(2000):
        (tmp_path / f"{number:06}.yaml").touch()
    remembered(tmp_path)  # from the first time on, Python has kept the tuples that it frees for the next ones
    assert remembered(tmp_path, tmp_path / "000007.yaml") < 1.2 * remembered(tmp_path)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    check_listable(str(tmp_path))
    check_listable(str(tmp_path / "nowhere"))
    monkeypatch.setattr("os.scandir", refused)
    with pytest.raises(UnreadableError, match="could not be listed: Permission denied"):
        check_listable(str(tmp_path))
