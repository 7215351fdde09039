"""Explain violations found by jsonschema: what is wrong, where, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from functools import cache, lru_cache
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

from evgrade.model import UNKNOWN_WORDS, Finding, Path, Severity
from evgrade.schema.aliases import choice_meant, definition_of, folded, key_meant, table_of, written
from evgrade.schema.meant import Meant, Scalar
from evgrade.schema.pasted import LEAVE_OUT, value_meant
from evgrade.schema.store import FORMATS, matches, schema
from evgrade.schema.suggest import Suggestions, listed, shown
from evgrade.yamlio.document import Document
from evgrade.yamlio.numerals import BLANKS, LONGEST, odd_blank, readings

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_EXTENSION = "x-"

_Error = Any
"""A complete ValidationError; jsonschema's own types say that every attribute may be unset."""


def explain(document: Document, schema: dict[str, Any]) -> list[Finding]:
    """Return every violation of the schema, sorted by position."""
    checker = jsonschema.FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name)(check)
    # With an empty registry, no `$ref` is ever fetched.
    validator = _validator_class()(schema, registry=Registry(), format_checker=checker)
    near = Suggestions()
    is_dossier = "x-aliases" in schema  # only the dossier schema has professional terms
    findings = {
        finding: None
        for error in validator.iter_errors(document.data)
        for finding in _findings(document, error, near, is_dossier=is_dossier)
    }
    return sorted(findings, key=Finding.sort_key)


@cache
def _validator_class() -> Any:
    """Return a validator with patterns of ECMA 262: unlike in Python, `$` does not match before a final line end."""
    make: Any = extend
    return make(jsonschema.Draft202012Validator, {"pattern": _pattern})


def _pattern(_validator: Any, pattern: str, instance: object, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not matches(instance, pattern):
        yield ValidationError("does not match")


def _findings(document: Document, error: _Error, near: Suggestions, *, is_dossier: bool) -> Iterator[Finding]:
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    if "propertyNames" in error.relative_schema_path:
        yield _name_written_wrong(document, path, error)
        return
    if keyword in ("format", "maxLength") and not matches(error.instance, error.schema.get("pattern", "")):
        return  # the violated pattern says more
    if keyword == "required":
        yield from _missing(document, path, error)
    elif keyword == "additionalProperties":
        yield from _unknown_keys(document, path, error, near, is_dossier=is_dossier)
    else:
        meant = _meant(error, path) if is_dossier else None
        code, message, hint = _EXPLAINERS.get(keyword, _other)(error)
        if meant is not None:
            hint = meant.hint
        elif isinstance(error.instance, str) and error.instance in UNKNOWN_WORDS:
            hint = LEAVE_OUT
        elif keyword == "enum" and isinstance(error.instance, str):
            hint = near.did_you_mean(error.instance, error.validator_value)
        yield _finding(document, path, code, f"{_name(path)} {message}", hint, key=error.instance is None)


def _meant(error: _Error, path: Path) -> Meant | None:
    """Return what an invalid value probably means."""
    if isinstance(error.instance, list | dict):
        return None
    field = next((part for part in reversed(path) if isinstance(part, str)), "")
    return value_meant(error.instance, error.schema, field)


def _finding(
    document: Document, path: Path, code: str, message: str, hint: str | None, *, key: bool = False
) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        location=document.location(path, key=key),
        excerpt=document.excerpt(path, key=key),
        hint=hint,
    )


def _name(path: Path) -> str:
    """Name a value by its key, or a list entry by its number from 1."""
    if not path:
        return "the document"
    last = path[-1]
    if isinstance(last, str):
        return f"`{last}`"
    owner = next((f" of `{part}`" for part in reversed(path) if isinstance(part, str)), "")
    return f"entry {last + 1}{owner}"


def _missing(document: Document, path: Path, error: _Error) -> Iterator[Finding]:
    for key in error.validator_value:
        if key not in error.instance:
            described = error.schema["properties"][key].get("description", "")
            message = f"{_name(path)} lacks `{key}`"
            yield _finding(document, path, "schema-missing", message, f"{key}: {described}", key=True)


def _unknown_keys(
    document: Document, path: Path, error: _Error, near: Suggestions, *, is_dossier: bool
) -> Iterator[Finding]:
    known = error.schema["properties"]
    definition = definition_of(error.schema) if is_dossier else ""
    for key in error.instance:
        if key in known or key.startswith(_EXTENSION):
            continue
        hint: str | None = None
        if error.instance[key] is None and ":" in key and (blank := odd_blank(key)):  # {n:<no-break space>3}
            hint = f"there is a {blank} next to the colon: use an ordinary space"
        elif error.instance[key] is None and not key.isidentifier():  # {means: under 1,200 people}
            hint = "between { and }, text with a comma in it needs quotes"
        elif is_dossier and (meant := key_meant(key, list(known), definition)):
            hint = meant.hint
        hint = hint or near.did_you_mean(key, known) or known_here(key, error.schema, definition, near)
        yield _finding(document, (*path, key), "schema-unknown-key", f"unknown key `{key}`", hint, key=True)


