"""Making and revoking the secret addresses of the calendar."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from glabella.clinic.audit.actions import action, record
from glabella.clinic.followup.models import CalendarFeed
from glabella.clinic.links.rules import hash_of
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission

TOKEN_BYTES = 24


def feeds_of(member: Member) -> QuerySet[CalendarFeed]:
    """The feeds that a member may see: the clinic's and their own."""
    live = CalendarFeed.objects.filter(clinic=member.clinic_id, revoked_at__isnull=True)
    mine = live.filter(member=member) | live.filter(member__isnull=True)
    return mine.select_related("made_by", "member")


def open_feed(token: str) -> CalendarFeed | None:
    live = CalendarFeed.objects.filter(token_hash=hash_of(token), revoked_at__isnull=True)
    return live.select_related("clinic__message_policy").first()


@action
def make_feed(
    *, whole_clinic: bool, by: Member, at: datetime | None = None
) -> tuple[CalendarFeed, str]:
    """Make a feed and give its address, which is shown once and not kept."""
    by.require(Permission.FOLLOW_UP)
    at = at or timezone.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed.objects.create(
        clinic=by.clinic,
        member=None if whole_clinic else by,
        token_hash=hash_of(token),
        made_at=at,
        made_by=by,
    )
    record("calendar feed made", subject=feed, by=by, at=at, whole_clinic=str(whole_clinic))
    path = reverse("followup:feed", kwargs={"token": token})
    return feed, settings.SITE_URL.rstrip("/") + path


@action
def revoke_feed(*, feed: CalendarFeed, by: Member, at: datetime | None = None) -> CalendarFeed:
    """Close a feed: its address shows nothing from now on."""
    by.require(Permission.FOLLOW_UP)
    feed.revoked_at = at or timezone.now()
    feed.save(update_fields=["revoked_at"])
    record("calendar feed revoked", subject=feed, by=by, at=at)
    return feed


@action
def note_read(*, feed: CalendarFeed, by: None, at: datetime) -> None:
    """Keep when a calendar last asked."""
    CalendarFeed.objects.filter(pk=feed.pk).update(read_at=at)
