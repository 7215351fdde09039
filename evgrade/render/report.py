"""The report of one assessment for a terminal: what a clinician sees at a glance, then the reasons.

It and `report_lines` alone build with rich. Everything from a dossier passes through `clean` and is put into `Text`
objects, so that neither escape sequences nor rich's markup in it mean anything.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from evgrade.grading.account import Harms
from evgrade.grading.assessment import (
    Assessment,
    DomainGrade,
    RecommendationGiven,
    ScoreGiven,
    Step,
    WithoutRetracted,
)
from evgrade.grading.judge import Basis
from evgrade.grading.panel import PanelGiven
from evgrade.render.account_words import (
    MOST_HARMS,
    cited_by,
    deciding_of,
    fields_of,
    first_of,
    harms_deciding,
    harms_head,
    more_harms,
    repeats,
    sides,
    unread_told,
    verdict_head,
    verdict_told,
)
from evgrade.render.clean import for_terminal, prose, with_texts
from evgrade.render.few import with_few_findings
from evgrade.render.findings import finding_line
from evgrade.render.report_lines import cited, harm_line, item_line, missing_line
from evgrade.render.sink import Sink
from evgrade.render.words import (
    NOT_A_CHANCE,
    NOTHING_RECORDED,
    fact_told,
    first_few,
    grade_told,
    nothing_recorded,
    open_range,
    panel_told,
    provisional_told,
    reason_told,
    reviewed,
    rounded,
    stated_by_source,
    suggestion_head,
    suggestion_told,
    without_retracted,
)

_ANY_HEIGHT = 100
_BAR = 10
_NARROW = 60
"""Columns below which four things do not fit beside each other."""

_MOST_FIELDS = 4
_MOST_MISSING = 6
_MOST_SETTLING = 4
_MOST_SUGGESTED = 50
_MOST_OPEN = 4


def report(assessment: Assessment, sink: Sink) -> str:
    """Return the report of an assessment as text for a sink: its width, its colours, its characters."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=sink.width,
        height=_ANY_HEIGHT,  # without one rich takes 80 columns where TERM is dumb
        force_terminal=sink.color,
        color_system="standard" if sink.color else None,
        no_color=not sink.color,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        soft_wrap=False,
    )
    page = _Page(_readable(assessment, sink), sink)
    console.print(page.build())
    lines = (line.rstrip() for line in buffer.getvalue().splitlines())
    return sink.encodable("\n".join(lines) + "\n")


def _readable(assessment: Assessment, sink: Sink) -> Assessment:
    """Return an assessment whose texts, those of the rubric too, are harmless and in characters of the sink.

    That comes before the layout, because an escape is wider than what it stands for.
    """
    changed: Assessment = with_texts(with_few_findings(assessment), lambda text: sink.encodable(prose(text)))
    file = sink.encodable(for_terminal(assessment.dossier_file))  # no prose: its blanks count
    return replace(changed, dossier_file=file)


