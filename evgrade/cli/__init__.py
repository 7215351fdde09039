"""The command line: declares, builds, runs, renders, exits. The only room that knows typer."""

import gc
import io
import os
import sys

from evgrade.imports import leave_out_current_folder


def main() -> None:
    """Run the command line and exit; import what it needs only after the current folder is off the import path."""
    leave_out_current_folder()
    for stream in (sys.stdout, sys.stderr):
        same_everywhere(stream, on_windows=sys.platform == "win32")
    # Start-up makes no garbage, and looking for some took a twentieth of its time.
    gc.set_threshold(100_000, 20, 20)
    try:
        from evgrade.cli.app import main as run

        run()
    except Exception as error:  # before a command could report it
        from evgrade.model import is_short_of_memory, unexpected

        if not is_short_of_memory(error):
            raise
        sys.stderr.write(f"evgrade: {unexpected(error)}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.freeze()  # so that the process ends without a last collection


def same_everywhere(stream: object, *, on_windows: bool) -> None:
    """Make a stream write the same bytes on every system.

    Windows would end lines with CR LF, so that no patch would apply, and would encode files and pipes in the
    code page of the system, which lacks most characters. A console takes Unicode whatever its code page.
    """
    if on_windows and isinstance(stream, io.TextIOWrapper):
        is_chosen = stream.isatty() or os.environ.get("PYTHONIOENCODING")
        stream.reconfigure(newline="\n", encoding=None if is_chosen else "utf-8")
