"""What a newer release has stored in a document, beside what this one knows.

Two releases run side by side while one is deployed. The older one must not drop what the newer one has added to a
document when it changes something else in it.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def has_unknown(part: Any) -> bool:
    """Return whether a newer release has added keys to a part of a document, at any depth."""
    if isinstance(part, BaseModel):
        return bool(part.__pydantic_extra__) or any(map(has_unknown, part.__dict__.values()))
    if isinstance(part, dict):
        return any(map(has_unknown, part.values()))
    return isinstance(part, list | tuple) and any(map(has_unknown, part))


def with_unknown(dumped: Any, part: Any) -> Any:
    """Return a part as it was dumped, by alias, with the unknown keys at every depth."""
    if isinstance(part, BaseModel):
        parts: Mapping[str, Any] = {
            field.alias or name: getattr(part, name) for name, field in type(part).model_fields.items()
        }
        return (part.__pydantic_extra__ or {}) | {key: with_unknown(one, parts[key]) for key, one in dumped.items()}
    if isinstance(part, dict):
        parts = {str(key): value for key, value in part.items()}
        return {key: with_unknown(one, parts.get(key)) for key, one in dumped.items()}
    if isinstance(part, list | tuple) and len(dumped) == len(part):
        return [with_unknown(one, given) for one, given in zip(dumped, part, strict=True)]
    return dumped
