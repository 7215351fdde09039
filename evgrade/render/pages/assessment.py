"""One dossier under one rubric: what a clinician sees at a glance, then the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evgrade.grading.account import Evidence, EvidenceItem, Harms
from evgrade.grading.assessment import (
    Assessment,
    ComparisonGrade,
    DomainGrade,
    MissingFact,
    NextStep,
    RecommendationResult,
    ScoreResult,
    SuggestedJudgement,
)
from evgrade.grading.judge import Basis
from evgrade.grading.panel import PanelSummary
from evgrade.model import Path
from evgrade.render.page import (
    OPEN,
    Block,
    Bullets,
    Column,
    GradeRow,
    Grades,
    Heading,
    Item,
    Line,
    Mark,
    Page,
    Paragraph,
    Part,
    Rule,
    Span,
    Style,
    Table,
    Title,
    Tone,
    Verdict,
    row,
    strong,
    tone,
)
from evgrade.render.pages.account import (
    evidence_line,
    harm_item,
    harms_head,
    more_harms,
    panel_items,
    sides,
    suggestion_item,
    unread_words,
    verdict_item,
)
from evgrade.render.pages.compared import compared_page, reviewed
from evgrade.render.pages.words import (
    NOTHING_RECORDED,
    evidence_item,
    findings,
    foot,
    grade_words,
    level_words,
    name_of,
    open_range,
    other_levels,
    place_of,
    reason_words,
    rounded,
    without_items,
)
from evgrade.rubric.phrases import either

_MOST_A_SIDE = 3
"""How many items of one side a terminal shows, unless more decide."""
_MOST_DECIDING = 30
"""How many it shows, however many decide."""
_MOST_FIELDS = 4
_MOST_MISSING = 6
_MOST_SETTLING = 4
_MOST_HARMS = 12
_MOST_SUGGESTED = 50
_MOST_OPEN = 4

_NOT_A_CHANCE = "It measures the evidence; it is not the chance that the therapy works."
"""Said beside every score: a number of 100 is easily read as a percentage of success."""


def assessments_page(graded: Sequence[Sequence[Assessment]]) -> Iterator[Block]:
    """Yield several dossiers, each graded under the same rubrics; several begin with a table of all."""
    if len(graded) > 1:
        yield from contents(contents_row(one) for assessments in graded for one in assessments)
    for number, assessments in enumerate(graded):
        if number or len(graded) > 1:
            yield Rule()
        yield from one_page(assessments)


def one_page(assessments: Sequence[Assessment]) -> Page:
    """Return one dossier, graded under one rubric or under several."""
    return assessment_page(assessments[0]) if len(assessments) == 1 else compared_page(assessments)


def contents(rows: Iterable[tuple[Part]]) -> Iterator[Block]:
    """Yield a table of several assessments, each as `contents_row` returns it."""
    yield Title("Assessments")
    columns = [
        Column("Therapy", share=2),
        Column("Condition", share=2),
        Column("Rubric"),
        Column("Verdict", share=2),
        Column("Score"),
        Column("Dossier", share=3),
    ]
    yield Table(columns, list(rows))


def contents_row(one: Assessment) -> tuple[Part]:
    """Return what a table of several assessments says of one."""
    return row(
        one.therapy,
        one.condition,
        one.rubric,
        level_words(one.recommendation) if one.recommendation or not one.recorded else "–",
        rounded(one.score.value) if one.score and one.score.value is not None else "–",
        Span(one.dossier_file, Style.FILE),
    )


def assessment_page(given: Assessment) -> Iterator[Block]:
    """Yield one assessment, top to bottom."""
    yield Heading(1, (f"{given.therapy} for {given.condition}",), reviewed(given))
    if given.recommendation is not None:
        yield _verdict(given.recommendation)
    elif not given.recorded:
        yield _no_verdict(given)
    if given.verdicts:
        yield Heading(2, ("What others concluded",))
        yield Bullets([verdict_item(one) for one in given.verdicts])
    yield Grades(tuple(map(_grade, given.domains)))
    if given.recorded:
        if given.score is not None:
            yield _score(given.score)
        yield from _effects(given)
        yield Heading(2, ("Why",), has_marks=True)
        for number, domain in enumerate(given.domains):
            yield from _reasons(given, number, domain)
    if given.harms is not None:
        yield from _harms(given, given.harms)
    if given.numbers:
        yield from _numbers(given)
    if given.unread:
        yield Heading(2, (f"In the dossier, but not used by {given.rubric}",))
        yield Bullets([Item((unread_words(one),)) for one in given.unread])
    yield from _suggestions(given.suggestions)
    if given.recorded:
        yield from _change(given)
    yield from _panel(given.panel)
    if given.without_retracted is not None:
        yield Heading(2, ("Without what rests on retracted papers",))
        yield Bullets(without_items(given.without_retracted))
    yield from findings(given)
    yield foot(given)


# At a glance


def _verdict(given: RecommendationResult) -> Verdict:
    still = ""
    if not given.settled:
        others = either(f"“{title}”" for title in other_levels(given))
        still = f"Provisional: it could still become {others}" + (", once this is known:" if given.settles else ".")
    return Verdict(
        title=given.title,
        tone=tone(1 - given.rank / max(1, given.levels - 1)),
        settled=given.settled,
        means=(given.means,) if given.rule.means in given.means else (given.means, given.rule.means),
        because=Bullets([Item((reason,)) for reason in given.because]),
        settles=Bullets(() if given.settled else map(_fact, given.settles), still, _MOST_SETTLING),
    )


def _no_verdict(given: Assessment) -> Verdict:
    """Return what replaces a verdict where nothing is recorded that could carry one."""
    wording = f"The dossier holds no evidence that {given.rubric} uses, so there is no verdict."
    first = [fact for fact in given.missing if fact.is_section]
    return Verdict(
        title=NOTHING_RECORDED,
        tone=Tone.APART,
        settled=True,
        means=(wording, "What it holds is listed below.") if given.unread else (wording,),
        because=Bullets(()),
        settles=Bullets(list(map(_fact, first)), "Add first:" if first else ""),
    )


def _fact(fact: MissingFact) -> Item:
    return Item((f"{fact.means}: {fact.place}",))


def _grade(domain: DomainGrade) -> GradeRow:
    others = tuple(grade for grade in domain.possible if grade != domain.grade)
    return GradeRow(
        title=domain.title,
        grade=grade_words(domain),
        strength=domain.strength,
        means=domain.means,
        possible=() if domain.basis is Basis.NOT_RECORDED else domain.possible,
        others=() if domain.basis is Basis.NOT_RECORDED else others,
    )


def _score(given: ScoreResult) -> Paragraph:
    judged = f"; {given.judged_share:.0%} of the weight could be judged."
    if given.value is None:
        return Paragraph((f"{given.title} ", strong("cannot be given: nothing could be judged"), judged))
    still = open_range(given)
    wording = f", between {still[0]} and {still[1]} once what is missing is known" if still else ""
    return Paragraph((f"{given.title} ", strong(rounded(given.value)), f" of 100{wording}{judged} {_NOT_A_CHANCE}"))


# Why


def _reasons(given: Assessment, number: int, domain: DomainGrade) -> Iterator[Block]:
    yield Heading(3, (f"{domain.title}: ", strong(grade_words(domain), tone(domain.strength))))
    yield Paragraph((reason_words(domain),))
    yield Bullets([Item((line,)) for line in _stated_by_source(domain)])
    yield Bullets([_of_comparison(one) for one in domain.comparisons], "By comparison")
    command = f"evgrade explain FILE {domain.name}"
    yield Bullets((_deciding(evidence_item(one)) for one in _fields_of(given, domain)), "", _MOST_FIELDS, command)
    earlier = _repeats(domain, given.domains[:number])
    if earlier is not None:
        yield Bullets(map(_weighed, _deciding_of(domain.weighed)), "", _MOST_FIELDS, command)
        yield Paragraph((f"It reads the evidence that is listed under {earlier.title}.",))
        return
    for title, items in sides(domain) if domain.weighed else ():
        most = max(_MOST_A_SIDE, min(len(_deciding_of(items)), _MOST_DECIDING))
        yield Bullets(map(_weighed, items), title, most, command) if items else Paragraph((title,))


def _of_comparison(one: ComparisonGrade) -> Item:
    grade = one.grade.replace("_", " ") + (OPEN if len(one.possible) > 1 else "")
    about = " (the recommendation is about this one)" if one.in_question else ""
    return Item((f"{one.name}: {grade}{about}",))


def _deciding_of(items: Iterable[EvidenceItem]) -> list[EvidenceItem]:
    """Return the items that a grade rests on."""
    return [item for item in items if item.decides]


def _deciding(item: Item) -> Item:
    return Item(item.line, item.name, item.place, item.citations, Mark.DECIDES)


def _weighed(item: EvidenceItem) -> Item:
    """Return an entry about an item: what it showed, and how far it can be trusted."""
    one = item.evidence
    mark = Mark.DECIDES if item.decides else Mark.NONE
    return Item(evidence_line(item), (name_of(one),), place_of(one), one.citations, mark)


def _stated_by_source(domain: DomainGrade) -> Iterator[str]:
    """Yield, for each item with a grade of the source that differs from the rule's, the two side by side."""
    for item in domain.items:
        if item.stated is not None and item.stated != item.grade:
            name = item.evidence.statement or item.evidence.id
            stated, grade = (word.replace("_", " ") for word in (item.stated, item.grade))
            yield f"{name}: stated by the source: {stated}; by the rule: {grade}"