class _Page:
    """Builds the parts of one report."""

    def __init__(self, assessment: Assessment, sink: Sink) -> None:
        self.assessment = assessment
        self.sink = sink

    def build(self) -> Group:
        """Return the report, top to bottom."""
        given = self.assessment
        parts: list[RenderableType] = [self._head()]
        if given.recommendation is not None:
            parts.append(self._verdict(given.recommendation))
        elif not given.recorded:
            parts.append(self._no_verdict())
        parts.extend(self._others())
        parts.append(self._overview())
        if given.recorded:
            if given.score is not None:
                parts.append(self._score(given.score))
            parts.append(self.heading("Why", f"{self._mark} marks what a grade rests on"))
            parts.extend(self._reasons(number, domain) for number, domain in enumerate(given.domains))
        if given.harms is not None:
            parts.extend(self._harms(given.harms))
        parts.extend(self._unread())
        parts.extend(self._suggestions())
        if given.recorded:
            parts.extend(self._change())
        if given.panel is not None:
            parts.extend(self._panel(given.panel))
        if given.without_retracted is not None:
            parts.extend(self._without_retracted(given.without_retracted))
        if given.findings:
            parts.append(self.heading("Findings in the dossier"))
            parts.extend(self._bullet(Text(finding_line(finding)), indent=1) for finding in given.findings)
        parts.append(self._foot())
        return Group(*parts)

    def _head(self) -> RenderableType:
        given = self.assessment
        title = Text(prose(given.therapy), style="bold")
        title.append(" for ", style="")
        title.append(prose(given.condition))
        review = reviewed(given)
        return Group(title, Text(review, style="dim")) if review else title

    def _verdict(self, given: RecommendationGiven) -> RenderableType:
        style = _style(1 - given.rank / max(1, given.levels - 1))
        body = Text(given.title.upper(), style=f"bold {style}")
        if not given.settled:
            body.append(" (PROVISIONAL)")
        body.append(f"\n{given.means}", style="")
        if given.rule.means not in given.means:
            body.append(f"\n{given.rule.means}", style="")
        for reason in given.because:
            body.append(f"\n{self._dot} {reason}", style="")
        if not given.settled:
            body.append(f"\n{provisional_told(given)}", style="italic")
            first, more = first_few(given.settles, _MOST_SETTLING)
            for fact in first:
                body.append(f"\n{self._dot} {fact.means}{fact_told(fact)}", style="italic")
            if more:
                body.append(f"\n{self._dot} {more}", style="italic")
        return self._box(body, style)

    def _no_verdict(self) -> RenderableType:
        """Return what stands in place of a verdict where nothing is recorded that could carry one."""
        told, first = nothing_recorded(self.assessment)
        body = Text(NOTHING_RECORDED.upper(), style="bold cyan").append(f"\n{told}", style="not bold default")
        if first:
            body.append("\nAdd first:", style="not bold default")
        for fact in first:
            body.append(f"\n{self._dot} {fact.means}{fact_told(fact)}", style="not bold default")
        return self._box(body, "cyan")

    def _box(self, body: Text, style: str) -> RenderableType:
        shape = box.ASCII if self.sink.ascii else box.ROUNDED
        return Padding(Panel(body, box=shape, border_style=style, padding=(0, 1)), (1, 0, 0, 0))

    @property
    def _dot(self) -> str:
        return "-" if self.sink.ascii else "•"

    @property
    def _mark(self) -> str:
        return ">" if self.sink.ascii else "»"

    def _others(self) -> list[RenderableType]:
        """Return the verdicts of people, which are theirs and not evgrade's."""
        given = self.assessment.verdicts
        lines = [
            Text(verdict_head(one), style="bold").append(self.sink.encodable(verdict_told(one)), style="not bold")
            for one in given
        ]
        for line, one in zip(lines, given, strict=True):
            if one.citations:
                line.append(f" [{cited_by(one.citations)}]", style="not bold cyan")
        bullets = [self._bullet(line, indent=1) for line in lines]
        return [self.heading("What others concluded"), *bullets] if bullets else []

    def _overview(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        rows: list[RenderableType] = []
        for domain in self.assessment.domains:
            grade = Text(grade_told(domain), style=f"bold {_grade_style(domain)}")
            means = Text(domain.means)
            others = [grade for grade in domain.possible if grade != domain.grade]
            if others and domain.basis is not Basis.NOT_RECORDED:
                means.append(f" (possible: {' '.join(others)})", style="italic")
            table.add_row(Text(domain.title, no_wrap=True), grade, self._bar(domain), means)
            rows += [Text.assemble(domain.title, " ", grade, " ", self._bar(domain)), Padding(means, (0, 0, 0, 2))]
        is_narrow = self.sink.width < _NARROW
        return Padding(Group(*rows) if is_narrow else table, (1, 0, 0, 1))

    def _bar(self, domain: DomainGrade) -> Text:
        full, empty = ("#", "-") if self.sink.ascii else ("█", "░")
        if domain.strength is None:
            return Text(("." if self.sink.ascii else "·") * _BAR, style="dim")
        filled = max(1, round(domain.strength * _BAR))
        bar = Text(full * filled, style=_style(domain.strength))
        return bar.append(empty * (_BAR - filled), style="dim")

    def _score(self, given: ScoreGiven) -> RenderableType:
        line = Text(f"{given.title} ", style="")
        if given.value is None:
            line.append("cannot be given: nothing could be judged", style="bold")
        else:
            line.append(f"{rounded(given.value)} of 100", style="bold")
            still = open_range(given)
            if still is not None:
                line.append(f", between {still[0]} and {still[1]} once what is missing is known")
        line.append(f"; {given.judged_share:.0%} of the weight could be judged. {NOT_A_CHANCE}")
        return Padding(line, (1, 0, 0, 1))

    def heading(self, title: str, remark: str = "") -> RenderableType:
        """Return a heading with a blank line above it, and perhaps a remark beside it."""
        head = Text(title, style="bold underline" if self.sink.color else "bold")
        if remark:
            head.append(f"  {remark}", style="not bold not underline dim")
        return Padding(head, (1, 0, 0, 0))

    def _reasons(self, place: int, domain: DomainGrade) -> RenderableType:
        head = Text(f"{domain.title} ", style="bold")
        head.append(grade_told(domain), style=f"bold {_grade_style(domain)}")
        parts: list[RenderableType] = [head, Padding(Text(reason_told(domain)), (0, 0, 0, 2))]
        parts.extend(self._bullet(Text(line)) for line in stated_by_source(domain))
        fields = fields_of(self.assessment, domain)
        parts.extend(self._bullet(cited(evidence, self.sink), mark=self._mark) for evidence in fields[:_MOST_FIELDS])
        parts.extend(self._more(len(fields) - _MOST_FIELDS, f"evgrade explain FILE {domain.name}"))
        parts.extend(self._sides(place, domain))
        return Padding(Group(*parts), (0, 0, 0, 1))

    def _sides(self, place: int, domain: DomainGrade) -> Iterator[RenderableType]:
        """Yield what speaks for and against; of what an earlier domain lists, only what decides this one too."""
        earlier = repeats(domain, self.assessment.domains[:place])
        if earlier is not None:
            deciding = deciding_of(domain.weighed)
            yield from (self._bullet(item_line(item, self.sink), mark=self._mark) for item in deciding[:_MOST_FIELDS])
            yield from self._more(len(deciding) - _MOST_FIELDS, f"evgrade explain FILE {domain.name}")
            yield Padding(Text(f"It reads the evidence that is listed under {earlier.title}."), (0, 0, 0, 2))
            return
        for side in sides(domain) if domain.weighed else ():
            yield Padding(Text(side.title, style="italic"), (0, 0, 0, 2))
            shown = first_of(side.items)
            yield from (
                self._bullet(item_line(item, self.sink), mark=self._mark if item.decides else None) for item in shown
            )
            yield from self._more(len(side.items) - len(shown), f"evgrade explain FILE {domain.name}")

    def _more(self, more: int, where: str) -> Iterator[RenderableType]:
        if more > 0:
            yield self._bullet(Text(f"and {more} more: {where}", style="dim"))

    def _harms(self, given: Harms) -> Iterator[RenderableType]:
        """Yield the harms and warnings by name, the gravest first."""
        yield self.heading("Harms and warnings")
        yield Padding(Text(self.sink.encodable(harms_head(given))), (0, 0, 0, 1))
        deciding = harms_deciding(self.assessment)
        for harm in given.entries[:MOST_HARMS]:
            mark = self._mark if harm.evidence.path in deciding else None
            yield self._bullet(harm_line(harm, self.sink), indent=1, mark=mark)
        if len(given.entries) > MOST_HARMS:
            yield self._bullet(Text(self.sink.encodable(more_harms(given.entries[MOST_HARMS:])), style="dim"), indent=1)

    def _unread(self) -> Iterator[RenderableType]:
        """Yield the evidence that the rubric does not read."""
        if self.assessment.unread:
            yield self.heading(f"In the dossier, but not read by {self.assessment.rubric}")
        yield from (self._bullet(Text(unread_told(one)), indent=1) for one in self.assessment.unread)

    def _bullet(self, text: Text, indent: int = 2, mark: str | None = None) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(overflow="fold")  # a word too long for the line goes on, not lost, in the next
        table.add_row(mark or self._dot, text)
        return Padding(table, (0, 0, 0, indent))

    def _change(self) -> list[RenderableType]:
        given = self.assessment
        parts: list[RenderableType] = [self.heading("What would change it")]
        if given.recommendation is not None and given.recommendation.better is not None:
            parts.append(self._step(given.recommendation.better))
        parts.extend(self._step(domain.better) for domain in given.domains if domain.better and domain.judged)
        first, more = first_few(given.missing, _MOST_MISSING)
        if first:
            parts.append(Padding(Text("Missing facts worth finding out:"), (0, 0, 0, 1)))
            parts.extend(self._bullet(missing_line(fact)) for fact in first)
        if more:
            parts.append(self._bullet(Text(f"{more}: evgrade explain FILE", style="dim")))
        return parts if len(parts) > 1 else []

    def _suggestions(self) -> list[RenderableType]:
        given = self.assessment.suggestions
        if not given:
            return []
        settled, more_settled = first_few((one for one in given if one.judgement is not None), _MOST_SUGGESTED)
        left_open, more = first_few((one for one in given if one.judgement is None), _MOST_OPEN)
        parts: list[RenderableType] = [self.heading("What the numbers suggest")]
        for one in (*settled, *left_open):
            line = Text(suggestion_head(one), style="bold" if one.judgement else "")
            style = "yellow" if one.differs else ""
            parts.append(self._bullet(line.append(suggestion_told(one), style=f"not bold {style}"), indent=1))
        parts.extend(
            self._bullet(Text(f"{told}: evgrade explain FILE", style="dim"), indent=1)
            for told in (more_settled, more)
            if told
        )
        return parts

    def _panel(self, panel: PanelGiven) -> list[RenderableType]:
        parts: list[RenderableType] = [self.heading("What people gave")]
        for one in panel.grades:
            line = Text(f"{one.title}: ", style="bold").append(panel_told(one), style="not bold")
            parts.append(self._bullet(line, indent=1))
        if panel.statistic is not None:
            told = panel.untold if panel.agreement is None else f"{panel.agreement:.2f}"
            parts.append(self._bullet(Text(f"Agreement of the raters ({panel.statistic}): {told}"), indent=1))
        for override in panel.overrides:
            line = Text(f"{override.title}: ", style="bold")
            by = override.by or "the reviewers"
            line.append(f"{by} would give {override.grade} instead of {override.instead_of}: {override.reason}")
            parts.append(self._bullet(line, indent=1))
        parts.extend(self._bullet(Text(f"Not counted: {reason}"), indent=1) for reason in panel.left_out)
        return parts

    def _without_retracted(self, given: WithoutRetracted) -> list[RenderableType]:
        """Return what the grades would be without what rests on retracted papers."""
        lines = (Text.assemble((f"{name}: ", "bold"), told) for name, told in without_retracted(given))
        return [
            self.heading("Without what rests on retracted papers"),
            *(self._bullet(line, indent=1) for line in lines),
        ]

    def _step(self, step: Step) -> RenderableType:
        line = Text(f"{step.title}: ", style="bold")
        line.append("needs " + "; ".join(prose(lack) for lack in step.lacks) if step.lacks else step.means)
        return self._bullet(line, indent=1)

    def _foot(self) -> RenderableType:
        """Return the last line: which file was graded by what."""
        given = self.assessment
        rubric = f"{given.rubric} {given.rubric_version}"
        text = f"{for_terminal(given.dossier_file)}  graded by {rubric}, evgrade {given.version}"
        return Padding(Text(text, style="dim"), (1, 0, 0, 0))


def _style(strength: float) -> str:
    """Return a colour from red to green; the letter beside it says the same."""
    if strength >= 0.75:
        return "green"
    return "yellow" if strength >= 0.4 else "red"


def _grade_style(domain: DomainGrade) -> str:
    return "cyan" if domain.strength is None else _style(domain.strength)


def reports(assessments: Iterable[Assessment], sink: Sink) -> str:
    """Return the reports of several assessments, one below the other."""
    rule = ("-" if sink.ascii else "─") * sink.width
    return f"\n{rule}\n\n".join(report(assessment, sink) for assessment in assessments)
