"""How firm a verdict is: what it becomes when evidence is taken away, a judgement moves, or a fact becomes known."""
