"""Memory: it must not grow with the number of files."""

from __future__ import annotations

from pathlib import Path

from benchmarks import generate
from benchmarks.figures import figure, mebibytes
from benchmarks.markdown import table
from benchmarks.process import run, tool


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    rows = []
    done = 0
    for count in (100, 1_000) if quick else (100, 1_000, 10_000):
        generate.write(folder, count - done, first_seed=1 + done)
        done = count
        used = run([tool("evgrade"), "validate", folder])
        rows.append([f"{count:,}", mebibytes(used.peak), figure(used.seconds), figure(count / used.seconds)])
    return f"""\
## Memory

Peak resident memory of `evgrade validate FOLDER`, whole process, on a folder of dossiers of about 8 kB.

{table(["dossiers", "peak, MiB", "seconds", "files a second"], rows)}

Wanted: a peak that does not grow with the number of files.
"""
