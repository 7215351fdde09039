"""Compile a rubric document, and report every mistake with its place."""

from __future__ import annotations

from typing import Any

from evgrade.rubric.cases import Expectable, check_cases
from evgrade.rubric.decisions import compile_recommendation, compile_score
from evgrade.rubric.domains import DomainCompiler, compile_scales
from evgrade.rubric.mistakes import Mistakes
from evgrade.rubric.model import Rubric
from evgrade.rubric.reach import check_reach
from evgrade.rubric.suggestions import compile_suggestion
from evgrade.rubric.vocabulary import Vocabulary
from evgrade.yamlio.document import Document


def compile_rubric(document: Document) -> tuple[Rubric, Mistakes]:
    """Return the rubric that a document, accepted by the schema, holds, and all mistakes in it.

    Only a rubric without mistakes is fit for use.
    """
    data: dict[str, Any] = document.data
    mistakes = Mistakes(document)
    vocabulary = Vocabulary(data, mistakes)
    terms, classifiers = vocabulary.terms(), vocabulary.classifiers()
    suggested = (compile_suggestion(name, node, vocabulary, mistakes) for name, node in data.get("suggest", {}).items())
    suggestions = tuple(one for one in suggested if one is not None)
    scales = compile_scales(data, mistakes)
    compiler = DomainCompiler(scales, vocabulary, mistakes)
    domains = {name: compiler.compile(name, node) for name, node in data["domains"].items()}
    score = compile_score(data["score"], domains, scales, mistakes) if "score" in data else None
    recommendation = None
    if "recommendation" in data:
        node = data["recommendation"]
        has_score = score is not None
        recommendation = compile_recommendation(node, domains, vocabulary.rules, mistakes, has_score=has_score)
    check_cases(data.get("cases", []), Expectable.of(domains, suggestions, recommendation), mistakes)
    rubric = Rubric(
        name=data["name"],
        title=data["title"],
        version=data["version"],
        status=data["status"],
        description=data["description"],
        source=data["source"],
        file=document.name,
        sha256=document.sha256,
        terms=terms,
        classifiers=classifiers,
        suggestions=suggestions,
        domains=tuple(domains.values()),
        score=score,
        recommendation=recommendation,
        document=document,
        parsed=tuple(vocabulary.parser.written),
    )
    if not mistakes.findings:
        check_reach(rubric, mistakes)
        for term in terms:
            if term.name not in vocabulary.used_terms:
                message = f"no rule uses the term `{term.name}`"
                mistakes.at_key(("terms", term.name), "rubric-unused-term", message, "use it in a rule, or remove it")
    return rubric, mistakes
