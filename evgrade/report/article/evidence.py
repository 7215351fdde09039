"""The evidence in an article, as prose and tables: mechanisms, models, cases, studies, findings, harms and cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evgrade.computed.words import stated_words
from evgrade.facts.known import known
from evgrade.model import Path
from evgrade.render.page import (
    Block,
    Bullets,
    Column,
    Heading,
    Item,
    Line,
    Note,
    Paragraph,
    Part,
    Span,
    Style,
    Table,
    capitalized,
    row,
    spaced,
)
from evgrade.report.article.draft import Draft, joined
from evgrade.report.article.opening import dose_words
from evgrade.report.outcomes import Finding, findings_of
from evgrade.report.plain import cost_words
from evgrade.report.safety import Safety, Warned, safety_of
from evgrade.rubric.phrases import either, listing

Entry = Mapping[str, Any]

_RELEVANCE = {
    "established": "It is established that this mechanism matters in the condition, the reviewers judge",
    "plausible": "The reviewers judge it plausible that this mechanism matters in the condition",
    "questionable": "The reviewers judge it questionable that this mechanism matters in the condition",
    "implausible": "The reviewers judge it implausible that this mechanism matters in the condition",
    "unclear": "Whether this mechanism matters in the condition is unclear",
}
_RESULTS = {
    "benefit": "The reviewers judge that it showed benefit",
    "no_benefit": "The reviewers judge that it showed no benefit",
    "harm": "The reviewers judge that it showed harm",
    "mixed": "The reviewers judge its results mixed",
    "pending": "It has no results yet",
    "not_assessed": "It did not assess benefit",
    "unclear": "What it showed is unclear",
}
_ABBREVIATIONS = (
    "Intervals are 95% confidence intervals unless another level is named; HR hazard ratio, OR odds ratio, RR risk"
    " ratio, RD risk difference, MD mean difference, SMD standardized mean difference"
)
_SIDES = (("supports", "For it"), ("contradicts", "Against it"), (None, "Unclear, or side not stated"))


def plausibility(draft: Draft) -> Iterator[Block]:
    yield Heading(2, (f"Plausibility of {draft.therapy} for {draft.condition}",))
    yield from draft.recorded(
        "mechanism",
        "Nothing is recorded on mechanisms; whether they were looked for is not stated.",
        "Mechanisms were looked for, and none was found.",
    )
    for one in draft.data.get("mechanism", ()):
        if "name" in one:
            yield Heading(3, (str(one["name"]),))
        judged = _RELEVANCE.get(one.get("relevance", ""), "Whether it matters in the condition is not stated")
        yield Paragraph(
            joined(
                draft.said(one["statement"], one.get("refs", ())) if "statement" in one else (),
                _with_reason(draft, judged, one.get("relevance_reason")),
                _notes(draft, one),
            )
        )
        found = one.get("evidence")
        if not found:
            wording = "No evidence for or against it is recorded." if found is None else "No evidence on it was found."
            yield Paragraph(draft.made(wording))
            continue
        for direction, lead in _SIDES:
            directed = [item for item in found if known(item, "direction") == direction]
            if directed:
                yield Paragraph(
                    joined((Span(f"{lead}:", Style.GENERATED),), *(_finding(draft, item) for item in directed))
                )


def _finding(draft: Draft, item: Entry) -> Line:
    where = {"human": "shown in people", "animal": "shown in animals", "cell": "shown in cells"}
    shown = {**where, "theory": "argued from theory, not observed"}.get(known(item, "shown_in"), "")
    return joined(draft.said(item["statement"], item.get("refs", ())), _limits(draft, item, shown), _notes(draft, item))


def _limits(draft: Draft, item: Entry, shown: str = "") -> Line:
    """Return a sentence on how indirect a finding is: shown in what, with which agent, in which condition."""
    wording = [part for part in (shown, *_indirect(item)) if part]
    return draft.made(f"That was {', '.join(wording)}.") if wording else ()


def _indirect(item: Entry) -> Iterator[str]:
    """Yield how a study differs from the therapy and condition in question, as far as stated."""
    agent, condition = known(item, "agent_name"), known(item, "condition_name")
    if known(item, "agent") == "related":
        yield f"with a related agent{f' ({agent})' if agent else ''}"
    if known(item, "condition") == "related":
        yield f"in another condition{f' ({condition})' if condition else ''}"
    elif known(item, "condition") == "healthy":
        yield "in healthy people"


def preclinical(draft: Draft) -> Iterator[Block]:
    yield Heading(2, ("Preclinical studies",))
    yield from draft.recorded(
        "preclinical",
        "Nothing is recorded on preclinical studies; whether they were looked for is not stated.",
        "Preclinical studies were looked for, and none was found.",
    )
    settings = {"in_vivo": "in vivo", "ex_vivo": "ex vivo", "in_vitro": "in vitro", "in_silico": "in silico"}
    kept = (("control_group", "a control group"), ("randomized", "random allocation"), ("blinded", "blind assessment"))
    for one in draft.data.get("preclinical", ()):
        recognized = {
            True: "in a recognized model of the condition",
            False: "in a model that is not recognized for the condition",
        }
        model = [
            settings.get(known(one, "setting"), ""),
            recognized.get(known(one, "recognized_model"), ""),
            *_indirect(one),
        ]
        wording = [word for word in model if word]
        has = [word for key, word in kept if known(one, key) is True]
        lacks = [word for key, word in kept if known(one, key) is False]
        yield Paragraph(
            joined(
                draft.said(one["statement"], one.get("refs", ())) if "statement" in one else (),
                draft.introduced("The model:", one["model"]) if "model" in one else (),
                draft.made(f"It was studied {', '.join(wording)}.") if wording else (),
                draft.made(f"The study had {listing(has)}.") if has else (),
                draft.made(f"The study lacked {listing(lacks)}.") if lacks else (),
                _result(draft, one),
                _notes(draft, one),
            )
        )


def cases(draft: Draft) -> Iterator[Block]:
    yield Heading(2, ("Cases and patients' reports",))
    yield from draft.recorded(
        "cases",
        "No cases or patients' reports are recorded; whether they were looked for is not stated.",
        "Cases and patients' reports were looked for, and none was found.",
    )
    for one in draft.data.get("cases", ()):
        answers = [_share(answer, "label") for answer in one.get("responses", ())]
        benefits = [_share(benefit, "description") for benefit in one.get("benefits", ())]
        yield Paragraph(
            joined(
                draft.said(one["statement"], one.get("refs", ())) if "statement" in one else (),
                draft.introduced("The source:", one["source"]) if "source" in one else (),
                _limits(draft, one),
                draft.introduced("The answers:", "; ".join(answers)) if answers else (),
                draft.introduced("Individual benefits reported:", "; ".join(benefits)) if benefits else (),
                *(draft.made(wording) for wording in _checked(one)),
                _result(draft, one),
                _notes(draft, one),
            )
        )


def _share(one: Entry, key: str) -> str:
    n, percent = known(one, "n"), known(one, "percent")
    wording = [*([f"{n:,}"] if n is not None else []), *([f"{percent:g}%"] if percent is not None else [])]
    return f"{one.get(key, '')} ({', '.join(wording)})" if wording else str(one.get(key, ""))


def _checked(one: Entry) -> Iterator[str]:
    words = {
        "diagnosis_validated": ("The diagnosis was validated.", "The diagnosis was not validated."),
        "benefit_validated": ("The benefit was validated.", "The benefit was not validated."),
        "controlled": ("There was a comparison group.", "There was no comparison group."),
    }
    for key, (yes, no) in words.items():
        if isinstance(known(one, key), bool):
            yield yes if known(one, key) else no


# Studies in people


def trials(draft: Draft) -> Iterator[Block]:
    yield Heading(2, ("Clinical trials",))
    absent = ("syntheses", "observational")
    for section, name in (
        ("syntheses", "Systematic reviews"),
        ("trials", ""),
        ("observational", "Observational studies"),
    ):
        entries = draft.data.get(section)
        if section in absent and entries is None:
            continue
        if name:
            yield Heading(3, (name,))
        elif any(draft.data.get(one) for one in absent):
            yield Heading(3, ("Trials",))
        plural = {"syntheses": "systematic reviews", "observational": "observational studies"}.get(section, "trials")
        yield from draft.recorded(
            section,
            f"No {plural} are recorded; whether they were looked for is not stated.",
            f"{capitalized(plural)} were looked for, and none was found.",
        )
        for one in entries or ():
            yield Paragraph(_study(draft, section, one))
    yield from _effects(draft)


def _study(draft: Draft, section: str, one: Entry) -> Line:
    stated = one.get("statement") or one.get("title")
    kind = {"trials": _trial, "syntheses": _synthesis, "observational": _observational}[section]
    dose, length = dose_words(one.get("dose", {})), one.get("duration", {})
    unit = str(length.get("unit", ""))
    duration = f"{length['amount']:g} {unit.removesuffix('s') if length['amount'] == 1 else unit}" if length else ""
    declared = one.get("conflicts_of_interest")
    together, to_all = ([str(part) for part in one.get(key, ())] for key in ("combined_with", "co_interventions"))
    return joined(
        draft.said(stated, one.get("refs", ())) if stated else draft.made(f"{one['id']}.", one.get("refs", ())),
        draft.made(kind(one)),
        draft.introduced("Participants:", one["population"]) if "population" in one else (),
        draft.introduced("The dose:", dose) if dose else (),
        draft.made(f"Its registry numbers: {', '.join(one['registry'])}.") if one.get("registry") else (),
        draft.made("It is not registered.") if one.get("registry") == [] else (),
        draft.introduced("It lasted:", duration) if duration else (),
        draft.introduced(_TOGETHER, listing(together)) if together else (),
        draft.introduced("All groups were also given:", listing(to_all)) if to_all else (),
        _end(draft, one),
        _with_reason(draft, _SMALL, one.get("powered_reason")) if known(one, "powered") is False else (),
        _result(draft, one),
        _bias(draft, one),
        draft.introduced("Its authors conclude:", one["authors_conclusion"]) if "authors_conclusion" in one else (),
        draft.introduced("Funded by:", one["funding"]) if "funding" in one else (),
        draft.introduced("Its authors declared:", declared) if declared else (),
        _notes(draft, one),
    )


_TOGETHER = "Given with the therapy and not to the control group, so that the effect is not that of the therapy alone:"
_SMALL = "The reviewers judge it too small to show an effect that matters"
_ENDS = {
    "benefit": "It was stopped early for benefit",
    "futility": "It was stopped early for futility",
    "harm": "It was stopped early for harm",
    "slow_recruitment": "It was stopped for slow recruitment",
    "funding": "It was stopped for lack of funding",
    "sponsor_decision": "Its sponsor stopped it",
    "other": "It was stopped for another reason",
}


def _end(draft: Draft, one: Entry) -> Line:
    """Return why a study stopped early, or its status if it is not completed."""
    wording, status = _ENDS.get(one.get("why_stopped", "")), known(one, "status")
    if wording is not None:
        return _with_reason(draft, wording, one.get("why_stopped_reason"))
    return draft.made(f"Its status is: {spaced(status)}.") if status not in (None, "completed") else ()


def _trial(one: Entry) -> str:
    """Return a sentence on the design of a trial, as far as stated."""
    words = [
        {"randomized": "randomized", "non_randomized": "non-randomized", "na": "single-arm"}.get(
            known(one, "allocation"), ""
        ),
        {
            "none": "open-label",
            "single": "single-masked",
            "double": "double-masked",
            "triple": "triple-masked",
            "quadruple": "quadruple-masked",
        }.get(known(one, "masking"), ""),
        {"crossover": "crossover", "factorial": "factorial"}.get(known(one, "intervention_model"), ""),
    ]
    control = {
        "placebo": " compared with placebo",
        "sham": " against a sham treatment",
        "active": " against another treatment",
        "usual_care": " against usual care",
        "attention": " against attention alone",
        "waiting_list": " against a waiting list",
        "no_treatment": " against no treatment",
        "dose_comparison": " that compared doses",
        "historical": " against historical controls",
        "none": " without a control group",
    }.get(known(one, "control"), "")
    noun = f"{', '.join(word for word in words if word)} trial".strip()
    article = "an" if noun[0] in "aeiou" else "a"
    return _sentence(f"It was {article} {noun}{control}", [*_of_people(one), *_indirect(one)])


def _sentence(start: str, phrases: Sequence[str]) -> str:
    return f"{start}{' ' if phrases else ''}{', '.join(phrases)}."


def _of_people(one: Entry) -> list[str]:
    number = known(one, "participants")
    return [] if number is None else [f"with {number:,} participant{'' if number == 1 else 's'}"]


def _synthesis(one: Entry) -> str:
    designs = {
        "randomized_trials": " of randomized trials",
        "n_of_1_trials": " of n-of-1 trials",
        "nested_case_control": " of nested case-control studies",
        "non_randomized": " of non-randomized studies",
        "mixed": " of studies of several designs",
    }
    studies, people = known(one, "studies"), known(one, "participants")
    numbers = [
        f"{studies:,} {'study' if studies == 1 else 'studies'}" if studies is not None else "",
        f"{people:,} participants" if people is not None else "",
    ]
    counted = [word for word in numbers if word]
    held = [f"with {listing(counted)}"] if counted else []
    return _sentence(f"It is a systematic review{designs.get(known(one, 'design'), '')}", [*held, *_indirect(one)])


def _observational(one: Entry) -> str:
    designs = {
        "cohort": "cohort study",
        "case_control": "case-control study",
        "nested_case_control": "nested case-control study",
        "historically_controlled": "historically controlled study",
        "before_after": "before-and-after study",
        "registry": "registry study",
        "surveillance": "surveillance study",
        "cross_sectional": "cross-sectional study",
    }
    timed = {True: "prospective ", False: "retrospective "}.get(known(one, "prospective"), "")
    noun = f"{timed}{designs.get(known(one, 'design'), 'observational study')}"
    return _sentence(f"It was {'an' if noun[0] in 'aeiou' else 'a'} {noun}", [*_of_people(one), *_indirect(one)])


def _result(draft: Draft, one: Entry) -> Line:
    wording = _RESULTS.get(one.get("result", ""))
    return () if wording is None else _with_reason(draft, wording, one.get("result_reason"))


def _bias(draft: Draft, one: Entry) -> Line:
    judged = known(one, "risk_of_bias") or {}
    overall = known(judged, "overall")
    if overall is None:
        return draft.made(
            "Its overall risk of bias was not assessed." if judged else "Its risk of bias was not assessed."
        )
    words = {"some_concerns": "with some concerns", "unclear_risk": "unclear", "no_information": "without information"}
    return _with_reason(
        draft,
        f"Its risk of bias was judged {words.get(overall, spaced(overall))}",
        judged.get("reason"),
        judged.get("refs", ()),
    )


def _with_reason(draft: Draft, wording: str, reason: object, refs: Iterable[str] = ()) -> Line:
    return draft.made(wording, refs) if reason is None else draft.introduced(f"{wording}:", reason, refs)


def _notes(draft: Draft, one: Entry) -> Line:
    return draft.said(one["notes"]) if "notes" in one else ()


# Tables


def _effects(draft: Draft) -> Iterator[Block]:
    """Yield the table of effects that studies report, as stated by their sources."""
    rows = [
        wording
        for section in ("syntheses", "trials", "observational")
        for number, one in enumerate(draft.data.get(section, ()))
        for place, effect in enumerate(one.get("effects", ()))
        for wording in [_effect_row(draft, one, effect, (section, number, "effects", place))]
        if wording
    ]
    if rows:
        yield draft.caption("Effects as the studies report them")
        columns = ("Study", 4), ("Outcome", 4), ("Compared, when", 5), ("Effect", 5)
        yield Table([Column(head, share=share) for head, share in columns], rows)
        yield Note((_ABBREVIATIONS,))
        for section in ("syntheses", "trials", "observational"):
            for one in draft.data.get(section, ()):
                name = draft.dossier.study_name(one, one["id"])
                yield from _notes_on(f"{name}, ", one.get("effects", ()))


def _notes_on(lead: str, effects: Iterable[Entry]) -> Iterator[Block]:
    """Yield the reviewers' notes on effects, to follow their table."""
    for effect in effects:
        if "notes" in effect:
            yield Note((f"{lead}{effect['outcome']}: {str(effect['notes']).removesuffix('.')}",))


