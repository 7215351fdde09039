"""The command line: declares, builds, runs, renders, exits. The only room that knows typer."""


def main() -> None:
    """Run the command line and exit.

    Nothing is imported before: a worker of `evgrade batch` imports the script that started it, and needs no commands.
    """
    from evgrade.cli.app import main as run

    run()
