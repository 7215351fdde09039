"""One dossier: the overview for a clinician, then the reasons; under several rubrics, where these differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evgrade.grading.account import (
    Direction,
    Evidence,
    EvidenceItem,
    Harm,
    HarmKind,
    Harms,
    OtherVerdict,
    Source,
    Unread,
)
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
from evgrade.grading.compare import Compared, compare
from evgrade.grading.judge import Basis
from evgrade.grading.panel import PanelGrade, PanelSummary
from evgrade.model import Path
from evgrade.render.page import (
    OPEN,
    Block,
    Bullets,
    Column,
    Foot,
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
    capitalized,
    row,
    spaced,
    strong,
    tone,
)
from evgrade.render.pages.words import (
    LONGEST,
    NOTHING_RECORDED,
    evidence_item,
    few,
    findings,
    foot,
    grade_span,
    grade_words,
    level_words,
    name_of,
    open_note,
    open_range,
    other_levels,
    place_of,
    reason_words,
    recommending,
    rounded,
    without_items,
)
from evgrade.rubric.phrases import either, number
from evgrade.schema.suggest import many

_MOST_A_SIDE = 3
"""How many items of one side a terminal shows, unless more are decisive."""
_MOST_DECIDING = 30
"""How many it shows at most, however many are decisive."""
_MOST_FIELDS = 4
_MOST_MISSING = 6
_MOST_SETTLING = 4
_MOST_HARMS = 12
_MOST_SUGGESTED = 50
_MOST_OPEN = 4
_SHORT = 60
"""The maximum length of the names of harms that are only listed."""

_NOT_A_CHANCE = "Points measure the evidence; they are not the chance that the therapy works."
"""Follows every score: a number out of 100 is easily misread as a success rate."""


def assessments_page(graded: Sequence[Sequence[Assessment]]) -> Iterator[Block]:
    """Yield dossiers graded under the same rubrics; if there are several, begin with a table of all."""
    if len(graded) > 1:
        yield from contents(contents_row(one) for assessments in graded for one in assessments)
    for assessments in graded:
        if len(graded) > 1:
            yield Rule()
        yield from one_page(assessments)


def one_page(assessments: Sequence[Assessment]) -> Page:
    """Return the page of one dossier, graded under one or more rubrics."""
    return assessment_page(assessments[0]) if len(assessments) == 1 else _compared_page(assessments)


def contents(rows: Iterable[tuple[Part]]) -> Iterator[Block]:
    """Yield the table of several assessments from their rows (`contents_row`)."""
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
    """Return the row of one assessment in the table of several."""
    return row(
        one.therapy,
        one.condition,
        one.rubric,
        level_words(one.recommendation) if one.recommendation or not one.recorded else "–",
        rounded(one.score.value) if one.score and one.score.value is not None else "–",
        Span(one.dossier_file, Style.FILE),
    )


def assessment_page(given: Assessment) -> Iterator[Block]:
    """Yield one assessment."""
    yield Heading(1, (f"{given.therapy} for {given.condition}",), _reviewed(given))
    if given.recommendation is not None:
        yield _verdict(given.recommendation)
    elif not given.recorded:
        yield _no_verdict(given)
    if given.verdicts:
        yield Heading(2, ("What others concluded",))
        yield Bullets([_other_verdict(one) for one in given.verdicts])
    yield Grades(tuple(map(_grade, given.domains)))
    if given.recorded:
        if given.score is not None:
            yield _score(given.score)
        if given.numbers.shown:
            from evgrade.render.pages.numbers import effects_section  # noqa: PLC0415 - as below

            yield from effects_section(given.numbers.shown)
        yield Heading(2, ("Why",), has_marks=True)
        for place, domain in enumerate(given.domains):
            yield from _reasons(given, domain, given.domains[:place])
    if given.harms is not None:
        yield from _harms(given, given.harms)
    if given.numbers:
        from evgrade.render.pages.numbers import numbers_section  # noqa: PLC0415 - loads statistics, for few dossiers

        yield from numbers_section(given.numbers)
    if given.unread:
        yield Heading(2, (f"In the dossier, but not used by {given.rubric}",))
        yield Bullets(list(map(_unread, given.unread)))
    yield from _suggestions(given.suggestions)
    if given.recorded:
        yield from _change(given)
    if given.panel is not None:
        yield Heading(2, ("Panel ratings",))
        yield Bullets(list(_panel_items(given.panel)))
    if given.without_retracted is not None:
        yield Heading(2, ("Without evidence from retracted papers",))
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
    """Return the stand-in for a verdict when nothing is recorded that could support one."""
    wording = f"The dossier has no evidence that {given.rubric} uses, so there is no verdict."
    first = [fact for fact in given.missing if fact.is_section]
    return Verdict(
        title=NOTHING_RECORDED,
        tone=Tone.APART,
        settled=True,
        means=(wording, "Its content is listed below.") if given.unread else (wording,),
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
    judged = f"; {given.judged_share:.0%} of the total weight is in domains that could be graded."
    if given.value is None:
        return Paragraph((f"{given.title} ", strong("cannot be given: nothing could be judged"), judged))
    still = open_range(given)
    wording = f", between {still[0]} and {still[1]} once the missing facts are known" if still else ""
    return Paragraph((f"{given.title} ", strong(rounded(given.value)), f" of 100{wording}{judged} {_NOT_A_CHANCE}"))


# Why


def _reasons(given: Assessment, domain: DomainGrade, before: Sequence[DomainGrade]) -> Iterator[Block]:
    yield Heading(3, (f"{domain.title}: ", strong(grade_words(domain), tone(domain.strength))))
    yield Paragraph((reason_words(domain),))
    yield Bullets([Item((line,)) for line in _stated_by_source(domain)])
    yield Bullets([_of_comparison(one) for one in domain.comparisons], "By comparison")
    command = f"evgrade explain FILE {domain.name}"
    yield Bullets((evidence_item(one, Mark.DECIDES) for one in _fields_of(given, domain)), "", _MOST_FIELDS, command)
    earlier = _repeats(domain, before)
    if earlier is not None:
        yield Bullets(map(_weighed, _deciding_of(domain.weighed)), "", _MOST_FIELDS, command)
        yield Paragraph((f"It uses the evidence listed under {earlier.title}.",))
        return
    for title, items in _sides(domain) if domain.weighed else ():
        most = max(_MOST_A_SIDE, min(len(_deciding_of(items)), _MOST_DECIDING))
        yield Bullets(map(_weighed, items), title, most, command) if items else Paragraph((title,))


def _of_comparison(one: ComparisonGrade) -> Item:
    grade = spaced(one.grade) + (OPEN if len(one.possible) > 1 else "")
    about = " (the recommendation is about this one)" if one.in_question else ""
    return Item((f"{one.name}: {grade}{about}",))


def _deciding_of(items: Iterable[EvidenceItem]) -> list[EvidenceItem]:
    """Return the items that a grade rests on."""
    return [item for item in items if item.decides]


_TITLES = {Direction.FOR: "For", Direction.AGAINST: "Against", Direction.UNCLEAR: "Unclear or mixed"}


def _sides(domain: DomainGrade) -> Iterator[tuple[str, list[EvidenceItem]]]:
    """Yield the sides of the evidence that a domain reads: always for and against, and unclear if there is any."""
    for direction, title in _TITLES.items():
        items = [item for item in domain.weighed if item.direction is direction]
        if items:
            yield f"{title} ({len(items)})", items
        elif direction is not Direction.UNCLEAR:
            yield f"{title}: none in this dossier", items


def _weighed(item: EvidenceItem) -> Item:
    """Return a list item for an item of evidence: what it showed, and how reliable it is."""
    one = item.evidence
    mark = Mark.DECIDES if item.decides else Mark.NONE
    return Item(_evidence_line(item), (name_of(one),), place_of(one), one.citations, mark)


def _evidence_line(item: EvidenceItem) -> Line:
    """Return the details of an item: result, size, design, risk of bias, effect or statement."""
    pieces = [item.result, item.size, ", ".join(item.design), item.risk_of_bias or ""]
    line: list[str | Span] = ["; ".join(piece for piece in pieces if piece)]
    last = item.effects[0] if item.effects else item.evidence.statement
    if last:
        line += ["; " if line[0] else "", Span(last, most=0 if item.effects else LONGEST)]
    return tuple(line)


def _stated_by_source(domain: DomainGrade) -> Iterator[str]:
    """Yield the stated grade beside the rule's, for each item where they differ."""
    for item in domain.items:
        if item.stated is not None and item.stated != item.grade:
            name = item.evidence.statement or item.evidence.id
            stated, grade = (spaced(word) for word in (item.stated, item.grade))
            yield f"{name}: stated by the source: {stated}; by the rule: {grade}"