def _effect_row(draft: Draft, study: Entry, effect: Entry, path: Path) -> tuple[Part] | None:
    stated = stated_words(effect, path, draft.dossier.document.written)
    p = known(effect, "p")
    if p is not None and ", p " not in stated:
        wording = f"p {p}" if isinstance(p, str) else f"p = {draft.dossier.document.written((*path, 'p'))}"
        stated = f"{stated}; {wording}" if stated else wording
    if not stated:
        return None
    arms = [str(arm["name"]) for arm in effect.get("arms", ()) if "name" in arm]
    compared = effect.get("comparison") or " v ".join(arms)
    about = "; ".join(str(part) for part in (compared, effect.get("time_point")) if part)
    name = draft.dossier.study_name(study, study["id"])
    numbers = draft.numbering.cite([*effect.get("refs", ()), *study.get("refs", ())])
    return row(draft.cell(name, numbers), str(effect["outcome"]), about, stated)


def findings(draft: Draft) -> Iterator[Block]:
    """Yield the summary of findings, with a footnote for each judgement that changed the certainty."""
    found, footnotes = findings_of(draft.dossier, draft.by_grade, draft.first.numbers, draft.numbering)
    if not found:
        return
    yield Heading(3, ("Findings over all studies",))
    lead = "In the wording of GRADE, by the certainty in the table below:"
    yield Paragraph(joined((Span(lead, Style.GENERATED),), *(draft.made(one.sentence) for one in found)))
    yield draft.caption(f"Summary of findings: {draft.therapy} for {draft.condition}; certainty by GRADE")
    columns = (
        *(
            ("Outcome", 4),
            ("Studies (people)", 3),
            ("Relative effect (95% CI)", 4),
            ("Risk without therapy, per 1,000", 3),
        ),
        *(("Risk with therapy, per 1,000 (95% CI)", 3), ("Difference (95% CI)", 4), ("Certainty", 3)),
    )
    yield Table([Column(head, share=share) for head, share in columns], [_finding_row(draft, one) for one in found])
    computed = any(one.computed for one in found)
    dagger = "† computed by evgrade from the studies, because no pooled effect is stated"
    yield Note(("CI confidence interval", *([dagger] if computed else [])))
    for one in footnotes:
        yield Note((f"({one.letter}) {one.text.removesuffix('.')}",))
    yield from _notes_on("", [known(one, "effect") or {} for one in draft.data.get("outcomes", ())])


