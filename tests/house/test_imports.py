"""Who may import what: rooms in one direction, modules in no circle, and each library where it belongs."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "evgrade").rglob("*.py"))}
Imports = Mapping[str, frozenset[str]]
"""The full names that each file imports, anywhere in it."""

ALLOWED = {
    # Libraries: who wants another one changes a module here. Most are slow to import, and some are optional.
    "typer": ("cli/",),
    "rich": ("render/layout.py", "render/progress.py"),
    "yaml": ("yamlio/",),
    "jsonschema": ("schema/explain.py",),
    "referencing": ("schema/explain.py",),
    "jsonschema_rs": ("schema/validate.py",),
    "scipy": ("stats/distributions.py",),
    "pyarrow": ("render/rows.py",),
    "distributed": ("batch/dask.py",),
    "platformdirs": ("batch/cache.py",),
    "msgspec": ("batch/cache.py", "batch/row.py"),
    "watchfiles": ("cli/watch.py",),
    "jinja2": ("report/html.py",),
    "markupsafe": ("report/html.py",),
    "docx": ("render/word.py",),
    "python_calamine": ("importing/workbook.py",),
    "citeproc": ("report/csl.py",),
    "lxml": ("report/csl.py",),
    "bibtexparser": ("importing/references/bibtex.py",),
    "pylatexenc": ("importing/references/bibtex.py",),
    "typst": ("report/figures/sheet.py",),
    # Other processes, threads and signals.
    "subprocess": ("git.py", "batch/workers.py"),
    "multiprocessing": ("batch/workers.py",),
    "concurrent": ("batch/",),
    "threading": ("batch/workers.py", "batch/row.py", "cli/execution.py"),
    "asyncio": ("batch/dask.py",),
    "signal": ("batch/workers.py", "batch/row.py", "cli/execution.py"),
    # What a system has and another lacks.
    "ctypes": ("cli/streams.py",),
    "msvcrt": ("cli/streams.py",),
    "fcntl": ("cli/files.py",),
    # Files beside those that are named.
    "sqlite3": ("batch/cache.py",),
    "tempfile": ("cli/files.py", "sorting.py"),
    # What is read must not be able to run code.
    "pickle": ("batch/workers.py",),  # between our own processes
    "importlib": ("__init__.py", "batch/installation.py", "checks/model.py", "schema/validate.py"),
    **dict.fromkeys(("marshal", "shelve", "code", "runpy", "pty", "webbrowser"), ()),
    "xml": ("importing/tree.py",),  # expat alone, with entities refused
    # No result depends on chance, but for simulations with a seed; nor on the clock, which only tells on standard error
    # how long something took, and how long to wait for a registry.
    "time": ("cli/execution.py", "registries/client.py"),
    "random": ("robustness/chances.py", "robustness/weightings.py", "stats/smaa.py"),  # always from the same seed
    **dict.fromkeys(("secrets", "uuid"), ()),
    # evgrade never asks the network, unless somebody gives the number of a registry: then one module does.
    "httpx": ("registries/client.py",),
    **dict.fromkeys(("socket", "ssl", "socketserver", "http", "ftplib", "smtplib"), ()),
    # only takes addresses apart
    "urllib": ("importing/references/values.py", "report/links.py", "registries/apis.py"),
}
"""Who may know a library: the beginnings of paths in evgrade. Of the standard library, only what matters is here."""


def imported(source: str) -> Iterator[str]:
    """Yield the full names of what a module imports; `importlib` is one way to."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "ruff forbids relative imports"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


@cache
def all_imports() -> Imports:
    """Return what each module imports; not before a test asks, for each process that runs tests collects all."""
    return {name: frozenset(imported(path.read_text(encoding="utf-8"))) for name, path in MODULES.items()}


def with_one_more(file: str, imports: str) -> Imports:
    """Return what the modules import if one of them, which may be new, imports something more."""
    known = all_imports()
    return {**known, file: known.get(file, frozenset()) | {imports}}


# Libraries


def out_of_place(imports: Imports) -> list[tuple[str, str]]:
    """Return each file that knows a library that it should not, with that: no other file may, nor any other library."""
    return [
        (file, library)
        for file, names in imports.items()
        for library in sorted({name.split(".")[0] for name in names} - {"evgrade"})
        if library in ALLOWED or library not in sys.stdlib_module_names
        if not file.removeprefix("evgrade/").startswith(ALLOWED.get(library, ()))
    ]


@pytest.mark.slow
def test_a_library_is_known_only_where_it_may_be() -> None:
    assert out_of_place(all_imports()) == []


@pytest.mark.parametrize(
    ("file", "library"),
    [
        ("evgrade/grading/score.py", "typer"),
        ("evgrade/render/a_new_format.py", "rich.console"),
        ("evgrade/dossier.py", "yaml"),
        ("evgrade/schema/validate.py", "jsonschema"),
        ("evgrade/batch/pool.py", "distributed"),
        ("evgrade/stats/stats.py", "numpy"),
        ("evgrade/model.py", "a_library_that_is_new"),
        ("evgrade/retraction_watch.py", "urllib.request"),
        ("evgrade/retraction_watch.py", "httpx"),
        ("evgrade/registries/apis.py", "httpx"),
    ],
)
def test_a_library_in_the_wrong_place_would_be_noticed(file: str, library: str) -> None:
    assert out_of_place(with_one_more(file, library)) == [(file, library.split(".", maxsplit=1)[0])]


