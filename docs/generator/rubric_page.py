"""docs/rubrics/NAME.md: a readable rubric, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from posixpath import normpath

from evgrade.rubric.cases import cases_of
from evgrade.rubric.conditions.base import Always, Condition
from evgrade.rubric.conditions.logic import All, AnyOf
from evgrade.rubric.model import NOTHING_RECORDED, Case, Domain, Ladder, Points, Recommendation, Rubric, Rule, Score
from evgrade.rubric.outline import Scale
from generator.markdown import GENERATED, code, escaped, link, table

_STATUS = {
    "own": "the rubric's own",
    "published": "published",
    "reconstructed": "reconstructed from published gradings",
}


def page(rubric: Rubric) -> str:
    """Return the page of a rubric."""
    return GENERATED + "\n\n".join(_blocks(rubric)) + "\n"


def _blocks(rubric: Rubric) -> Iterator[str]:
    file = Path(rubric.file).name
    yield f"# {escaped(_capital(rubric.title))}"
    yield (
        f"{code(rubric.name)}, version {escaped(rubric.version)}, from [rubrics/{file}](../../rubrics/{file}). "
        f"[How rubrics work](../rubrics.md)."
    )
    yield escaped(rubric.description)
    yield f"Unless a rule says otherwise, it is {_STATUS[rubric.status]}. Source: {escaped(rubric.source)}."
    yield from _scales(rubric)
    yield from _terms(rubric)
    yield from _labels(rubric)
    yield from _suggestions(rubric)
    yield "## Domains"
    for domain in rubric.domains:
        yield from _domain(domain, rubric)
    if rubric.score is not None:
        yield from _score(rubric.score, rubric)
    if rubric.recommendation is not None:
        yield from _recommendation(rubric.recommendation, rubric)
    yield from _cases(rubric)


def _capital(text: str) -> str:
    return text if text.startswith("evgrade") else text[0].upper() + text[1:]


def _scales(rubric: Rubric) -> Iterator[str]:
    yield "## Scales"
    yield "Grades from best to worst. The last one, outside that order, means that the evidence could not be judged."
    for scale in _by_name(rubric):
        yield f"### {_scale_heading(scale)}"
        steps = scale.grades if scale.unjudged is None else (*scale.grades, scale.unjudged)
        yield table(["grade", "means"], ([code(step.name), escaped(step.means)] for step in steps))


def _by_name(rubric: Rubric) -> Iterable[Scale]:
    return {domain.scale.name: domain.scale for domain in rubric.domains}.values()


def _scale_heading(scale: Scale) -> str:
    return f"Scale {scale.name.replace('_', ' ')}"


def _terms(rubric: Rubric) -> Iterator[str]:
    if not rubric.terms:
        return
    yield "## Terms"
    yield "The meaning of these terms in the rules. *Of* names what a term applies to."
    rows = (
        [
            f"{escaped(term.phrase)}<br>{code(term.name)}",
            escaped(term.definition.replace("_", " ")) if term.definition else "the dossier",
            escaped(term.means),
            _words(term.condition),
        ]
        for term in rubric.terms
    )
    yield table(["term", "of", "means", "holds when"], rows)


def _labels(rubric: Rubric) -> Iterator[str]:
    for classifier in rubric.classifiers:
        noun = classifier.definition.replace("_", " ")
        yield f"## Label {classifier.name.replace('_', ' ')}"
        yield f"Each {escaped(noun)} gets the label of the first rule that holds."
        yield from _ladder(classifier.ladder, "label", rubric)


def _suggestions(rubric: Rubric) -> Iterator[str]:
    for suggestion in rubric.suggestions:
        noun = escaped(suggestion.entries.noun)
        which = "" if isinstance(suggestion.where, Always) else f" ({escaped(suggestion.where.describe())})"
        yield f"## Suggested judgement: {escaped(suggestion.title.lower())}"
        yield (
            f"For each {noun}{which}, the first rule that holds suggests {code('.'.join(suggestion.field.keys))} from "
            "the numbers. A suggestion never changes a grade: the reviewers' own judgement counts."
        )
        if suggestion.why:
            yield escaped(suggestion.why)
        yield from _ladder(suggestion.ladder, "judgement", rubric)


def _domain(domain: Domain, rubric: Rubric) -> Iterator[str]:
    yield f"### {escaped(domain.title)}"
    yield f"{escaped(domain.question)} Grades: {link(domain.scale.name, _scale_heading(domain.scale))}."
    if domain.applies is not None:
        when = escaped(domain.applies.describe())
        yield f"It applies when: {when}. Otherwise it is not applicable and has no weight in the score."
    if domain.each is not None:
        noun = domain.each.entries.noun
        which = "" if isinstance(domain.each.where, Always) else f" ({escaped(domain.each.where.describe())})"
        yield f"Each {escaped(noun)}{which} is graded separately; the {domain.each.combine} of these grades counts."
    if isinstance(domain.method, Ladder):
        yield from _ladder(domain.method, "grade", rubric)
    else:
        yield from _points(domain.method, rubric)


def _ladder(ladder: Ladder, what: str, rubric: Rubric, titles: dict[str, str] | None = None) -> Iterator[str]:
    """Yield the rungs as a table: the first that holds decides."""
    shown = {rung.gives: code(rung.gives) for rung in ladder.rungs} | (titles or {})
    yield _rules(what, ((shown[rung.gives], rung.rule) for rung in ladder.rungs))
    yield from _whys((rung.rule for rung in ladder.rungs), rubric)


def _rules(what: str, rules: Iterable[tuple[str, Rule]]) -> str:
    rows = ([gives, escaped(rule.means), _when(rule), code(rule.name)] for gives, rule in rules)
    return table([what, "meaning", "holds when", "rule"], rows)


def _when(rule: Rule) -> str:
    return "otherwise" if isinstance(rule.condition, Always) else _words(rule.condition)


def _words(condition: Condition, *, inside: bool = False) -> str:
    """Return a condition in words; compound parts are in brackets, so that no `and` is mistaken for an `or`."""
    if not isinstance(condition, All | AnyOf):
        return escaped(condition.describe())
    parts = [_words(part, inside=True) for part in _flat(condition)]
    if len(parts) == 1:
        return parts[0]
    word = "**and**" if isinstance(condition, All) else "**or**"
    return f"( {f' {word} '.join(parts)} )" if inside else f"<br>{word} ".join(parts)


def _flat(condition: All | AnyOf) -> Iterator[Condition]:
    """Yield the parts of a condition, including those of nested parts of the same kind."""
    for part in condition.parts:
        if isinstance(part, All | AnyOf) and type(part) is type(condition):
            yield from _flat(part)
        else:
            yield part


def _whys(rules: Iterable[Rule], rubric: Rubric) -> Iterator[str]:
    """Yield the reason for each rule, and its source if it differs from the rubric's."""
    lines = []
    for rule in rules:
        origin = ""
        if (rule.status, rule.source) != (rubric.status, rubric.source):
            status = "" if rule.status == rubric.status else f"This rule is {_STATUS[rule.status]}. "
            origin = f"{status}Source: {escaped(rule.source)}."
        if rule.why or origin:
            lines.append(f"- {code(rule.name)}: {' '.join(filter(None, (escaped(rule.why or ''), origin)))}")
    if lines:
        yield "\n".join(lines)


