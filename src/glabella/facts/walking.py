"""Lists every fact with the path to it, for sources, assumptions and "why" links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from glabella.facts.schema import Fact

# The first of these that an entry has stands in its path; a number would not last.
NAMES = ("id", "site", "code")


def walk(value: object, path: str = "") -> Iterator[tuple[str, Fact[Any]]]:
    """Yield (dotted path, fact) for every fact in a value, at any depth."""
    if isinstance(value, Fact):
        yield path, value
    for key, part in _parts(value):
        yield from walk(part, f"{path}.{key}" if path else key)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    match value:
        case msgspec.Struct():
            for field in value.__struct_fields__:
                yield field, getattr(value, field)
        case Mapping():
            for key, part in value.items():
                yield str(key), part
        case tuple() | list():
            for number, part in enumerate(value):
                yield _name(part, number), part


def _name(part: object, number: int) -> str:
    for name in NAMES:
        if isinstance(found := getattr(part, name, None), str):
            return found
    return str(number)
