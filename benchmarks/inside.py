"""Run evgrade in this process and write how much memory it had at its peak: `python inside.py FILE ARGUMENT...`.

The file gets the peak of this process and that of the largest it started, in bytes, as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path


def main() -> None:
    """Run evgrade with the arguments, and write the peaks whatever its exit code is."""
    target = Path(sys.argv.pop(1))
    unit = 1 if sys.platform == "darwin" else 1024  # Linux counts in KiB
    try:
        from evgrade.cli import main as evgrade  # noqa: PLC0415 - as the command does it, it is part of the run

        evgrade()
    finally:
        peaks = [resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        target.write_text(json.dumps(peaks))


if __name__ == "__main__":
    main()
