"""The chain of a clinic's events: each link covers its event and the link before it.

What was signed is in the chain by its hash, so that a later change of the content, of the trail
or of the order of events shows when the chain is verified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.module_loading import autodiscover_modules

from glabella.clinic.audit.models import AuditEvent, Link, Unlinked
from glabella.clinic.locks import locks_of
from glabella.clinic.raw_writes import present, tables, wanted
from glabella.clinic.writer import writing

FIRST = "0" * 64
# The action of an event that puts a new hash beside what a patient's erasure left of a content.
ERASED = "content erased"
_contents: dict[str, Callable[[models.Model], str]] = {}


def signed_content(
    model: type[models.Model],
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Mark the function that hashes what was signed of a model, as it is stored now."""

    def keep(function: Callable[..., str]) -> Callable[..., str]:
        _contents[model._meta.model_name or ""] = function
        return function

    return keep


def signed_kinds() -> frozenset[str]:
    """The names of the models whose rows are signed into the chain."""
    return frozenset(_contents)


def content_of(row: models.Model) -> str:
    """The hash of a signed content as it is stored now."""
    return _contents[row._meta.model_name or ""](row)


def digest(content: object) -> str:
    """SHA-256 over JSON with sorted keys: the same for the same content on every machine."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def event_hash(event: AuditEvent, previous: str) -> str:
    return digest(
        {
            "previous": previous,
            "clinic": event.clinic_id,
            "at": event.at.astimezone(UTC).isoformat(),
            "by": event.by_id,
            "action": event.action,
            "subject": event.subject,
            "subject_id": event.subject_id,
            "detail": event.detail,
        }
    )


def link(clinic_id: int) -> int:
    """Link what waits in a clinic, in the order of its commits; gives how many were linked."""
    with transaction.atomic(), writing("link"):
        # One at a time for a clinic; the lock of a row is what both databases have in common.
        list(apps.get_model("people", "Clinic").objects.select_for_update().filter(pk=clinic_id))
        waiting = list(Unlinked.objects.filter(clinic=clinic_id).select_related("event"))
        last = Link.objects.filter(clinic=clinic_id).order_by("-number").first()
        number, previous = (last.number, last.hash) if last else (0, FIRST)
        links = []
        for one in waiting:
            number += 1
            this = event_hash(one.event, previous)
            links.append(
                Link(
                    clinic_id=clinic_id,
                    number=number,
                    event=one.event,
                    previous=previous,
                    hash=this,
                )
            )
            previous = this
        Link.objects.bulk_create(links)
        Unlinked.objects.filter(pk__in=[one.pk for one in waiting]).delete()
        return len(links)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the record is not what it was; `number` is that of the link, 0 for none."""

    number: int
    what: str


@dataclass(slots=True)
class Verified:
    """What verifying a clinic's record found."""

    clinic: str
    links: int = 0
    head: str = FIRST
    contents: int = 0
    breaks: list[Break] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.breaks


def _broken(one: Link, number: int, previous: str) -> Iterator[Break]:
    if one.number != number:
        yield Break(one.number, f"Links {number} to {one.number - 1} are missing.")
    elif one.previous != previous:
        yield Break(one.number, "The link before was changed or exchanged.")
    if one.hash != event_hash(one.event, one.previous):
        yield Break(
            one.number,
            f"The event of {one.event.at:%Y-%m-%d %H:%M} ({one.event.action}) was changed.",
        )


def _content_broken(one: Link) -> Break | None:
    """Whether what an event signed is still there as it was signed."""
    event = one.event
    kind = apps.get_model(_app_of(event.subject), event.subject)
    found = kind._default_manager.filter(pk=event.subject_id).first()
    name = f"{event.subject} {event.subject_id}"
    if found is None:
        return Break(one.number, f"{name} was signed, and is gone.")
    if content_of(found) != event.detail["hash"] and not _was_erased(event):
        return Break(one.number, f"{name} is not what was signed.")
    return None


def _was_erased(event: AuditEvent) -> bool:
    """Whether an erasure hashed this content anew later; that hash is checked in its turn."""
    later = AuditEvent.objects.filter(subject=event.subject, subject_id=event.subject_id)
    return later.filter(action=ERASED, link__number__gt=event.link.number).exists()


def signed_hash(row: models.Model) -> str:
    """The hash that the chain holds of a content, the latest; empty for what was never signed."""
    events = AuditEvent.objects.filter(subject=row._meta.model_name, subject_id=row.pk)
    last = events.filter(detail__has_key="hash").order_by("-pk").first()
    return str(last.detail["hash"]) if last else ""


def _app_of(model_name: str) -> str:
    return next(
        model._meta.app_label for model in apps.get_models() if model._meta.model_name == model_name
    )


def verify(clinic: models.Model) -> Verified:
    """Walk a clinic's chain from its first link, and check each content that was signed."""
    # Each app says in its `record` module how its signed content is hashed.
    autodiscover_modules("record")
    link(clinic.pk)
    found = Verified(str(clinic))
    links = Link.objects.filter(clinic=clinic.pk).select_related("event").order_by("number")
    for one in links.iterator(chunk_size=500):
        found.breaks += _broken(one, found.links + 1, found.head)
        found.links, found.head = one.number, one.hash
        if "hash" in one.event.detail and one.event.subject in _contents:
            found.contents += 1
            broken = _content_broken(one)
            found.breaks += [broken] if broken else []
    loose = AuditEvent.objects.filter(clinic=clinic.pk, link__isnull=True).count()
    if loose:
        found.breaks.append(Break(0, f"{loose} events of the trail have no link."))
    return found


def missing_triggers() -> list[str]:
    """Locks and logs that the database should have and has not."""
    locks = {lock.name for app in apps.get_app_configs() for lock in locks_of(app)}
    return sorted((locks | wanted(connection, tables()).keys()) - present(connection))
