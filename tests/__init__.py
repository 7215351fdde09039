"""Tests read like the specification: each room of evgrade has one here."""