def test_of_urllib_only_what_takes_addresses_apart_is_known() -> None:
    used = {name for names in all_imports().values() for name in names if name.startswith("urllib")}
    assert {name.split(".")[1] for name in used} == {"parse"}


def test_no_row_of_the_table_is_out_of_date() -> None:
    known = {
        (file.removeprefix("evgrade/"), name.split(".")[0]) for file, names in all_imports().items() for name in names
    }
    for library, places in ALLOWED.items():
        for place in places:
            assert any(file.startswith(place) for file, name in known if name == library), (library, place)


# Modules


def module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def circle(imports: Imports) -> list[str]:
    """Return the modules of a circle of imports, wherever in a module these are; nothing if there is none."""
    modules = {module_of(file): names for file, names in imports.items()}

    def home(name: str) -> str:
        while name and name not in modules:
            name = name.rpartition(".")[0]
        return name

    graph = {module: {home(name) for name in names} - {""} for module, names in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(module) for module in error.args[1]]
    return []


def test_no_module_imports_one_that_imports_it() -> None:
    assert circle(all_imports()) == []


def test_a_circle_would_be_noticed() -> None:
    made = {"evgrade/a.py": {"evgrade.b.f"}, "evgrade/b.py": {"evgrade.c"}, "evgrade/c.py": {"evgrade.a"}}
    assert set(circle({file: frozenset(names) for file, names in made.items()})) == {f"evgrade.{one}" for one in "abc"}
    assert circle(with_one_more("evgrade/model.py", "evgrade.dossier.Dossier")) != []


def test_only_python_users_import_the_face_of_the_package() -> None:
    """Its names come from anywhere in evgrade, so whoever imports them inside of it may import what imports it."""
    names = {name for found in all_imports().values() for name in found if name.count(".") < 2}
    rooms = {".".join(module_of(file).split(".")[:2]) for file in MODULES} - {"evgrade"}
    assert {name for name in names if name.split(".")[0] == "evgrade"} <= rooms


# Rooms


def layers() -> list[set[str]]:
    """Return the rooms of the contract, the highest first; those together know nothing of each other."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    return [set(layer.split(" | ")) for layer in contract["layers"]]


def table() -> list[str]:
    """Return the rooms of the table in CONTRIBUTING.md, in its order."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`.+?`) \|", page.split("| room | job |")[1].split("\n\n")[0], re.MULTILINE)
    return [room for cell in cells for room in re.findall(r"`(\w+)`", cell)]


def test_the_table_of_rooms_in_contributing_is_that_of_the_contract() -> None:
    depth = {room: number for number, together in enumerate(layers()) for room in together if not room.startswith("_")}
    listed = table()
    assert sorted(listed) == sorted(depth)
    assert [depth[room] for room in listed] == sorted((depth[room] for room in listed), reverse=True)


@pytest.mark.slow
def test_an_arrow_up_and_a_room_without_a_place_would_be_noticed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "evgrade", tmp_path / "evgrade", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "evgrade" / "model.py").open("a") as module:
        module.write("\nimport evgrade.cli\n")
    (tmp_path / "evgrade" / "a_new_room.py").touch()
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "."},
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "evgrade.model is not allowed to import evgrade.cli" in done.stdout
    assert "a_new_room" in done.stdout
    assert str(ROOT) not in done.stdout


# What is loaded, and what is said


@pytest.mark.slow
def test_a_batch_of_which_all_rows_are_known_loads_nothing_that_reads_compiles_or_grades(tmp_path: Path) -> None:
    """That would take longer than to look the rows up."""
    program = f"""
import sys
from evgrade.cli.app import app
try:
    app(["batch", "--quiet", "--format", "jsonl", "--cache", {str(tmp_path)!r}, "examples"])
finally:
    unneeded = ("evgrade.yamlio.reader", "evgrade.schema.", "evgrade.rubric.", "evgrade.grading", "evgrade.dossier")
    unneeded += ("evgrade.check", "evgrade.batch.workers", "evgrade.render.page", "multiprocessing", "concurrent")
    needed = ["evgrade.checked", "evgrade.schema.suggest"]
    needed += ["evgrade.rubric.load", "evgrade.rubric.outline", "evgrade.rubric.phrases"]
    print([name for name in sys.modules if name.startswith(unneeded) and name not in needed], file=sys.stderr)
"""
    first, second = (
        subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
        for _ in range(2)
    )
    assert second.stdout == first.stdout != ""
    assert second.stderr == "[]\n" != first.stderr


@pytest.mark.slow
def test_checking_a_good_dossier_loads_nothing_that_grades_or_shows_pages() -> None:
    """Each of these takes as long as it takes to check the dossier."""
    program = """
import sys
from evgrade.cli.app import app
try:
    app(["validate", "--quiet", "examples/smallest.dossier.yaml"])
finally:
    ours = ("evgrade.grading", "evgrade.rubric", "evgrade.render.page", "evgrade.ignored")
    unneeded = (*ours, "jsonschema.", "yaml", "rich")
    print([name for name in sys.modules if name.startswith(unneeded)])
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


@pytest.mark.slow
def test_every_module_says_what_it_is_for() -> None:
    silent = []
    for folder in ("evgrade", "tests", "benchmarks", "docs"):
        for path in (ROOT / folder).rglob("*.py"):
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            if not docstring.splitlines()[:1] or not docstring.splitlines()[0].endswith((".", ":", "?")):
                silent.append(path.relative_to(ROOT).as_posix())
    assert silent == []
