"""The result of grading, ready to be rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evgrade.grading.account import Evidence, EvidenceItem, Harms, OtherVerdict, Unread
from evgrade.grading.judge import Basis
from evgrade.grading.panel import PanelSummary
from evgrade.logic import Truth
from evgrade.model import Finding, Location, Path, dotted

if TYPE_CHECKING:
    from evgrade.computed.numbers import Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUsed:
    """The rule that gave a grade."""

    name: str
    means: str
    status: str
    source: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What a better grade or level would take: its rule, and what that rule lacks. `title` is for readers."""

    gives: str
    title: str
    rule: str
    means: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """A fact that the dossier does not state and that keeps a grade open, with the place to write it.

    Attributes:
        path: its path in the dossier's data.
        location: its place in the file, or that of the nearest mapping or list above it.
        item: the id of the item that it belongs to, if that has one.
        means: its description in the format.
        place: what to add and where, in words: «add `trials`», «add `died.n` to `safety` (line 9)».
        domains: the titles of the domains that it keeps open.
    """

    path: Path
    location: Location
    item: str | None
    means: str
    place: str
    domains: tuple[str, ...]

    @property
    def field(self) -> str:
        """The field's dotted name inside its item."""
        start = max((n for n, part in enumerate(self.path) if isinstance(part, int)), default=-1)
        return dotted(self.path[start + 1 :])

    @property
    def is_section(self) -> bool:
        """Whether a whole section is missing."""
        return len(self.path) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGrade:
    """The grade of one item in a domain judged item by item, and the grade that the item itself states."""

    evidence: Evidence
    counts: Truth
    grade: str
    stated: str | None
    possible: tuple[str, ...]
    rule: RuleUsed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonGrade:
    """The grade of a domain for one comparison; the domain itself has the grade of the comparison in question."""

    id: str
    name: str
    in_question: bool
    grade: str
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainGrade:
    """The grade of one domain.

    Attributes:
        grade: the established grade.
        possible: all grades that unknown facts leave open, best first; `grade` alone if nothing is open.
        judged: whether there was anything to judge.
        basis: evidence, nothing recorded, or a domain that does not apply.
        strength: the grade as a number from 0 (worst) to 1 (best); None if nothing was judged.
        rule: the rule that gave the grade; None for points.
        points: lowest and highest points, if the domain is judged by points.
        comparisons: the grade for each comparison, if the dossier lists several and the rubric grades each.
        evidence: the evidence that the rule rests on.
        better: the nearest better grade and what it lacks.
        missing: the facts that keep other grades open.
        items: the grades of the items, if the domain is judged item by item.
        weighed: every item of the sections that the domain reads, for or against the therapy.
    """

    name: str
    title: str
    about: str | None
    grade: str
    means: str
    possible: tuple[str, ...]
    judged: bool
    basis: Basis
    strength: float | None
    rule: RuleUsed | None
    points: tuple[float, float] | None
    comparisons: tuple[ComparisonGrade, ...]
    evidence: tuple[Evidence, ...]
    better: NextStep | None
    missing: tuple[MissingFact, ...]
    items: tuple[ItemGrade, ...]
    weighed: tuple[EvidenceItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedJudgement:
    """The judgement that the numbers of one item suggest, beside the reviewers' own. It changes no grade.

    Attributes:
        name, title: the judgement to make.
        item: the item.
        judgement: the suggestion; None if the numbers leave it open.
        possible: every judgement that could be suggested once the missing facts are known.
        because: the numbers with their thresholds.
        rule: the rule that suggests it.
        missing: the facts to state, as dotted names inside the item.
        hangs_on_rounding: whether it is open because the printed numbers, before rounding, may lie on either side of a
            threshold.
        stated: the reviewers' own judgement, which counts; None if they made none.
        stated_reason: their reason.
    """

    name: str
    title: str
    item: Evidence
    judgement: str | None
    possible: tuple[str, ...]
    because: tuple[str, ...]
    rule: RuleUsed | None
    missing: tuple[str, ...]
    hangs_on_rounding: bool
    stated: str | None
    stated_reason: str | None

    @property
    def differs(self) -> bool:
        """Whether the reviewers' judgement is none of those that the numbers can suggest."""
        return self.stated is not None and self.judgement is not None and self.stated not in self.possible


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult:
    """The score from 0 to 100, its possible range, and the share of the weight that could be judged.

    Score and range are None if nothing could be scored.
    """

    title: str
    value: float | None
    low: float | None
    high: float | None
    judged_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationResult:
    """The recommendation, the levels still possible, why, and what a better one would take.

    Attributes:
        rank: the place of its level among all `levels`, 0 for the best.
        because: the grades that it rests on, in words.
        better: what a better level would take.
        settles: the missing facts that would decide between the levels still possible, the most decisive first.
    """

    level: str
    title: str
    means: str
    possible: tuple[str, ...]
    possible_titles: tuple[str, ...]
    rank: int
    levels: int
    rule: RuleUsed
    because: tuple[str, ...]
    better: NextStep | None
    settles: tuple[MissingFact, ...]

    @property
    def settled(self) -> bool:
        """Whether no missing fact can change the level; otherwise it is provisional."""
        return len(self.possible) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeChanged:
    """The grade of a domain with all evidence and without some of it, each with the possible grades."""

    name: str
    title: str
    before: str
    before_possible: tuple[str, ...]
    after: str
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChanged:
    """The recommended level with all evidence and without some of it: names, and titles for readers."""

    before: str
    before_title: str
    before_possible: tuple[str, ...]
    after: str
    after_title: str
    possible: tuple[str, ...]
    possible_titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChanged:
    """The score with all evidence and without some of it, each with its range; None if nothing could be scored."""

    before: float | None
    before_possible: tuple[float | None, float | None]
    after: float | None
    possible: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutRetracted:
    """The result without retracted papers.

    Attributes:
        references: the ids of the retracted references that evidence cites.
        left_out: the evidence that rests on them alone, by id or place.
        pooled: the reviews and outcomes that pool retracted studies, so their numbers without these are unknown.
        beside: the evidence that is kept because it cites other sources too, or contains items that do.
        domains: the grades before and after, in the order of the rubric.
        score: the score before and after; None if the rubric gives none.
        recommendation: the level before and after; None if the rubric gives none.
    """

    references: tuple[str, ...]
    left_out: tuple[str, ...]
    pooled: tuple[str, ...]
    beside: tuple[str, ...]
    domains: tuple[GradeChanged, ...]
    score: ScoreChanged | None
    recommendation: LevelChanged | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One dossier graded under one rubric.

    Attributes:
        recorded: false if the dossier holds no evidence that the rubric reads; then there is no recommendation.
        suggestions: judgements that numbers suggest, item by item.
        missing: the facts that keep grades open, each once, those of the domains with most weight first.
        harms: the harms that the dossier names, the gravest first; None without a safety section.
        unread: the evidence in the dossier that the rubric does not read.
        verdicts: the verdicts of people recorded in the dossier, the review group's own first.
        numbers: the numbers that evgrade computes from effects and arms. They change no grade.
    """

    version: str
    dossier_file: str
    dossier_sha256: str
    rubric: str
    rubric_title: str
    rubric_version: str
    rubric_file: str
    rubric_sha256: str
    therapy: str
    condition: str
    review_date: str | None
    review_group: str | None
    domains: tuple[DomainGrade, ...]
    score: ScoreResult | None
    recommendation: RecommendationResult | None
    recorded: bool
    panel: PanelSummary | None
    suggestions: tuple[SuggestedJudgement, ...]
    missing: tuple[MissingFact, ...]
    harms: Harms | None
    unread: tuple[Unread, ...]
    verdicts: tuple[OtherVerdict, ...]
    numbers: Numbers
    findings: tuple[Finding, ...]
    without_retracted: WithoutRetracted | None = None

    def domain(self, name: str) -> DomainGrade:
        return next(domain for domain in self.domains if domain.name == name)