def _fields_of(given: Assessment, domain: DomainGrade) -> Iterator[Evidence]:
    """Yield what decides a grade and is listed nowhere else: fields of the dossier, such as a price."""
    listed = {item.path for item in domain.weighed}
    listed.update(harm.evidence.path for harm in (given.harms.entries if given.harms else ()))
    yield from (one for one in domain.evidence if listed.isdisjoint(_ways_to(one.path)))


def _ways_to(path: Path) -> Iterator[Path]:
    """Yield a path and those of all that it leads through."""
    return (path[:end] for end in range(1, len(path) + 1))


def _repeats(domain: DomainGrade, before: Iterable[DomainGrade]) -> DomainGrade | None:
    """Return an earlier domain that reads the same evidence, so that it need not be listed twice."""
    paths = {item.path for item in domain.weighed}
    same = (one for one in before if {item.path for item in one.weighed} == paths)
    return next(same, None) if paths else None


# And besides


def _harms(given: Assessment, harms: Harms) -> Iterator[Block]:
    """Yield the harms and warnings by name, the gravest first."""
    deciding = {way for domain in given.domains for one in domain.evidence for way in _ways_to(one.path)}
    yield Heading(2, ("Harms and warnings",))
    yield Paragraph(harms_head(harms))
    items = (harm_item(one, decides=one.evidence.path in deciding) for one in harms.entries)
    yield Bullets(items, "", _MOST_HARMS, rest=more_harms(harms.entries[_MOST_HARMS:]))


