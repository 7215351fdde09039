"""Properties of an output: its width, whether it takes colours, and which characters it can show."""

from __future__ import annotations

from dataclasses import dataclass

_PLAIN = {"…": "...", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "×": "x"}
"""ASCII replacements for the signs that evgrade itself prints."""


@dataclass(frozen=True, slots=True)
class Sink:
    """A terminal, a pipe or a file.

    Attributes:
        width: columns.
        color: whether colours are wanted.
        encoding: the character encoding of the sink.
    """

    width: int = 80
    color: bool = False
    encoding: str = "utf-8"

    @property
    def ascii(self) -> bool:
        """Whether the sink cannot show the bars, boxes and dashes of the report."""
        try:
            "█░╭─╯•…·»".encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return True
        return False

    def encodable(self, text: str) -> str:
        """Return text that the sink can show; what it cannot show comes as an escape."""
        if self.ascii:
            for sign, plain in _PLAIN.items():
                text = text.replace(sign, plain)
        try:
            return text.encode(self.encoding, "backslashreplace").decode(self.encoding)
        except LookupError:
            return text.encode("ascii", "backslashreplace").decode("ascii")
