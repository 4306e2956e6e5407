"""What the day's page says of backups."""

from typing import Any

from django import template
from django.utils import timezone

from glabella.clinic.data.backup import backup_age

register = template.Library()


@register.inclusion_tag("data/_today.html")
def backup_warning() -> dict[str, Any]:
    """A banner while the last backup is too old; nothing otherwise."""
    return {"backup": backup_age(timezone.now())}
