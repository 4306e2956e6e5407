"""Addresses of what is known: products and their facts, and the forecast of a plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from ninja.errors import HttpError

from glabella import facts
from glabella.clinic.api import shapes as s
from glabella.clinic.api import told
from glabella.clinic.api.keys import needs
from glabella.clinic.api.pages import Page, many, refusals
from glabella.clinic.people.permissions import Permission
from glabella.plan import forecast, plan_schema, read_plan
from glabella.plan.plan import refuse_what_is_yet_to_come

router = Router(tags=["Model"])
ANYBODY = needs(Permission.SEE_TODAY)
# A plan of a whole treatment history is a few kilobytes.
LARGEST_PLAN = 64 * 1024


@router.get("/products", response=refusals(s.Many[s.ProductOut]), **ANYBODY)
def products(request: HttpRequest, page: Query[Page]) -> Any:
    """Products that Glabella knows the label of."""
    return many(sorted(facts.load().products), page, told.product)


@router.get("/products/{product_id}", response=refusals(dict[str, Any]), **ANYBODY)
def product(request: HttpRequest, product_id: s.Line) -> Any:
    """All facts of a product, each with its kind, source and place in it."""
    known = facts.load().products.get(product_id)
    if known is None:
        raise HttpError(404, "No such product is known. See /products for those that are.")
    return told.plain(known)


@router.post(
    "/forecast",
    response=refusals(dict[str, Any]),
    **needs(
        Permission.SEE_TODAY,
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": told.inlined(plan_schema())}},
        },
    ),
)
def plan_forecast(request: HttpRequest) -> Any:
    """What a plan will do, as `glabella forecast --json`; nothing of it is kept."""
    if len(request.body) > LARGEST_PLAN:
        raise HttpError(413, "A plan is at most 64 kB. Leave out earlier treatments.")
    plan = read_plan(request.body)
    refuse_what_is_yet_to_come(plan, today=timezone.localdate())
    return told.plain(forecast(plan))
