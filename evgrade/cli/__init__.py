"""The command line: declares, builds, runs, renders, exits. The only room that knows typer."""

from evgrade.cli.app import main

__all__ = ["main"]
