"""The operators of the rubric language: each family in a file, with parsing, truth, tracing and words side by side."""
