"""The command line: declares, builds, runs, renders, exits. The only room that knows typer."""

import gc
import io
import os
import sys

from evgrade.imports import leave_out_current_folder


def main() -> None:
    """Run the command line and exit. What it needs is imported once nothing can come from the current folder."""
    leave_out_current_folder()
    for stream in (sys.stdout, sys.stderr):
        same_everywhere(stream, on_windows=sys.platform == "win32")
    # Nothing made at start-up is garbage, and looking for some took a twentieth of its time.
    gc.set_threshold(100_000, 20, 20)
    try:
        from evgrade.cli.app import main as run

        run()
    except Exception as error:  # before there was a command that reports it
        from evgrade.model import is_short_of_memory, unexpected

        if not is_short_of_memory(error):
            raise
        sys.stderr.write(f"evgrade: {unexpected(error)}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.freeze()  # nor need what is left be looked through as the process ends


def same_everywhere(stream: object, *, on_windows: bool) -> None:
    """Make a stream take the same bytes on every system.

    Windows would write CR LF for each line end, so that no patch would apply, and into files and pipes the
    code page of the system, which lacks most signs. A console takes Unicode, whatever its code page is.
    """
    if on_windows and isinstance(stream, io.TextIOWrapper):
        is_chosen = stream.isatty() or os.environ.get("PYTHONIOENCODING")
        stream.reconfigure(newline="\n", encoding=None if is_chosen else "utf-8")
