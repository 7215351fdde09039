"""Readers of labels of drugs and of reports on harms."""
