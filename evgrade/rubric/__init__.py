"""Grading systems as data: the rubric language, compiled and type-checked against the dossier schema.

Begin with `load`. Nothing is imported here, because a process that passes the text of a rubric on needs no compiler.
"""
