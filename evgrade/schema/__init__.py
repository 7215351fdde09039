"""JSON Schemas of what people write and of what evgrade prints; documents checked against them."""
