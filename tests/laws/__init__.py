"""The laws of the rubric language: what must hold of every dossier under every rubric."""