def _finding_row(draft: Draft, one: Finding) -> tuple[Part]:
    people = f" ({one.people})" if one.people else ""
    possible = [spaced(grade) for grade in one.possible if grade != one.certainty]
    letters = f" ({', '.join(one.letters.split(','))})" if one.letters else ""
    still = f", or still {either(possible)}" if possible else ""
    stated = f"; the reviewers state: {spaced(one.stated)}" if one.stated not in ("", one.certainty) else ""
    retracted = "; rests on retracted papers" if one.retracted else ""
    return row(
        f"{one.technical or one.name}{f' ({one.importance})' if one.importance else ''}",
        f"{one.studies or 'not stated'}{people}",
        draft.cell(f"{one.relative or 'not stated'}{' †' if one.computed else ''}", one.cited),
        f"{one.without or 'not known'}{f' ({one.risk_of})' if one.without and one.risk_of else ''}",
        one.with_therapy or "not known",
        one.difference or "not known",
        f"{spaced(one.certainty)}{letters}{still}{stated}{retracted}",
    )


# Harms, interactions and cost

_NAMES = {
    "Boxed warnings": ("boxed warnings", "a boxed warning"),
    "Who must not take it": ("contraindications", "a contraindication"),
    "What it must not be taken with": ("interactions", "an interaction"),
    "Theoretical harms": ("theoretical harms", "a theoretical harm"),
}
"""The kinds of warnings in a sentence, plural and singular."""


