"""One report a module: each builds a page from what was found out, once for every format that people read."""
