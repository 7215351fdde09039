"""The operators of the rubric language: one file for each family, with parsing, truth, tracing and wording together."""
