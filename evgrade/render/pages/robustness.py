"""How firm a verdict is, for decision-makers: short sentences, the most important first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, assert_never

from evgrade.grading.resting import at, name_at
from evgrade.logic import Truth
from evgrade.model import Path, dotted
from evgrade.render.page import (
    Block,
    Bullets,
    Column,
    Heading,
    Item,
    Paragraph,
    Part,
    Place,
    Rule,
    Table,
    capitalized,
    row,
    spaced,
    strong,
)
from evgrade.render.pages.next_study import next_blocks
from evgrade.render.pages.words import (
    NUMBERS,
    few,
    foot,
    grade_span,
    level_words,
    open_note,
    other_levels,
    rounded,
    score_words,
)
from evgrade.robustness.judgements import Fewest, Flip, Step
from evgrade.robustness.moving import Contradicted, How, Moved, moving
from evgrade.robustness.next_study import next_study
from evgrade.robustness.numbers import Fragile, Repooled
from evgrade.robustness.removals import What
from evgrade.robustness.robust import Removed, Robustness
from evgrade.robustness.standing import LEVEL, SCORE, Becomes, Standing, changes
from evgrade.robustness.strands import Strand
from evgrade.robustness.summary import Firmness
from evgrade.robustness.thresholds import Threshold, Turn, thresholds
from evgrade.robustness.unknown import FoundIn, Unknown
from evgrade.rubric.conditions.base import Numeric
from evgrade.rubric.model import Points
from evgrade.rubric.phrases import either, listing, number

_MOST = 12
_MOST_SETS = 3


def robustness_page(results: Sequence[Robustness]) -> Iterator[Block]:
    """Yield how firm each verdict is."""
    for place, one in enumerate(results):
        if place:
            yield Rule()
        yield Heading(1, (f"How firm the verdict is: {one.assessment.therapy} for {one.assessment.condition}",))
        yield Paragraph((strong(verdict_words(one)),))
        yield Table([Column(""), Column("Grade", share=1), Column("How firm", share=2)], list(_rows(one)))
        yield from open_note([one.assessment])
        yield from _removed(one)
        yield from _judgements(one)
        yield from _thresholds(one)
        yield from _unknown(one)
        yield from next_blocks(next_study(one))
        yield from _numbers(one)
        yield from _moving(one)
        yield from _strands(one)
        yield foot(one.assessment)


def threads(one: Robustness) -> str:
    """Return in words what alone moves or settles a recommendation; if there is much, the first."""
    facts = [
        f"not known: {fact_words(one, fact.fact.path)}"
        for fact in one.unknown.facts
        if fact.settles and one.unknown.what == (LEVEL,)
    ]
    steps = [step_words(one.dossier.data, flip.steps[0]) for flip in one.steps if flip.after.moved_from(one.before)]
    pieces = [
        removed_words(removed).removeprefix("Without ")
        for removed in one.removed
        if removed.after.moved_from(one.before) and removed.removal.what is not What.CLASS
    ]
    if facts or steps or pieces:
        return few([*facts, *steps, *pieces])
    given = one.assessment.recommendation
    together = () if given is None else tuple(fact_words(one, fact.path) for fact in given.settles)
    return f"several missing facts: {few(together)}" if together else ""


def firm_words(given: Firmness) -> str:
    """Return a class of firmness in words."""
    match given:
        case Firmness.PROVISIONAL:
            return "provisional: a missing fact can change it"
        case Firmness.ONE_JUDGEMENT:
            return "depends on one judgement"
        case Firmness.ONE_PIECE:
            return "depends on one piece of evidence"
        case Firmness.FIRM:
            return "firm: no single judgement, item or source changes it"
        case _:
            assert_never(given)


def verdict_words(one: Robustness) -> str:
    """Return a sentence on how firm the recommendation is."""
    given = one.assessment.recommendation
    if given is None:
        graded = "No evidence that the rubric uses is recorded, so there is no recommendation."
        return "This rubric gives grades but no recommendation." if one.assessment.recorded else graded
    title = f"“{given.title}”"
    firm = one.firmness[LEVEL]
    match firm:
        case Firmness.PROVISIONAL:
            could = either([f"“{other}”" for other in other_levels(given)])
            return f"{title} is provisional: facts are missing, and with them it could be {could}."
        case Firmness.ONE_JUDGEMENT:
            return f"{title} depends on one judgement: one step up or down changes it."
        case Firmness.ONE_PIECE:
            return f"{title} depends on one piece of evidence: without it, the verdict changes."
        case Firmness.FIRM:
            return f"{title} is firm: no single judgement and no single piece of evidence changes it."
        case _:
            assert_never(firm)


def _rows(one: Robustness) -> Iterator[tuple[Part]]:
    for domain in one.assessment.domains:
        yield row(domain.title, grade_span(domain), firm_words(one.firmness[domain.name]))
    if SCORE in one.firmness and one.assessment.score is not None:
        yield row(one.assessment.score.title, score_words(one.assessment), firm_words(one.firmness[SCORE]))
    if LEVEL in one.firmness:
        words = level_words(one.assessment.recommendation)
        yield row("Recommendation", words, firm_words(one.firmness[LEVEL]))


def _removed(one: Robustness) -> Iterator[Block]:
    yield Heading(2, ("Evidence removed",))
    if not one.removed:
        yield Paragraph(("The dossier lists no evidence.",))
        return
    moves = [(removed, become_words(one, removed.after)) for removed in one.removed]
    yield from _listed([_removed_item(one, removed, wording) for removed, wording in moves if wording])
    unmoved = [removed for removed, wording in moves if not wording]
    if unmoved:
        others = "other " if len(unmoved) < len(moves) else ""
        counts = Counter(removed.removal.what for removed in unmoved)
        kinds = [f"{counts[kind]} {_KINDS[kind][counts[kind] != 1]}" for kind in What if counts[kind]]
        each = "one at a time, " if len(unmoved) > 1 else ""
        yield Paragraph((f"Removing {others}evidence ({listing(kinds)}), {each}changes no grade.",))


_KINDS = {
    What.ITEM: ("item", "items"),
    What.SOURCE: ("source", "sources"),
    What.COHORT: ("cohort", "cohorts"),
    What.SPONSOR: ("sponsor", "sponsors"),
    What.GROUP: ("group", "groups"),
    What.CLASS: ("class", "classes"),
}


def removed_words(removed: Removed) -> str:
    """Return in words which evidence was removed."""
    removal = removed.removal
    if removal.what is What.CLASS:
        return f"Without all {removal.name}"
    kind = "" if removal.what is What.ITEM else f"{_KINDS[removal.what][0]} "
    return f"Without {kind}{removal.name}"


def _removed_item(one: Robustness, removed: Removed, wording: str) -> Item:
    place = _place(one, removed.removal.paths[0]) if removed.removal.what is What.ITEM else None
    also = f" ({len(removed.left_out)} entries removed)" if len(removed.left_out) > 1 else ""
    return Item((f"{wording}{also}",), (removed_words(removed),), place)


def _judgements(one: Robustness) -> Iterator[Block]:
    yield Heading(2, ("Judgements changed by one step",))
    if not one.steps:
        yield Paragraph(("The reviewers state no judgement that can be moved.",))
        return
    items = [_flip_item(one, flip) for flip in one.steps]
    moving = [item for item in items if any(item.line)]
    yield from _listed(moving)
    unmoved = len(items) - len(moving)
    if unmoved:
        others = "other " if moving else ""
        steps = "change makes" if unmoved == 1 else "changes, each on its own, make"
        yield Paragraph((f"The {others}{unmoved} possible {steps} no difference to any grade.",))
    if one.fewest is not None:
        yield from _fewest(one, one.fewest)


def _flip_item(one: Robustness, flip: Flip) -> Item:
    names = listing([step_words(one.dossier.data, step) for step in flip.steps])
    return Item((become_words(one, flip.after),), (names,), _place(one, flip.steps[0].path))


def step_words(data: object, step: Step) -> str:
    """Return a step of a judgement, such as «trial-a result changed from benefit to mixed»."""
    return f"{name_at(data, step.path)} changed from {_said(step.now)} to {_said(step.moved)}"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spaced(value)


def _fewest(one: Robustness, given: Fewest) -> Iterator[Block]:
    yield Heading(2, ("The fewest judgements that change the recommendation",))
    if given.never:
        yield Paragraph(("None: the recommendation is the same whatever the reviewers judge.",))
        return
    if not given.flips:
        tried = (
            "every step was tried"
            if given.looked_at == 1
            else f"every set of up to {NUMBERS[given.looked_at]} was tried"
        )
        yield Paragraph((f"None found: {tried}, and larger sets were searched.",))
        return
    size = len(given.flips[0].steps)
    many = NUMBERS[size] if size < len(NUMBERS) else str(size)
    if given.is_exact:
        sets = f"{len(given.flips)} ways" if len(given.flips) > 1 else "one way"
        yield Paragraph((f"{many.capitalize()}, in {sets}; every smaller set was tried.",))
    else:
        wording = f"{many.capitalize()} were found by search; every set of up to {NUMBERS[given.looked_at]} was tried."
        yield Paragraph((f"{wording} Fewer may suffice.",))
    if size > 1:
        yield from _listed([_flip_item(one, flip) for flip in given.flips])


def _unknown(one: Robustness) -> Iterator[Block]:
    given = one.unknown
    if not given.facts:
        return
    yield Heading(2, ("What is not known",))
    opens = "the recommendation" if given.what == (LEVEL,) else "these grades"
    if not given.what:
        yield Paragraph(("Facts are missing, but none of them can change a grade.",))
    yield from _listed([_fact(one, fact) for fact in given.facts])
    sure = [each for each in given.sets if each.settles == each.of]
    for each in (sure or given.sets)[:_MOST_SETS]:
        names = listing([fact_words(one, fact.path) for fact in each.facts])
        how = "settles" if len(each.facts) == 1 else "together settle"
        can = "can settle" if len(each.facts) == 1 else "together can settle"
        wording = f"{how} {opens}" if each in sure else f"{can} {opens}, in {each.settles} of {each.of} ways tried"
        yield Paragraph((f"{names} {wording}.",))
    if given.what and not given.sets:
        most = f"No set of up to {NUMBERS[given.looked_at]} of these facts" if given.looked_at else "No single fact"
        yield Paragraph((f"{most} settles {opens}.",))


def fact_words(one: Robustness, path: Path) -> str:
    """Return the name of a missing fact: the id of its item, and its field."""
    for end in range(len(path), 0, -1):
        try:
            value = at(one.dossier.data, path[:end])
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(value, dict) and "id" in value:
            return f"{value['id']} {dotted(path[end:])}"
    return dotted(path)


def _fact(one: Robustness, given: Unknown) -> Item:
    place = Place(given.fact.location.file, given.fact.location.line)
    names = one.unknown.what or tuple(one.before.grades)
    could = [words for name in names if (words := _gives(one, given, name))]
    alone = f" Alone it can give {'; '.join(could)}." if could else ""
    settled = f" It settles the matter for {given.settles} of {len(given.turns)} values." if given.settles else ""
    means = capitalized(given.fact.means).rstrip(".")
    wording = f"{means}. {_COSTS[given.found_in]}{alone}{settled}"
    return Item((wording,), (fact_words(one, given.fact.path),), place)


_COSTS = {
    FoundIn.PAPER: "Look in the paper.",
    FoundIn.REGISTRY: "Look in the registry.",
    FoundIn.SEARCH: "This takes a search.",
    FoundIn.NEW_STUDY: "The paper does not report it: ask its authors, or run a new study.",
}


def _gives(one: Robustness, given: Unknown, name: str) -> str:
    """Return what an open grade can become with one fact known; empty if that fact alone cannot move it."""
    if name == LEVEL and one.rubric.recommendation is not None:
        levels = {turn.after.level for turn in given.turns if turn.after.level is not None}
        if levels <= {one.before.level}:
            return ""
        titles = [f"“{level.title}”" for level in one.rubric.recommendation.levels if level.name in levels]
        return f"the recommendation {either(titles)}"
    grades = frozenset(turn.after.grades[name][0] for turn in given.turns)
    domain = one.rubric.domain(name)
    return "" if grades <= {one.before.grades[name][0]} else f"{domain.title} {either(domain.scale.in_order(grades))}"


def _numbers(one: Robustness) -> Iterator[Block]:
    if not one.fragile and not one.repooled:
        return
    yield Heading(2, ("Numbers",))
    yield from _listed([_fragile(one, each) for each in one.fragile])
    yield from _listed([Item((_repooled(each),), (each.outcome,)) for each in one.repooled])


def _strands(one: Robustness) -> Iterator[Block]:
    """Yield the strands of dependent studies, and the grades that rest on fewer strands than items."""
    if not one.strands:
        return
    yield Heading(2, ("Studies that are not independent",))
    yield from _listed([_strand(each) for each in one.strands])
    for sentence in strands_words(one):
        yield Paragraph((sentence,))


def strands_words(one: Robustness) -> Iterator[str]:
    """Yield a sentence for each grade that rests on fewer strands than items."""
    titles = {domain.name: domain.title for domain in one.assessment.domains}
    for each in one.rests_on:
        if each.strands < each.items:
            strand = "strand" if each.strands == 1 else "strands"
            yield f"{titles[each.name]} rests on {each.items} items in {each.strands} {strand}."


def _strand(given: Strand) -> Item:
    shares = listing([f"the {key} {text}" for key, text in given.shares])
    return Item((f"share {shares}",), (listing(given.items),))


def _fragile(one: Robustness, given: Fragile) -> Item:
    if given.index is None:
        wording = "no number of additional events would make the result non-significant"
    else:
        events = "one more event" if given.index == 1 else f"{given.index} more events"
        wording = f"{events} in the arm with fewer events would make the result non-significant"
    rests = ", and a grade rests on it" if given.decides else ""
    outcome = f" {given.outcome}" if given.outcome else ""
    words = f"{wording} (fragility index, two-sided exact p {given.p:.2g}){rests}"
    return Item((words,), (f"{given.study}{outcome}",), _place(one, given.path))


def _repooled(given: Repooled) -> str:
    first = given.methods[0]
    finds = "excludes the null value (no effect)" if first.excludes_none else "includes the null value (no effect)"
    parts = [f"the pooled {given.measure} {finds} by {first.how}"]
    others = given.disagreeing
    parts.append(f"but not by {listing(others)}" if others else "as by every other method tried")
    hangs = f"; without {either(given.hangs_on)} that changes" if given.hangs_on else "; no single study changes that"
    return ", ".join(parts) + hangs


def _listed(items: Sequence[Item]) -> Iterator[Block]:
    if items:
        yield Bullets(items, most=_MOST, command="evgrade robustness FILE --format json")


def _place(one: Robustness, path: Path) -> Place:
    location = one.dossier.document.location(path)
    return Place(location.file, location.line)


# How far the bounds of the rubric can move


def _thresholds(one: Robustness) -> Iterator[Block]:
    """Yield how far each bound can move, those closest to changing something first."""
    found = thresholds(one.dossier.data, one.rubric, one.before)
    if not found:
        return
    yield Heading(2, ("Thresholds of the rubric",))
    near = [threshold for threshold in found if threshold.distance is not None]
    yield from _listed([Item((_threshold_words(one, each),), (_bound_name(each),)) for each in near])
    left = len(found) - len(near)
    if left:
        others = "other " if near else ""
        bounds = (
            "threshold, moved in either direction, changes"
            if left == 1
            else "thresholds, each moved on its own in either direction, change"
        )
        cut = any(turn is not None for each in found if each.distance is None for turn in (each.lower, each.higher))
        far = "as far as they were tried" if cut else "however far"
        yield Paragraph((f"The {others}{left} {bounds} no grade, {far}.",))


def moving_words(one: Robustness) -> Iterator[str]:
    """Yield the bounds that move the recommendation, and where, the closest first."""
    for given in thresholds(one.dossier.data, one.rubric, one.before):
        for turn, way, past in ((given.lower, "fell", "below"), (given.higher, "rose", "above")):
            far = given.distance is None or given.distance >= 1
            if turn is None or turn.after is None or far or not turn.after.moved_from(one.before):
                continue
            to = (
                f"{past} {_bound_words(given, turn.last)}"
                if turn.first is None
                else f"to {_bound_words(given, turn.first)}"
            )
            then = become_words(one, turn.after)
            yield f"If the threshold “{demand_words(given)}” {way} {to}: {then}."


def demand_words(given: Threshold) -> str:
    """Return the demand that contains a bound; empty if it does not affect grading."""
    if given.by is None:
        return ""
    if isinstance(given.by, Points):
        return _ON_POINTS[given.bound.word].format(_bound_words(given, given.bound.value))
    return given.by.describe()


def _bound_name(given: Threshold) -> str:
    """Return the demand that contains a bound, and its place in the rubric."""
    bound = given.bound
    return f"{demand_words(given)} ({bound.rule}, {PurePath(bound.location.file).name}:{bound.location.line})"


_ON_POINTS = {
    "floor": "no fewer than {} points",
    "ceiling": "no more than {} points",
    "at_most": "at most {} points",
    "at_least": "from {} points",
}


def _threshold_words(one: Robustness, given: Threshold) -> str:
    """Return how far a bound can move, in one or two sentences."""
    lower, higher = (
        _turn_words(one, given, given.lower, "down", "below"),
        _turn_words(one, given, given.higher, "up", "above"),
    )
    if given.lower is None:
        return f"{higher}. Lowering it changes nothing"
    return f"{lower}. {higher}" if given.higher is not None else f"{lower}. Raising it changes nothing"


def _turn_words(one: Robustness, given: Threshold, turn: Turn | None, way: str, past: str) -> str:
    value = _bound_words(given, given.bound.value)
    if turn is None:
        return ""
    last, first = _bound_words(given, turn.last), _bound_words(given, turn.first)
    if turn.after is None:
        return f"{value} can go {way} to {last}; larger moves were not tried"
    then = become_words(one, turn.after)
    if turn.first is None:
        may = "" if turn.last == given.bound.value else f"{value} can go {way} to {last}; "
        return f"{may}{past} {last}, {then}"
    if turn.last is None:
        return f"{value} can go {way} to just {'above' if way == 'down' else 'below'} {first}; at {first}, {then}"
    may = "" if turn.last == given.bound.value else f"{value} can go {way} to {last}; "
    return f"{may}at {first}, {then}"


def _bound_words(given: Threshold, value: Any) -> str:
    if value is None or isinstance(value, str):
        return str(value)
    return number(value, percent=isinstance(given.by, Numeric) and given.by.percent)


# Numbers moved within their intervals and rounding error


def _moving(one: Robustness) -> Iterator[Block]:
    """Yield the numbers whose moves change something, grades first, and the count of moves tried."""
    found = moving(one.dossier, one.rubric, one.before)
    if not found.tried:
        return
    yield Heading(2, ("Numbers varied within their intervals and rounding error",))
    yield from _listed([_moved_item(one, moved) for moved in found.changing])
    how = "each printed number by half a unit of its last digit, and each estimate to either end of its interval"
    left = found.tried - len(found.changing)
    moves = "move was" if found.tried == 1 else "moves were"
    wording = f"{found.tried} {moves} tried: {how}."
    if left:
        others = "None" if not found.changing else "No other"
        wording += f" {others} changes a grade, a condition on a number, or whether an interval excludes no effect."
    if found.changing and not any(moved.after.differs(one.before) for moved in found.changing):
        wording += " None of them changes a grade."
    yield Paragraph((wording,))


def _moved_item(one: Robustness, moved: Moved) -> Item:
    move = moved.move
    to = "at the end of its interval, " if move.how is How.INTERVAL else "as "
    name = f"{name_at(one.dossier.data, move.path)} {move.written}, {to}{number(move.value)}"
    return Item((_moved_words(one, moved),), (name,), _place(one, move.path))


def _moved_words(one: Robustness, moved: Moved) -> str:
    """Return what moving a number changes, as a phrase."""
    wording = []
    if moved.after.differs(one.before):
        wording.append(become_words(one, moved.after))
    if moved.excludes_none is not None:
        wording.append(f"the interval {'excludes' if moved.excludes_none else 'includes'} no effect")
    wording += [_contradicted(one, each) for each in moved.contradicted]
    wording += [f"“{each.means}” {_NOW[each.after]}" for each in moved.conditions]
    return "; ".join(wording)


def _contradicted(one: Robustness, given: Contradicted) -> str:
    name = name_at(one.dossier.data, given.path)
    stated = spaced(given.stated)
    if given.suggested is None:
        return f"the reviewers state {stated} for {name}, which this interval alone would not show"
    return f"the reviewers state {stated} for {name}, and the numbers would suggest {spaced(given.suggested)}"


_NOW: dict[Truth, str] = {True: "now holds", False: "no longer holds", None: "is no longer known"}


# Changes of grades


def become_words(one: Robustness, after: Standing) -> str:
    """Return how the grades change, as a phrase; empty if they stay the same."""
    return "; ".join(map(_becomes, changes(one.rubric, one.before, after)))


def _becomes(one: Becomes) -> str:
    before, after = (_named(one, value) for value in (one.before, one.after))
    subject = before if one.name == LEVEL else f"{one.title} {before}"
    open_now = not one.is_settled and one.name != SCORE
    others = [name for other in one.possible if (name := _named(one, other)) != after] if open_now else []
    if one.before == one.after:
        return f"{subject} is no longer settled and could be {either(others)}"
    could = f" (could be {either(others)})" if others else ""
    return f"{subject} becomes {after}{could}"


def _named(one: Becomes, value: str | float | None) -> str:
    """Return a grade; a level, which is a sentence of its own, in quotation marks."""
    return f"“{_value(value)}”" if one.name == LEVEL else _value(value)


def _value(value: str | float | None) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else rounded(value)