def _points(points: Points, rubric: Rubric) -> Iterator[str]:
    if points.judged is not None:
        yield f"Judged only when: {_words(points.judged, inside=True)}."
    groups = (
        [(f"start at {start.points:g}", start.rule) for start in points.start],
        [(adjustment.label, adjustment.rule) for adjustment in points.adjustments],
        [(f"at most {cap.at_most:g}", cap.rule) for cap in points.caps],
    )
    rules = [rule for group in groups for rule in group]
    yield _rules("points", rules)
    yield from _whys((rule for _, rule in rules), rubric)
    limits = {adjustment.group for adjustment in points.adjustments if adjustment.group is not None}
    if limits:
        told = (f"- {code(one.name)}: {escaped(one.means)}" for one in sorted(limits))
        yield "\n".join(("The adjustments in a group together add no more than its limit:", "", *told))
    rows = (
        [code(band.grade), "the rest" if band.at_least == float("-inf") else f"{band.at_least:g} or more"]
        for band in points.bands
    )
    yield f"The points are never below {points.floor:g} nor above {points.ceiling:g}. They give the grade:"
    yield table(["grade", "points"], rows)


def _score(score: Score, rubric: Rubric) -> Iterator[str]:
    yield f"## Score: {escaped(score.title[0].lower() + score.title[1:])}"
    how = "as the grade with the fewest points" if score.unjudged == "lowest" else "not at all"
    yield (
        "The weighted mean of the grades' points, from 0 to 100. A domain that could not be judged counts "
        f"{how}; the proportion of the weight that could be judged is printed next to the score."
    )
    rows = (
        [
            escaped(rubric.domain(name).title),
            f"{weight:g}",
            ", ".join(
                f"{code(grade)} {value:g}" for grade, value in score.points[rubric.domain(name).scale.name].items()
            ),
        ]
        for name, weight in score.weights.items()
    )
    yield table(["domain", "weight", "points per grade"], rows)


