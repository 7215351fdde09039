"""Statistics: numbers to numbers, each by a named method with its source. Nothing here knows a dossier.

Libraries were weighed: statsmodels and PyMARE pool studies, but bring NumPy, SciPy and pandas along, which nobody
should have to load to grade a dossier. The formulas are short, and tests hold every one of them to published values.
"""