def safety(draft: Draft) -> Iterator[Block]:
    yield Heading(2, ("Safety and interactions",))
    given = draft.data.get("safety")
    if given is None:
        yield Paragraph(draft.made("Nothing is recorded about harms. That does not mean that there are none."))
    else:
        exposed = given.get("exposed")
        concern = draft.first.harms.concern if draft.first.harms else None
        lead = f"The reviewers' concern about harms: {spaced(concern)}" if concern else ""
        yield Paragraph(
            joined(
                draft.said(given["summary"], given.get("refs", ())) if "summary" in given else (),
                draft.made(f"{exposed:,} participants were followed for harms.") if isinstance(exposed, int) else (),
                draft.introduced(f"{lead}.", given["concern_reason"])
                if lead and "concern_reason" in given
                else draft.made(lead or "The reviewers' concern about harms is not stated."),
                draft.said(given["notes"]) if "notes" in given else (),
            )
        )
        if given.get("adverse_events") == []:
            yield Paragraph(draft.made("Individual harms were looked for, and none was found."))
    found = safety_of(draft.dossier, draft.first, draft.numbering)
    yield from _counted(draft, found)
    if found.named:
        yield Paragraph((Span("Named as harms but not counted:", Style.GENERATED),))
        yield Bullets([Item(draft.sourced(name, cited)) for name, cited in found.named])
    if given is None:
        return
    kinds = {kind.title: kind for kind in found.warnings}
    for title in _NAMES:
        yield from _warned(draft, title, kinds.get(title))


