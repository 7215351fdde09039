"""Files that grow: what evgrade takes for them, and that it is no more than their size explains."""
