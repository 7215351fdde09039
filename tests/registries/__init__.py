"""Tests of asking registries by number."""
