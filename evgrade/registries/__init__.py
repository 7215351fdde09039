"""Registries that are asked by number: what to ask, whether an answer is of that number, and the client that asks."""
