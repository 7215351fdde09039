"""The operators of the rubric language: one file per family, with parsing, truth, tracing and wording together."""
