"""YAML bytes to plain data with positions: strict, bounded, one dialect."""

from evgrade.yamlio.document import Document
from evgrade.yamlio.limits import LIMITS, Limits
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import STDIN, read_bytes, shown_name

__all__ = ["LIMITS", "STDIN", "Document", "Limits", "read", "read_bytes", "shown_name"]
