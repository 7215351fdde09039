"""Readers of ClinicalTrials.gov: records of version 2 of its API, and older formats, which are translated into it."""
