"""Build reports as pages, one module per report, for every format that people read."""
