"""Measure evgrade beside its peers: `python benchmarks/run.py`.

Run it with the Python of a virtual environment that has `pip install -e '.[bench]'`; peers that are written for
Node.js are installed by npm, where there is one, into benchmarks/npm. A whole run takes about half an hour, prints the
report and writes it to benchmarks/RESULTS.md. `--quick` and `--only` print a part of it and write nothing. Nothing here
fails because something was slow: machines differ, so only ratios say much.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import batch, cache, grading, growth, machine, memory, pages, robustness, stages, startup, throughput
from benchmarks.process import MissingToolError

RESULTS = Path(__file__).with_name("RESULTS.md")
SECTIONS: dict[str, Callable[..., str]] = {
    "startup": startup.measure,
    "throughput": throughput.measure,
    "batch": batch.measure,
    "memory": memory.measure,
    "growth": growth.measure,
    "stages": stages.measure,
    "grading": grading.measure,
    "robustness": robustness.measure,
    "cache": cache.measure,
    "site": pages.measure,
}


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description="Measure evgrade beside its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer runs and files: a look, not a result")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="only this section; may be repeated")
    given = parser.parse_args()
    report = [machine.about()]
    print(report[0])
    with tempfile.TemporaryDirectory() as folder:
        for name, measure in SECTIONS.items():
            if given.only is None or name in given.only:
                try:
                    section = measure(Path(folder) / name, quick=given.quick)
                except MissingToolError as error:
                    print(error, file=sys.stderr)
                    return 2
                print(section, flush=True)
                report.append(section)
    if not given.quick and given.only is None:
        RESULTS.write_text("\n".join(report), encoding="utf-8")
        print(f"wrote {RESULTS}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