def _fields_of(given: Assessment, domain: DomainGrade) -> Iterator[Evidence]:
    """Yield the decisive evidence that is listed nowhere else: fields of the dossier, such as a price."""
    listed = {item.path for item in domain.weighed}
    listed.update(harm.evidence.path for harm in (given.harms.entries if given.harms else ()))
    yield from (one for one in domain.evidence if listed.isdisjoint(_ways_to(one.path)))


def _ways_to(path: Path) -> Iterator[Path]:
    """Yield a path and all its parents."""
    return (path[:end] for end in range(1, len(path) + 1))


def _repeats(domain: DomainGrade, before: Iterable[DomainGrade]) -> DomainGrade | None:
    """Return an earlier domain that reads the same evidence, to avoid listing it twice."""
    paths = {item.path for item in domain.weighed}
    same = (one for one in before if {item.path for item in one.weighed} == paths)
    return next(same, None) if paths else None


# Harms, suggestions, what would change the grades, panel ratings


def _harms(given: Assessment, harms: Harms) -> Iterator[Block]:
    """Yield the harms and warnings by name, the most serious first."""
    deciding = {way for domain in given.domains for one in domain.evidence for way in _ways_to(one.path)}
    yield Heading(2, ("Harms and warnings",))
    yield Paragraph(_harms_head(harms))
    items = (_harm(one, decides=one.evidence.path in deciding) for one in harms.entries)
    yield Bullets(items, "", _MOST_HARMS, rest=_more_harms(harms.entries[_MOST_HARMS:]))


