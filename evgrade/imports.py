"""Where Python looks for modules: never in a folder only because evgrade, or a program that uses it, runs there.

People who check a folder may not know who wrote it, and a `struct.py` in it is not the one that we mean. This module
is imported before anything else, so it imports nothing that Python has not loaded by then, not even `__future__`.
"""

import os
import sys

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PYTHON = os.path.dirname(os.path.abspath(os.__file__))


def leave_out_current_folder() -> None:
    """Take the current folder, and that of the program that runs, off `sys.path`."""
    sys.path[:] = trusted(sys.path)


def trusted(path: list[str]) -> list[str]:
    """Return a `sys.path` without the current folder and without that of the program that runs.

    Both can be on it unasked: Python begins it with one of them, and an empty entry of PYTHONPATH is the current folder
    too. The folder that evgrade itself comes from stays, at the end if it is one of these.
    """
    unrequested = _unrequested()
    kept = [entry for entry in path if entry and (_is_python(entry) or os.path.realpath(entry) not in unrequested)]
    return kept if _OURS in kept else [*kept, _OURS]


def _unrequested() -> set[str]:
    """Return the folders that are on `sys.path` although nobody chose them, without links."""
    program = sys.modules.get("__main__")
    file = getattr(program, "__file__", None)
    is_script = file and getattr(program, "__spec__", None) is None  # with `python -m` it is the current folder
    folders = [os.path.dirname(os.path.realpath(str(file)))] if is_script else []
    try:
        folders.append(os.path.realpath(os.getcwd()))
    except OSError:  # it was deleted, and nothing can be imported from it
        return set(folders)
    return set(folders)


def _is_python(entry: str) -> bool:
    """Whether it holds Python or what is installed there: it may be the current folder, and is needed even so."""
    of_user = getattr(sys.modules.get("site"), "USER_SITE", None)
    is_installed = os.path.basename(entry) in ("site-packages", "dist-packages")
    return entry in (_PYTHON, of_user) or (is_installed and entry.startswith((sys.prefix, sys.base_prefix)))


def is_run_as_module() -> bool:
    """Whether `python -m evgrade` is what imports evgrade: Python writes `-m` into `sys.argv` until it has found it."""
    return sys.argv[:1] == ["-m"] and any(word in ("evgrade", "-mevgrade") for word in sys.orig_argv)
