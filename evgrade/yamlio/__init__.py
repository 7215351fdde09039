"""YAML bytes to plain data with positions: strict, bounded, one dialect."""

from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import LIMITS, FastParser, Limits, read
from evgrade.yamlio.source import STDIN, read_bytes, shown_name

__all__ = ["LIMITS", "STDIN", "Document", "FastParser", "Limits", "read", "read_bytes", "shown_name"]
