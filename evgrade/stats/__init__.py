"""Statistics: numbers to numbers, each by a named method with its source. Nothing here knows about dossiers.

statsmodels and PyMARE also pool studies but pull in NumPy, SciPy and pandas, which grading a dossier should not
require. The formulas are short, and tests check each of them against published values.
"""