def _numbers(given: Assessment) -> Iterator[Block]:
    from evgrade.render.pages.numbers import numbers_section  # noqa: PLC0415 - loads statistics, for few dossiers

    yield from numbers_section(given.numbers)


def _effects(given: Assessment) -> Iterator[Block]:
    if given.numbers.shown:
        from evgrade.render.pages.effects import effects_section  # noqa: PLC0415 - few dossiers state effects

        yield from effects_section(given.numbers.shown)


def _suggestions(given: Sequence[SuggestedJudgement]) -> Iterator[Block]:
    if given:
        yield Heading(2, ("What the numbers suggest",))
        command = "evgrade explain FILE"
        settled = (suggestion_item(one) for one in given if one.judgement is not None)
        left_open = (suggestion_item(one) for one in given if one.judgement is None)
        yield Bullets(settled, "", _MOST_SUGGESTED, command)
        yield Bullets(left_open, "", _MOST_OPEN, command)


def _change(given: Assessment) -> Iterator[Block]:
    steps = [domain.better for domain in given.domains if domain.better and domain.judged]
    if given.recommendation is not None and given.recommendation.better is not None:
        steps.insert(0, given.recommendation.better)
    if steps or given.missing:
        yield Heading(2, ("What would change it",))
    yield Bullets(list(map(_step, steps)))
    title = "Missing facts worth finding out:"
    yield Bullets(map(_missing, given.missing), title, _MOST_MISSING, "evgrade explain FILE")


def _step(step: NextStep) -> Item:
    return Item((f"needs {'; '.join(step.lacks)}" if step.lacks else step.means,), (step.title,))


def _missing(fact: MissingFact) -> Item:
    line: Line = (strong(fact.means), f": {fact.place}", Span(f"; for {', '.join(fact.domains)}", Style.DIM))
    return Item(line)


def _panel(panel: PanelSummary | None) -> Iterator[Block]:
    if panel is not None:
        yield Heading(2, ("What people gave",))
        yield Bullets(list(panel_items(panel)))
