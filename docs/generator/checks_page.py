"""docs/checks.md: the checks beyond the format, from their prose."""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.checks.prose import Measured, Prose, all_prose, example_text, measurements, said_of, sample
from evgrade.codes import Code, known_codes
from evgrade.render.findings import findings_text
from generator.markdown import GENERATED, code, escaped, link, prose, table


def page() -> str:
    """Return the page."""
    prose_of = all_prose()
    checks = sorted((one for one in known_codes().values() if one.name in prose_of), key=lambda one: one.name)
    rows = ([link(code(one.name), one.name), one.severity.value, escaped(one.title)] for one in checks)
    blocks = (block for one in checks for block in _explained(one, prose_of[one.name]))
    return GENERATED + prose(
        "checks",
        sample=escaped(sample()),
        measured=_measured(),
        table=table(["code", "severity", "reports"], rows),
        checks="\n\n".join(blocks),
    )


def _measured() -> str:
    """Return the table of the measured checks."""
    rows = (
        [
            link(code(name), name),
            f"{it.looked_at:,}",
            str(it.errors + it.warnings),
            str(it.notes),
            str(it.wrong),
            f"{100 * it.share:.1f}%",
        ]
        for name, it in sorted(measurements().items())
        if isinstance(it, Measured)
    )
    return table(["code", "examined", "errors and warnings", "notes", "wrong", "share wrong"], rows)


def _explained(one: Code, words: Prose) -> Iterator[str]:
    fails = example_text(words.fails)
    yield f"### {one.name}"
    yield f"**{escaped(one.title)}** ({one.severity.value})"
    yield escaped(words.why)
    yield escaped(words.how)
    yield f"Source: {escaped(words.source)}."
    yield f"Measured: {measurements()[one.name]}."
    yield f"Reported:\n\n```yaml\n{fails}```"
    yield f"```text\n{findings_text(said_of(fails, one.name))}```"
    yield f"Not reported:\n\n```yaml\n{example_text(words.passes)}```"
