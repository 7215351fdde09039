"""A static site for a folder of dossiers: an index, one page per therapy and per grade, updates, and due reviews."""
