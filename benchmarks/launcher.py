"""Run a command and print what it used, as JSON: `python launcher.py COMMAND...`.

A process of its own, because a child's peak memory is never reported as less than its parent had when it
started it, and the benchmark itself is larger than what it measures.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Run the command, its output thrown away, and print its exit code, seconds and peak memory."""
    command = sys.argv[1:]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    outputs = [(os.POSIX_SPAWN_DUP2, nowhere, 1), (os.POSIX_SPAWN_DUP2, nowhere, 2)]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=outputs)
    _, status, used = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    # Linux counts peak memory in KiB, macOS in bytes.
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"code": os.waitstatus_to_exitcode(status), "seconds": seconds, "cpu": cpu, "peak": peak}))


if __name__ == "__main__":
    main()
