"""The clinic's choices on one page, kept in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from glabella.clinic.audit.actions import action
from glabella.clinic.followup.actions import set_policy
from glabella.clinic.followup.models import FollowUpPolicy
from glabella.clinic.outbox.actions import set_message_policy
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

OF_MESSAGES = ("quiet_from", "quiet_until")


@action
def set_policies(*, by: Member, at: datetime | None = None, **values: Any) -> FollowUpPolicy:
    """Keep both policies, or neither."""
    by.require(Permission.EDIT_POLICY)
    set_message_policy(by=by, at=at, **{name: values.pop(name) for name in OF_MESSAGES})
    return set_policy(by=by, at=at, **values)
