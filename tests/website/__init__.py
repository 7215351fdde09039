"""The site of a folder: what its pages hold, what changed, and that nothing but its own files is touched."""
