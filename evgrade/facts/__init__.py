"""Facts: known and unknown values, values derived from a dossier, and numbers as sources report them.

`evgrade.facts.registry` lists the derived values. Checking a dossier does not need it, so does not load it.
"""
