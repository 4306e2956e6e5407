"""What was typed into a field whose name is made for its line."""

from __future__ import annotations

from django import template
from django.http import QueryDict

register = template.Library()


@register.filter
def typed(sent: QueryDict, name: str) -> str:
    """What a refused page was sent under this name, so that nothing typed is lost."""
    return sent.get(name) or ""