def _counted(draft: Draft, found: Safety) -> Iterator[Block]:
    if found.counted:
        yield draft.caption("Harms that were counted")
        columns = ("Harm", 4), ("Counted", 5), ("Per 1,000 people (95% CI)", 4), ("Details", 5)
        yield Table(
            [Column(head, share=share) for head, share in columns],
            [
                row(
                    draft.cell(one.name, one.cited),
                    one.counted,
                    one.per_thousand or "not known",
                    "; ".join(part for part in (one.seriousness, one.about) if part not in ("", "any")) or "not stated",
                )
                for one in found.counted
            ],
        )
        yield Note(("Intervals are Wilson's, computed by evgrade",))
        for one in found.counted:
            if one.note:
                yield Note((f"{capitalized(one.name)}: {one.note}",))
    if found.trial_harms:
        yield draft.caption("Harms in trials, arm by arm")
        yield Table(
            [Column(head, share=share) for head, share in (("Trial", 3), ("Harm", 4), ("People affected", 7))],
            [
                row(
                    draft.cell(harm.trial, harm.cited),
                    harm.name,
                    harm.counts or "not counted",
                )
                for harm in found.trial_harms
            ],
        )


def _warned(draft: Draft, title: str, kind: Warned | None) -> Iterator[Block]:
    many, one = _NAMES[title]
    if kind is None:
        yield Paragraph(draft.made(f"Nothing is recorded on {many}; whether they were looked for is not stated."))
    elif kind.none_found:
        yield Paragraph(draft.made(f"Looked for and not found: {one}."))
    else:
        yield Paragraph((Span(f"{title}:", Style.GENERATED),))
        yield Bullets([Item(draft.sourced(entry, cited)) for entry, cited in kind.entries])


def cost(draft: Draft) -> Iterator[Block]:
    yield Heading(2, ("Cost",))
    given = draft.data.get("cost", {})
    wording = cost_words(given)
    yield Paragraph(
        joined(
            draft.made(wording, given.get("refs", ())),
            draft.introduced("The source:", given["source"]) if "source" in given else (),
            draft.said(given["notes"]) if "notes" in given else (),
        )
    )
