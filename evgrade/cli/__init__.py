"""The command line: declares, builds, runs, renders, exits. The only room that knows typer."""

import gc

from evgrade.imports import leave_out_current_folder


def main() -> None:
    """Run the command line and exit. What it needs is imported once nothing can come from the current folder."""
    leave_out_current_folder()
    # What a start makes is no garbage, and looking for some took a twentieth of its time.
    gc.set_threshold(100_000, 20, 20)
    from evgrade.cli.app import main as run

    try:
        run()
    finally:
        gc.freeze()  # nor is there any need to look through what is left as the process ends
