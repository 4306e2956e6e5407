"""Pages of a list, keys in an address, and the refusals that every address may answer with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from django.db.models import QuerySet
from ninja import Path as InPath
from ninja import Schema
from pydantic import Field

from glabella.clinic.api.shapes import LARGEST_KEY, Problem

T = TypeVar("T")
REFUSED = frozenset({400, 401, 403, 404, 413, 422})
Path = Annotated[int, InPath(ge=1, le=LARGEST_KEY)]


class Page(Schema):
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


def refusals(answer: Any, status: int = 200) -> dict[Any, Any]:
    """The statuses of an address: its answer, or a problem in words."""
    return {status: answer, REFUSED: Problem}


def many(
    found: QuerySet[Any] | Sequence[Any], page: Page, shape: Callable[[Any], Any] = lambda one: one
) -> dict[str, Any]:
    """One page; `records` are those on it, for the trail."""
    count = found.count() if isinstance(found, QuerySet) else len(found)
    records = list(found[page.offset : page.offset + page.limit])
    end = page.offset + page.limit
    return {
        "items": [shape(one) for one in records],
        "count": count,
        "next_offset": end if end < count else None,
        "records": records,
    }
