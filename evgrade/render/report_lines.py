"""Lines of the report for a terminal: a name in bold, what is told of it, and who says so.

A text that was cut is put into characters of the sink here: that comes before the layout, as it may grow.
"""

from __future__ import annotations

from rich.text import Text

from evgrade.grading.account import Evidence, EvidenceItem, Harm
from evgrade.grading.assessment import MissingFact
from evgrade.render.account_words import cited_by, harm_name, harm_told, item_told, name_of, shortened
from evgrade.render.sink import Sink
from evgrade.render.words import fact_told


def cited(evidence: Evidence, sink: Sink) -> Text:
    """Return a line about an item or a field: what it states."""
    return _named(evidence, shortened(evidence.statement or ""), sink)


def item_line(item: EvidenceItem, sink: Sink) -> Text:
    """Return a line about an item: what it showed, and how far it can be trusted."""
    return _named(item.evidence, item_told(item), sink)


def _named(evidence: Evidence, told: str, sink: Sink) -> Text:
    line = Text(name_of(evidence), style="bold")
    line.append(f" line {evidence.location.line}", style="not bold dim")
    line.append(f": {sink.encodable(told)}" if told else "", style="not bold")
    return _with_citations(line, evidence)


def harm_line(harm: Harm, sink: Sink) -> Text:
    """Return a line about a harm or a warning."""
    line = Text(sink.encodable(harm_name(harm)), style="bold")
    told = harm_told(harm)
    line.append(f", {told}" if told else "", style="not bold")
    line.append(f", line {harm.evidence.location.line}", style="not bold dim")
    return _with_citations(line, harm.evidence)


def missing_line(fact: MissingFact) -> Text:
    """Return a line about a fact that is not stated."""
    line = Text(fact.means, style="bold").append(fact_told(fact), style="not bold")
    return line.append(f"; for {', '.join(fact.domains)}", style="not bold dim")


def _with_citations(line: Text, evidence: Evidence) -> Text:
    return line.append(f" [{cited_by(evidence.citations)}]", style="not bold cyan") if evidence.citations else line