def _name_written_wrong(document: Document, path: Path, error: _Error) -> Finding:
    message = f"a key cannot be {shown(error.instance)}"
    hint = "use a to z, digits and _, starting with a letter"
    return _finding(document, (*path, error.instance), "schema-text", message, hint, key=True)


_Explained = tuple[str, str, str | None]


def _type(error: _Error) -> _Explained:
    wanted = error.validator_value
    names = " or ".join(_TYPES[name] for name in ([wanted] if isinstance(wanted, str) else wanted))
    described = error.schema.get("description")
    if error.instance is None:
        hint = "write [] for none, or remove the key" if wanted == "array" else "fill it in, or remove the key"
        return "schema-type", f"is empty; it must be {names}", hint
    if wanted == "string" and isinstance(error.instance, int | float):
        return "schema-type", f"must be text, not {shown(error.instance)}", "put it in quotes"
    if wanted == "object" and isinstance(error.instance, str) and ":" in error.instance and odd_blank(error.instance):
        hint = f"there is a {odd_blank(error.instance)} next to the colon: use an ordinary space"
        return "schema-type", f"must be a mapping, not {shown(error.instance)}", hint
    if (
        wanted == "object"
        and not isinstance(error.instance, list)
        and (fields := fields_meant(error.instance, error.schema))
    ):
        return "schema-type", f"must be a mapping, not {shown(error.instance)}", f"write {fields}"
    if wanted == "array":
        return "schema-type", f"must be a list, not {shown(error.instance)}", "start each entry with a dash"
    return "schema-type", f"must be {names}, not {shown(error.instance)}", described


def _enum(error: _Error) -> _Explained:
    allowed = error.validator_value
    if error.instance is None:
        message = f"is empty; it can be {listed(map(written, allowed))}"
        return "schema-value", message, "fill it in, or remove the key"
    message = f"is {shown(error.instance)}, which is not one of {listed(map(written, allowed))}"
    return "schema-value", message, None


def _const(error: _Error) -> _Explained:
    return (
        "schema-value",
        f"is {shown(error.instance)}; it must be {shown(error.validator_value)}",
        error.schema.get("description"),
    )


def _wording(code: str, template: str) -> Callable[[_Error], _Explained]:
    """Return an explainer for a keyword that fills its value and the instance into a sentence."""

    def explained(error: _Error) -> _Explained:
        message = template.format(limit=error.validator_value, value=shown(error.instance))
        return code, message, error.schema.get("description")

    return explained


def _written_wrong(error: _Error) -> _Explained:
    if not error.instance.strip():
        return "schema-text", "is empty text", error.schema.get("description")
    message = f"is {shown(error.instance)}, which has the wrong form"
    return "schema-text", message, error.schema.get("description")


def _too_few(things: str) -> Callable[[_Error], _Explained]:
    def explained(error: _Error) -> _Explained:
        limit = error.validator_value
        message = f"has no {things}" if limit == 1 else f"has fewer than {limit} {things}"
        return "schema-range", message, error.schema.get("description")

    return explained


def _other(error: _Error) -> _Explained:
    return "schema-other", f"breaks the rule `{error.validator}`", error.schema.get("description")


_EXPLAINERS: dict[str, Callable[[_Error], _Explained]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _written_wrong,
    "format": _wording("schema-text", "is {value}, which is not a calendar date"),
    "minLength": _wording("schema-text", "is empty text"),
    "maxLength": _wording("schema-text", "is longer than {limit} characters"),
    "minimum": _wording("schema-range", "is {value}; it must be at least {limit}"),
    "maximum": _wording("schema-range", "is {value}; it must be at most {limit}"),
    "exclusiveMinimum": _wording("schema-range", "is {value}; it must be above {limit}"),
    "exclusiveMaximum": _wording("schema-range", "is {value}; it must be below {limit}"),
    "minItems": _too_few("entries"),
    "maxItems": _wording("schema-range", "has more than {limit} entries"),
    "minProperties": _too_few("keys"),
    "uniqueItems": _wording("schema-range", "has the same entry twice"),
}


_MOST_NAMES = 12
_COMMON = frozenset(
    """a all an and any are as at by for from had has have how if in is it its kind not number of on one or other that
    the their them they this to type was were what when where which who why with""".split()  # noqa: SIM905 - as prose
)
_ENDING = re.compile("(?:ions?|ings?|ed|es|s|e)$")


