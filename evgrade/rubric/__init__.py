"""Grading systems as data: the rubric language, compiled and type-checked against the dossier schema.

`load` is where to begin. Nothing is imported here: who only sends the text of a rubric on needs no compiler.
"""
