"""How firm a verdict is: whatever is reported is done, graded afresh, and found to be so."""
