"""Read, validate and grade the dossiers of a folder in one process, and print how long that took.

`python worker.py FOLDER` prints the number of dossiers and the seconds, without starting Python and
loading the rubric.
"""

from __future__ import annotations

import sys
from time import perf_counter

from evgrade.api import check
from evgrade.grading.assess import assess
from evgrade.rubric import load_rubric


def main() -> None:
    """Grade all dossiers of the folder."""
    rubric = load_rubric()
    graded = 0
    start = perf_counter()
    for checked in check([sys.argv[1]]):
        if checked.dossier is not None:
            assess(checked.dossier, rubric)
            graded += 1
    print(graded, perf_counter() - start)


if __name__ == "__main__":
    main()
