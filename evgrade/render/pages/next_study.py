"""What the next study would have to be, in words for a funder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from evgrade.render.page import Block, Bullets, Heading, Item, Line, Paragraph, capitalized, strong
from evgrade.render.pages.words import NUMBERS
from evgrade.robustness.additions import Added, Addition
from evgrade.robustness.chances import RESULTS, Chance, Chances
from evgrade.robustness.next_study import NextStudy
from evgrade.robustness.planning import POWERS, Assumed, Plan, Size
from evgrade.robustness.reaching import LARGEST_SET, Reach, Towards
from evgrade.robustness.standing import LEVEL
from evgrade.rubric.phrases import either, listing, number

_ONE_OF = {"people": "person", "animals": "animal"}
_MEASURES = {
    "RR": "a risk ratio",
    "OR": "an odds ratio",
    "HR": "a hazard ratio",
    "rate_ratio": "a rate ratio",
    "ratio_of_means": "a ratio of means",
    "log_ratio": "a logarithm of a ratio",
    "RD": "a risk difference",
}
_SHOWN = dict(zip(RESULTS, ("benefit", "no benefit", "harm"), strict=True))
_ALONE = (
    "The grades rest on judgements that a study cannot supply, so no single study changes a grade under this rubric."
)

_SOUND = (
    "Sound means at low risk of bias; for a trial also controlled, and masked as far as this kind of therapy allows."
)


def next_blocks(given: NextStudy) -> Iterator[Block]:
    """Yield what the next study would have to be, its size, and how likely it is to move the verdict."""
    yield Heading(2, ("The next study",))
    if not given.names:
        yield Paragraph((_ALONE,))
        return
    for reach in given.reached:
        if reach.name == LEVEL:
            yield from (Paragraph(line) for line in _level(reach))
    yield from _domains([reach for reach in given.reached if reach.name != LEVEL])
    if any("sound" in one.addition.title for one in _all_added(given)):
        yield Paragraph((_SOUND,))
    if given.plan is not None:
        yield Paragraph((strong("How large. "), size_words(given.plan, given.so_far)))
    if given.excluded:
        rates = [f"{number(one.people)} exclude 1 in {number(round(1 / one.rate))}" for one in given.excluded]
        wording = "People followed without a harm exclude, with 95% confidence, the rates that the rules name"
        rule = "about 3 divided by the rate (the rule of three)"
        yield Paragraph((strong("How safe. "), f"{wording}: {listing(rates)}, {rule}."))
    if given.chances is not None and given.plan is not None:
        yield Paragraph((strong("How likely. "), " ".join(chance_words(given.chances, given.plan, given.reached))))


def in_short(given: NextStudy) -> Iterator[str]:
    """Yield the same for the recommendation, in a few sentences."""
    for reach in given.reached if given.names else ():
        for towards in (reach.better, reach.worse) if reach.name == LEVEL else ():
            if towards is not None:
                yield "".join(_towards(towards, f"“{reach.now}”", "“{}”"))
    if given.plan is not None:
        yield size_words(given.plan, given.so_far)
    if given.plan is not None and given.chances is not None:
        yield " ".join(chance_words(given.chances, given.plan, given.reached))


# What it would have to be


def _all_added(given: NextStudy) -> Iterator[Added]:
    sides = (side for reach in given.reached for side in (reach.better, reach.worse) if side is not None)
    for side in sides:
        yield from () if side.way is None else side.way.added


def _level(reach: Reach) -> Iterator[Line]:
    if not reach.is_settled:
        yield ("The recommendation is provisional: find the missing facts first. A study may then not be needed.",)
    for towards in (reach.better, reach.worse):
        if towards is not None:
            yield tuple(_towards(towards, f"“{reach.now}”", "“{}”"))


def _domains(reached: Sequence[Reach]) -> Iterator[Block]:
    items = []
    for reach in reached:
        sides = [replace(side, out_of_reach=()) for side in (reach.better, reach.worse) if side is not None]
        lines = [
            " ".join(str(part) for part in _towards(side, reach.now, "{}")) for side in sides if side.way is not None
        ]
        none = "No addition tried changes it."
        items.append(Item((" ".join(lines) or none,), (f"{reach.title} {reach.now}",)))
    if items:
        yield Bullets(items)


def _towards(towards: Towards, now: str, quoted: str) -> Iterator[str]:
    missed = either([quoted.format(title) for title in towards.out_of_reach] or [""])
    if towards.way is None:
        gate = f": {towards.gate}" if towards.gate is not None else ""
        yield f"{_up_to(towards)} leads to {missed}{gate}."
        return
    if missed:
        yield f"Nothing tried leads to exactly {missed}. "
    way = towards.way
    what = added_words(way.added)
    gives = quoted.format(way.title)
    if way.is_certain:
        yield f"To move from {now} to {gives}: {what}."
    else:
        yield f"This could move {now} to {gives}, but not for certain, as facts are missing: {what}."
    if not towards.is_exact:
        yield " Less may suffice: not every smaller set was tried."


def _up_to(towards: Towards) -> str:
    if towards.looked_at == 0:
        return "No addition tried"
    many = NUMBERS[min(towards.looked_at, LARGEST_SET)]
    return f"No set of up to {many} additions" if towards.looked_at > 1 else "No single addition"


def added_words(given: Sequence[Added]) -> str:
    """Return additions in words: «two sound randomized trials that show benefit, each of at least 50 people»."""
    alike: dict[Addition, list[Added]] = {}
    for one in given:
        alike.setdefault(one.addition, []).append(one)
    return "; and ".join(_words(addition, added) for addition, added in alike.items())


def _words(addition: Addition, added: Sequence[Added]) -> str:
    people = [_people(one) for one in added]
    if addition.events is not None:
        return addition.title.format(n=people[0])
    named = addition.title if len(added) == 1 else f"{NUMBERS[len(added)]} {addition.plural}"
    if all(one.n == 1 for one in added):
        return named
    if len(added) == 1:
        return f"{named}, {'in' if addition.section == 'cases' else 'of'} {people[0]}"
    return f"{named}, each of {people[0]}" if len(set(people)) == 1 else f"{named}, of {listing(people)}"


def _people(given: Added) -> str:
    noun = given.addition.people or "people"
    if not given.is_bounded or (given.n == 1 and not given.addition.largest):
        return noun
    if given.addition.largest:
        return f"any number of {noun}" if given.is_unlimited else f"at most {_counted(given.n, noun)}"
    return f"at least {_counted(given.n, noun)}"


def _counted(n: int, noun: str) -> str:
    return f"{number(n)} {_ONE_OF.get(noun, noun) if n == 1 else noun}"


# How large


def size_words(plan: Plan, so_far: int | None) -> str:
    """Return how many people the planned trial needs for which effect, and how many trials have so far."""
    first, second = plan.sizes
    needs = f"{number(first.per_arm)} people in each of two arms{_events(first)}"
    less = f"with {_percent(second.power)} power, {number(second.per_arm)}{_events(second)}"
    sizes = f"To find {_effect(plan)}, with {_percent(first.power)} power, a trial needs {needs}; {less}."
    return " ".join([sizes, "The test is two-sided, at 5%.", _assumption(plan), *_information(plan, so_far)])


def _information(plan: Plan, so_far: int | None) -> Iterator[str]:
    if so_far is None:
        return
    needed = plan.information_size
    yield f"All trials together need {number(needed)} people, the optimal information size."
    if not so_far:
        yield "The dossier has no randomized trial of this therapy in this condition yet."
    elif so_far < needed:
        yield f"Those in the dossier have {number(so_far)}, which is {_percent(so_far / needed)}."
    else:
        yield f"Those in the dossier have {number(so_far)}, so this is reached."


def _events(size: Size) -> str:
    return "" if size.events is None else f", until {number(size.events)} people in all have had the event"


def _effect(plan: Plan) -> str:
    known = plan.known
    on = "" if known is None or known.measure != plan.measure else f" on “{known.outcome}”"
    if plan.assumed is Assumed.HALF:
        units = "" if plan.spread is None else f" ({number(round(plan.smallest, 1))})"
        return f"a difference of half a standard deviation{units}{on}"
    size = number(round(plan.smallest, 3))
    if plan.measure == "SMD":
        return f"a difference of {size} standard deviations{on}"
    return f"{_MEASURES.get(plan.measure, 'a difference')} of {size}{on}"


def _assumption(plan: Plan) -> str:
    counts_on = []
    if plan.risk is not None:
        counts_on.append(f"{_percent(plan.risk)} have the event without the therapy")
    if plan.spread is not None:
        counts_on.append(
            f"the standard deviation is {number(round(plan.spread, 1))}, derived from the present interval"
        )
    besides = f" It assumes that {listing(counts_on)}." if counts_on else ""
    match plan.assumed:
        case Assumed.STATED:
            return f"The dossier states that effect as the smallest that matters.{besides}"
        case Assumed.QUARTER:
            return f"The dossier states no smallest effect that matters; a quarter is the usual assumption.{besides}"
        case Assumed.HALF:
            return (
                "The dossier states no smallest effect that matters that determines a sample size; "
                f"half a standard deviation is the usual assumption.{besides}"
            )
        case _:
            assert_never(plan.assumed)


# How likely


def chance_words(given: Chances, plan: Plan, reached: Sequence[Reach]) -> Iterator[str]:
    """Yield sentences on how likely each result of the planned trial is, and the grades that follow."""
    yield _prior(given, plan)
    subject = "such a trial" if given.trials == 1 else f"the first of {NUMBERS[given.trials]} such trials"
    shows = listing([f"{_SHOWN[one.name]} {_chance(one)}" for one in given.results if one.probability])
    yield f"Then the chances of {subject}, with {_percent(POWERS[0])} power for the effect above, are: {shows}."
    if given.beside:
        yield f"This assumes that there is also {added_words(given.beside)}."
    titles = {one.name: one.title for one in reached}
    for name, chances in given.given:
        quoted, subject = ("“{}”", "the recommendation") if name == LEVEL else ("{}", titles[name])
        may_be = "is" if all(one.is_certain for one in chances) else "is, unless missing facts change it,"
        if len(chances) == 1:
            yield f"Whatever it shows, {subject} {may_be} {quoted.format(chances[0].title)}."
            continue
        wording = listing([f"{quoted.format(one.title)} {_chance(one)}" for one in chances])
        yield f"{capitalized(subject)} then {may_be} {wording}."
    if not given.given:
        yield "Whatever it shows, no grade changes."
    yield f"Simulated {number(given.draws)} times; ± is the simulation error, in percentage points."


def _prior(given: Chances, plan: Plan) -> str:
    if given.prior.is_sceptical or plan.known is None:
        return (
            "No present data suggest what to expect, so the prior is sceptical: no effect on average, and a 1 in 20 "
            "chance that the true effect is larger than the one above."
        )
    return (
        f"Suppose that the true effect is what the data so far on “{plan.known.outcome}” suggest, allowing for their"
        " error."
    )


def _chance(given: Chance) -> str:
    return f"{_rounded(given.probability)} (± {given.error * 100:.1f})"


def _rounded(share: float) -> str:
    if 0 < share < _LEAST:
        return "under 1%"
    return "over 99%" if 1 - _LEAST < share < 1 else _percent(share)


_LEAST = 0.005


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"