def known_here(word: str, mapping: Mapping[str, Any], definition: str, near: Suggestions) -> str:
    """Return a hint with the keys of a mapping: first those that share words with an unknown key, the rest by group.

    Args:
        word: the unknown key.
        mapping: the schema of the mapping.
        definition: its name in the dossier schema, empty if it has none.
        near: limits the comparisons; beyond that, only the first keys are listed.
    """
    known = mapping["properties"]
    names = list(known)
    if not near.may_compare(len(names)):
        more = [f"and {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
        return f"known here: {listed([*names[:_MOST_NAMES], *more])}; {_OWN}"
    stems = _stems(word)
    scores = {name: _score(stems, name, node, definition) for name, node in known.items()}
    first = sorted((name for name in names if scores[name]), key=lambda name: -scores[name])
    order = ", nearest in meaning first" if first else ""
    others = _by_groups([name for name in names if name not in first], mapping.get("x-groups", ()))
    hint = f"known here{order}: {'; '.join(filter(None, [listed(first), *others]))}; {_OWN}"
    if "x-unknown" in mapping:
        return f"{mapping['x-unknown']}; {hint}"
    place = _place(word, known) if definition else None
    return hint if place is None else f"`{word}` belongs in `{place}`; {hint}"


_OWN = "a key of your own starts with x-"


def _by_groups(names: Sequence[str], groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield names under the titles of their groups, those without a group last."""
    left = dict.fromkeys(names)
    for group in groups:
        fields = [name for name in group["fields"] if name in left]
        if fields:
            yield f"{group['title']}: {listed(fields)}"
        for name in fields:
            del left[name]
    yield listed(left)


def _place(word: str, known: Mapping[str, Any]) -> str | None:
    """Return the key of the mapping, or list of mappings, that has this key, None if none has."""
    return next((name for name, node in known.items() if word in _inside(node)), None)


def _inside(node: Mapping[str, Any]) -> Collection[str]:
    """Return the keys of a field's mapping, or of the mappings in its list."""
    if "$ref" in node:
        return _inside(schema("dossier")["$defs"][node["$ref"].removeprefix("#/$defs/")])
    keys: Collection[str] = _inside(node["items"]) if "items" in node else node.get("properties", ())
    return keys


def _score(wanted: Set[str], name: str, node: Mapping[str, Any], definition: str) -> int:
    tables = (table_of("x-key-aliases"), table_of("x-likely-keys"))
    words = [word for table in tables for group in ("any", definition) for word in table.get(group, {}).get(name, ())]
    named = wanted & _stems(" ".join([name, *words]))
    described = wanted & _stems(node.get("description", ""))
    return 3 * len(named) + len(described - named)


@lru_cache(maxsize=1024)
def _stems(text: str) -> Set[str]:
    """Return the meaningful words of a text, without their endings."""
    words = re.findall("[a-z0-9]+", folded(re.sub("(?<=[a-z])(?=[A-Z])", " ", text)))
    return {_ENDING.sub("", word) if len(word) > 4 else word for word in words} - _COMMON


_OF_PEOPLE = ("person", "patient", "participant")
_BETWEEN = ("/", " out of ", " of ")


def fields_meant(value: Scalar, node: Mapping[str, Any]) -> str | None:
    """Return the mapping to write instead of a scalar, such as `{amount: 12, unit: weeks}`; None if unknown.

    Args:
        value: the scalar.
        node: the schema of the mapping.
    """
    fields = node.get("properties", {})
    text = str(value).strip(BLANKS)
    if value is None or isinstance(value, bool) or not text or len(text) > LONGEST:
        return None
    if node.get("required") == ["amount", "unit"]:
        return _length(text, fields)
    if {"n", "of", "percent"} <= fields.keys():
        return _part(text)
    words = [name for name, field in fields.items() if value in field.get("enum", ())]
    if len(words) == 1:
        return f"{{{words[0]}: {text}}}"
    return "{text: ...}, with what the source says" if "text" in fields else None


def _length(text: str, fields: Mapping[str, Any]) -> str | None:
    """Return a duration, such as 12 weeks or 700 person-years, as a mapping."""
    words = text.replace("-", " ").split()
    unit = _unit(words[-1], fields["unit"]["enum"]) if len(words) > 1 else None
    if unit is not None and words[-2].casefold() in _OF_PEOPLE:
        words.pop()
    number = _number(" ".join(words[:-1] if unit else words))
    if number is None:
        return None
    return f"{{amount: {number}, unit: {unit or 'years'}}}" + ("" if unit else ", with the unit of the source")


def _unit(word: str, units: Sequence[str]) -> str | None:
    if word in units:
        return word
    meant = choice_meant(word, units, "unit")
    return meant.options[0].text if meant and meant.options else None


def _part(text: str) -> str | None:
    """Return a proportion, such as 12/40 or 30%, as a mapping."""
    for between in _BETWEEN:
        n, found, of = text.partition(between)
        if found and (first := _number(n)) and (second := _number(of)):
            return f"{{n: {first}, of: {second}}}"
    percent = _number(text.rstrip(f"%％٪{BLANKS}"))
    if percent is None:
        return None
    if text[-1] in "%％٪":
        return f"{{percent: {percent}}}"
    return f"{{n: {percent}}}, with `of` if the source states the total" if percent.isdigit() else None


def _number(text: str) -> str | None:
    """Return the number that a text means, None if it is ambiguous or no number."""
    found = readings(text)
    return found[0].text if len(found) == 1 else None
