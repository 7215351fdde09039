"""How firm a verdict is: how it changes when evidence is removed, a judgement moves, or a fact becomes known."""