def _harms_head(given: Harms) -> Line:
    """Return how many participants were followed for harms and the reviewers' concern, as far as stated."""
    followed = "" if given.exposed is None else f"{number(given.exposed)} participants were followed for harms."
    if given.concern is None:
        return (followed or "How many participants were followed for harms is not recorded.",)
    line: Line = (followed, f" The reviewers' concern: {given.concern}")
    if given.concern_reason:
        line += (" (", Span(given.concern_reason.rstrip("."), most=LONGEST), ")")
    return (*line, ".")


_BAD = {"died": "fatal", "hospitalized": "needing hospital care"}


def _harm(harm: Harm, *, decides: bool) -> Item:
    """Return a list item for a harm or a warning: its kind, seriousness, count and dose."""
    kind = "" if harm.kind in (HarmKind.COUNT, HarmKind.ADVERSE_EVENT) else harm.kind.words
    bad = "" if harm.kind is HarmKind.COUNT else harm.seriousness or ""
    wording = (kind, _BAD.get(bad, spaced(bad)), harm.numbers, *harm.about)
    line = "; ".join(piece for piece in wording if piece)
    mark = Mark.DECIDES if decides else Mark.NONE
    name = (Span(harm.name.rstrip("."), Style.STRONG, most=LONGEST),)
    return Item((line,) if line else (), name, place_of(harm.evidence), harm.evidence.citations, mark)


def _more_harms(harms: Sequence[Harm]) -> Line:
    """Return the names of the remaining harms, so that none goes unmentioned."""
    line: list[str | Span] = [f"and {len(harms)} more: "]
    for place, harm in enumerate(harms):
        line += ["; " if place else "", Span(harm.name.rstrip("."), most=_SHORT)]
    return tuple(line)


def _suggestions(given: Sequence[SuggestedJudgement]) -> Iterator[Block]:
    if given:
        yield Heading(2, ("What the numbers suggest",))
        command = "evgrade explain FILE"
        settled = (_suggestion(one) for one in given if one.judgement is not None)
        left_open = (_suggestion(one) for one in given if one.judgement is None)
        yield Bullets(settled, "", _MOST_SUGGESTED, command)
        yield Bullets(left_open, "", _MOST_OPEN, command)


def _suggestion(one: SuggestedJudgement) -> Item:
    """Return the judgement that the numbers of an item suggest beside the reviewers' own; or what it still needs."""
    head = f"{name_of(one.item)}, {one.title}: {spaced(one.judgement or 'not settled by the numbers')}"
    tone = Tone.FAIR if one.differs else Tone.NONE
    return Item((strong(head) if one.judgement else head, Span(suggestion_words(one), tone=tone)))


def suggestion_words(one: SuggestedJudgement) -> str:
    """Return how a suggestion compares with the reviewers' judgement, and its numbers; or what it still needs."""
    if one.judgement is None:
        judged = "not judged yet" if one.stated is None else f"judged {spaced(one.stated)}"
        needed = f"; to settle it, add {either(one.missing)}" if one.missing else ""
        rounded = "; the printed numbers are too coarse to tell" if one.hangs_on_rounding else ""
        return f", {judged}{rounded}{needed}"
    if one.stated is None:
        judged = " suggested, not judged yet"
    elif one.differs:
        judged = f" suggested; the reviewers judged {spaced(one.stated)}, which counts"
    else:
        judged = ", as judged" if one.stated == one.judgement else f" or {spaced(one.stated)}, as judged"
    return judged + (f": {'; '.join(one.because)}" if one.because else "")


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


