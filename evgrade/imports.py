"""Where Python looks for modules: never in a folder just because evgrade, or a program that uses it, runs there.

A folder of dossiers may come from a stranger, and a `struct.py` in it must not replace Python's own. This module is
imported first, so it imports nothing that Python has not loaded already, not even `__future__`.
"""

import os
import sys

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PYTHON = os.path.dirname(os.path.abspath(os.__file__))


def leave_out_current_folder() -> None:
    """Remove the current folder, and that of the running program, from `sys.path`."""
    sys.path[:] = trusted(sys.path)


def trusted(path: list[str]) -> list[str]:
    """Return a `sys.path` without the current folder and without that of the running program.

    Either can be there by default: Python puts one of them first, and an empty entry of PYTHONPATH is the current
    folder. The folder of evgrade itself is kept, at the end if it is one of these.
    """
    unrequested = _unrequested()
    kept = [entry for entry in path if entry and (_is_python(entry) or os.path.realpath(entry) not in unrequested)]
    return kept if _OURS in kept else [*kept, _OURS]


def _unrequested() -> set[str]:
    """Return the folders that are on `sys.path` by default and not by choice, without links."""
    program = sys.modules.get("__main__")
    file = getattr(program, "__file__", None)
    is_script = file and getattr(program, "__spec__", None) is None  # with `python -m` it is the current folder
    folders = [os.path.dirname(os.path.realpath(str(file)))] if is_script else []
    try:
        folders.append(os.path.realpath(os.getcwd()))
    except OSError:  # it was deleted, so nothing can be imported from it
        return set(folders)
    return set(folders)


def _is_python(entry: str) -> bool:
    """Whether a folder holds Python or installed packages, and is needed even if it is the current folder."""
    of_user = getattr(sys.modules.get("site"), "USER_SITE", None)
    is_installed = os.path.basename(entry) in ("site-packages", "dist-packages")
    return entry in (_PYTHON, of_user) or (is_installed and entry.startswith((sys.prefix, sys.base_prefix)))


def is_run_as_module() -> bool:
    """Whether evgrade is run as `python -m evgrade`: `sys.argv` holds `-m` until Python has found the module."""
    return sys.argv[:1] == ["-m"] and any(word in ("evgrade", "-mevgrade") for word in sys.orig_argv)
