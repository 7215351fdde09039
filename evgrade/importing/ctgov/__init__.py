"""Readers of ClinicalTrials.gov: the record of version 2 of its API, and what older downloads become of it."""