def _panel_items(panel: PanelSummary) -> Iterator[Item]:
    """Yield the raters' grades, their agreement, and the grades that reviewers would give instead of the rule's."""
    for one in panel.grades:
        yield Item((_panel_grade(one),), (one.title,))
    if panel.statistic is not None:
        wording = panel.untold if panel.agreement is None else f"{panel.agreement:.2f}"
        yield Item((f"Agreement of the raters ({panel.statistic}): {wording}",))
    for override in panel.overrides:
        by = override.by or "the reviewers"
        instead = f"{by} would give {override.grade} instead of {override.instead_of}: {override.reason}"
        yield Item((instead,), (override.title,))
    for reason in panel.left_out:
        yield Item((f"Not counted: {reason}",))


def _panel_grade(one: PanelGrade) -> str:
    """Return the grades of raters and rule: «2 raters, from D to F, median between D and F; the rule gives D»."""
    raters = many(len(one.given), "rater")
    if one.best == one.worst:
        return f"{raters} gave {one.best}; the rule {'gives ' + one.grade if one.differs else 'does too'}"
    median = f"between {one.median[0]} and {one.median[1]}" if len(one.median) > 1 else one.median[0]
    return f"{raters}, from {one.best} to {one.worst}, median {median}; the rule gives {one.grade}"


def _other_verdict(given: OtherVerdict) -> Item:
    """Return a list item for a verdict by people: who gave it, when, the verdict, and their words."""
    who = {
        Source.GROUP: f"the review group ({given.by})",
        Source.PUBLISHED: given.by,
        Source.RATER: f"the rater {given.by}",
    }[given.source]
    when = "" if given.date is None else f", {given.date}"
    says = "" if given.says is None else f": {given.says}"
    grades = ", ".join(f"{domain} {grade}" for domain, grade in given.grades)
    system = given.system or ("" if not grades else "grades")
    wording = f" ({system}{': ' if system and grades else ''}{grades})" if system or grades else ""
    line: Line = (strong(f"{capitalized(who)}{when}{says}"), wording)
    if given.statement:
        line += (". ", Span(given.statement, most=LONGEST))
    return Item(line, citations=given.citations)


def _unread(unread: Unread) -> Item:
    """Return how much of a section is not read, and which systems read it."""
    by = f"used by {few(unread.read_by)}" if unread.read_by else "used by no shipped rubric"
    return Item((f"{unread.wording}, from line {unread.location.line}; {by}",))


# Under several rubrics


def _compared_page(assessments: Sequence[Assessment]) -> Iterator[Block]:
    """Yield the assessments of one dossier under several rubrics side by side."""
    first = assessments[0]
    compared = compare(assessments)
    yield Heading(1, (f"{first.therapy} for {first.condition}",), _reviewed(first))
    yield Table([Column("Rubric"), *(Column(one.subject) for one in compared)], list(_rows(assessments, compared)))
    yield from open_note(assessments)
    recommended = recommending(assessments)
    if recommended:
        yield Heading(2, ("Recommendations",))
        yield Bullets([Item((_level(one),), (one.rubric,)) for one in recommended])
    yield from _differences([one for one in compared if one.because is not None])
    for one in assessments:
        if one.without_retracted is not None:
            yield Heading(2, (f"{one.rubric} without evidence from retracted papers",))
            yield Bullets(without_items(one.without_retracted))
    yield from findings(first)
    yield Foot(f"evgrade {first.version}", first.dossier_file)


def _reviewed(assessment: Assessment) -> str:
    """Return when and by whom a dossier was reviewed, as far as stated."""
    date = f"reviewed {assessment.review_date}" if assessment.review_date else ""
    group = f"by {assessment.review_group}" if assessment.review_group else ""
    return f"{date} {group}".strip()


def _rows(assessments: Sequence[Assessment], compared: Sequence[Compared]) -> Iterator[tuple[Part]]:
    """Yield one row per rubric, with its grade for each subject."""
    for one in assessments:
        yield row(one.rubric, *(_opinions(subject, one.rubric) for subject in compared))


def _opinions(subject: Compared, rubric: str) -> Span:
    given = [grade_span(one.domain) for one in subject.opinions if one.rubric == rubric]
    return given[0] if len(given) == 1 else strong(" / ".join(one.text for one in given))


def _level(assessment: Assessment) -> str:
    others = other_levels(assessment.recommendation)
    wording = f" (provisional; still possible: {'; '.join(others)})" if others else ""
    return level_words(assessment.recommendation) + wording


def _differences(differing: Sequence[Compared]) -> Iterator[Block]:
    if not differing:
        yield Paragraph(("Where the systems grade the same subject, they agree.",))
        return
    yield Heading(2, ("Where the systems differ",))
    for subject in differing:
        yield Heading(3, (subject.subject,))
        yield Paragraph((f"The systems differ because {subject.because}",))
        yield Bullets(
            [
                Item((rule.means if rule else domain.means,), (f"{rubric} {grade_words(domain)}",))
                for rubric, domain, rule in ((one.rubric, one.domain, one.domain.rule) for one in subject.opinions)
            ]
        )
