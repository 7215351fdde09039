"""Read, validate and grade the dossiers of a folder in one process, and print how long that took.

`python worker.py FOLDER` prints how many dossiers were graded and the seconds they took. The first dossier does
not count: with it the validator is compiled and whatever is needed is imported.
"""

from __future__ import annotations

import sys
from time import perf_counter

from evgrade.checking import check
from evgrade.grading.assess import assess
from evgrade.rubric.load import load_rubric


def main() -> None:
    """Grade all dossiers of the folder."""
    rubric = load_rubric()
    graded = 0
    start = 0.0
    for checked in check([sys.argv[1]]):
        if checked.dossier is not None:
            assess(checked.dossier, rubric)
            graded += 1
            if graded == 1:
                start = perf_counter()
    print(graded - 1, perf_counter() - start)


if __name__ == "__main__":
    main()
