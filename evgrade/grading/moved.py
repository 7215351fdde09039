"""How changes in the evidence moved the grades: which rules changed, and because of which entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evgrade.dossier import Dossier
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, DomainGrade, RuleUsed
from evgrade.grading.evidence_diff import EntryChanged, evidence_diff
from evgrade.grading.trace import Trace, Tracer, rule_used, supporting, within
from evgrade.logic import Truth
from evgrade.model import Path
from evgrade.rubric.conditions.base import Context
from evgrade.rubric.conditions.lists import Every
from evgrade.rubric.conditions.values import FieldTest
from evgrade.rubric.model import Domain, Ladder, Rubric, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMoved:
    """A deciding rule whose truth differs between two dossiers.

    Attributes:
        rule: the rule.
        before: whether it held for the old dossier; None if unknown.
        after: whether it holds for the new one; None if unknown.
        rests_on: the names of the changed entries that it rests on.
    """

    rule: RuleUsed
    before: Truth
    after: Truth
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainMoved:
    """A domain before and after, with a change in its grade, possible grades, points or rule.

    Attributes:
        name: its name.
        title: its title.
        before: its grade in the old dossier.
        after: its grade in the new one.
        rules: the deciding rules that moved it; none for points or for single items.
        rests_on: the names of the changed entries that the grade before or the grade after rests on.
    """

    name: str
    title: str
    before: DomainGrade
    after: DomainGrade
    rules: tuple[RuleMoved, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierDiff:
    """What changed between two dossiers, and how that moved their grades.

    Attributes:
        before: the assessment of the old dossier.
        after: that of the new one.
        entries: the entries of evidence that changed.
        domains: the domains that moved, in the order of the rubric.
    """

    before: Assessment
    after: Assessment
    entries: tuple[EntryChanged, ...]
    domains: tuple[DomainMoved, ...]


def diff_dossiers(old: Dossier, new: Dossier, rubric: Rubric) -> DossierDiff:
    """Return what changed between two valid dossiers, and how that moved their grades under a rubric."""
    before, after = assess(old, rubric), assess(new, rubric)
    entries = evidence_diff(old, new)
    moves = _Moves(_tracer(old), _tracer(new), entries)
    domains = tuple(
        moves.domain(domain, one, other)
        for domain, one, other in zip(rubric.domains, before.domains, after.domains, strict=True)
        if _state(one) != _state(other)
    )
    return DossierDiff(before=before, after=after, entries=entries, domains=domains)


def _state(domain: DomainGrade) -> tuple[object, ...]:
    return domain.grade, domain.possible, domain.points, domain.rule


class _Moves:
    """Finds why domains moved."""

    def __init__(self, old: Tracer, new: Tracer, entries: tuple[EntryChanged, ...]) -> None:
        self._old = old
        self._new = new
        self._entries = entries

    def domain(self, domain: Domain, before: DomainGrade, after: DomainGrade) -> DomainMoved:
        """Return a domain that moved, with the rules that moved it."""
        rules: tuple[RuleMoved, ...] = ()
        if isinstance(domain.method, Ladder) and domain.each is None:
            deciding = {one.rule.name for one in (before, after) if one.rule is not None}
            traced = [self._rule(rung.rule) for rung in domain.method.rungs if rung.rule.name in deciding]
            rules = tuple(one for one in traced if one.before is not one.after)
        old_paths = [one.path for one in before.evidence]
        new_paths = [one.path for one in after.evidence]
        own = self._touched(old_paths, new_paths)
        rests_on = dict.fromkeys([*own, *(name for one in rules for name in one.rests_on)])
        return DomainMoved(
            name=domain.name, title=domain.title, before=before, after=after, rules=rules, rests_on=tuple(rests_on)
        )

    def _rule(self, rule: Rule) -> RuleMoved:
        """Return the change of a rule, resting on the facts that support it or else on all that could decide it."""
        old, new = self._old.rule(rule), self._new.rule(rule)
        rests_on = self._touched(supporting([old]), supporting([new])) or self._touched(_decisive(old), _decisive(new))
        return RuleMoved(rule=rule_used(rule), before=old.truth, after=new.truth, rests_on=rests_on)

    def _touched(self, old: Iterable[Path], new: Iterable[Path]) -> tuple[str, ...]:
        """Return the names of the changed entries at some paths of the old dossier or of the new one."""
        old_ways, new_ways = _Ways(old), _Ways(new)
        return tuple(
            entry.name
            for entry in self._entries
            if any(map(old_ways.meet, _places(entry, new=False))) or any(map(new_ways.meet, _places(entry, new=True)))
        )


def _places(entry: EntryChanged, *, new: bool) -> Iterator[Path]:
    """Yield the paths of a change in one of the dossiers: that of a list entry, else those of the changed fields."""
    location = entry.new if new else entry.old
    if location is None:
        return
    if len(location.path) > 1:
        yield location.path
        return
    for change in entry.changes:
        place = (change.new or change.old) if new else (change.old or change.new)
        if place is not None:
            yield place


class _Ways:
    """Paths, with every path that is a start of one of them."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = frozenset(paths)
        self._through = frozenset(path[:end] for path in self._paths for end in range(len(path)))

    def meet(self, place: Path) -> bool:
        """Whether a place is the start of one of the paths, or one of them is the start of the place."""
        return place in self._through or any(place[:end] in self._paths for end in range(len(place) + 1))


def _decisive(traced: Trace) -> Iterator[Path]:
    """Yield the paths of the facts that could decide a condition either way."""
    for one in within([traced], lambda part: part.parts):
        if isinstance(one.condition, FieldTest):
            yield one.condition.field.keys
        spared = isinstance(one.condition, Every)  # where all must match, an item that does cannot make it false
        yield from (item.path for item in one.items if item.truth is not spared)


def _tracer(dossier: Dossier) -> Tracer:
    return Tracer(dossier.data, Context({}, dossier=dossier.data))
