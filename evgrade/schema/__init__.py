"""JSON Schemas of what people write and of what evgrade prints; documents checked against them."""

from evgrade.schema.store import NAMES, schema, schema_text
from evgrade.schema.suggest import did_you_mean, listed, many, nearest, shown
from evgrade.schema.validate import validate

__all__ = ["NAMES", "did_you_mean", "listed", "many", "nearest", "schema", "schema_text", "shown", "validate"]
