"""Filters for the clinic's templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from glabella import facts

register = template.Library()


@register.filter
def amount(value: Decimal | float | None) -> str:
    """A number to the hundredth without needless zeros: 20, 2.5, 8.33."""
    return "–" if value is None else f"{float(value):.2f}".rstrip("0").rstrip(".")


@register.filter
def ml(value: Decimal | float | None) -> str:
    """A volume to the hundredth, as read on a syringe."""
    return "–" if value is None else f"{float(value):.2f} mL"


@register.filter
def mm(value: Decimal | float | None) -> str:
    return "–" if value is None else f"{float(value):.1f} mm"


@register.filter
def height(value: Decimal | float) -> str:
    """Where a point lies against the inner corners of the eyes: 12.5 up, 62.0 down."""
    return f"{abs(float(value)):.1f} {'down' if value < 0 else 'up'}"


@register.filter
def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}%"


@register.filter
def product_name(code: str) -> str:
    known = facts.load().products
    return known[code].name if code in known else code