def _recommendation(recommendation: Recommendation, rubric: Rubric) -> Iterator[str]:
    yield "## Recommendation"
    yield "From best to worst:"
    rows = ([escaped(level.title), escaped(level.means), code(level.name)] for level in recommendation.levels)
    yield table(["level", "means", "name"], rows)
    yield "From the top, the first rule that holds decides:"
    titles = {level.name: escaped(level.title) for level in recommendation.levels}
    yield from _ladder(recommendation.ladder, "level", rubric, titles)


def _cases(rubric: Rubric) -> Iterator[str]:
    cases = cases_of(rubric)
    if not cases:
        return
    yield "## Worked cases"
    yield (
        "Expected results for small examples and for complete dossiers; `evgrade rubric test` checks them. "
        "*Settled* means that no missing fact can change the result."
    )
    levels = rubric.recommendation.levels if rubric.recommendation else ()
    titles = {level.name: level.title for level in levels} | {NOTHING_RECORDED: "nothing recorded yet"}
    rows = ([_case_name(case), "<br>".join(_expected(case, rubric, titles)), _case_why(case)] for case in cases)
    yield table(["case", "expected", "why"], rows)


def _case_name(case: Case) -> str:
    if case.path is None:
        return escaped(case.name)
    target = normpath(f"../../rubrics/{case.path}")
    return f"[{escaped(case.name)}]({target})"


def _case_why(case: Case) -> str:
    source = f" Source: {escaped(case.source)}." if case.source else ""
    return escaped(case.why) + source


def _expected(case: Case, rubric: Rubric, titles: dict[str, str]) -> Iterator[str]:
    """Yield what a case expects: the recommendation, the grade of each domain, the score."""
    if case.recommendation is not None:
        known = ["nothing recorded yet" if case.recommendation == NOTHING_RECORDED else titles[case.recommendation]]
        yield _outcome(known, [titles[name] for name in case.possible.get("recommendation", ())])
    for name in dict.fromkeys((*case.grades, *case.possible)):
        if name != "recommendation":
            known = [code(case.grades[name])] if name in case.grades else []
            outcome = _outcome(known, [code(grade) for grade in case.possible.get(name, ())])
            yield f"{escaped(rubric.domain(name).title)} {outcome}"
    if case.score is not None:
        yield f"score {_between(*case.score)}"


def _outcome(known: list[str], possible: list[str]) -> str:
    """Return the expected result, and the results that must be reported as possible."""
    if not possible:
        return known[0]
    if known == possible:
        return f"{known[0]}, settled"
    return ", ".join(
        [*known, f"possible: {' '.join(possible) if possible[0].startswith('`') else '; '.join(possible)}"]
    )


def _between(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"from {low:g} to {high:g}"
