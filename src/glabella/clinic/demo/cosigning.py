"""The demo's second pair of eyes: one treatment waits, one is settled, one has a question."""

from __future__ import annotations

from datetime import datetime, timedelta

from glabella.clinic.cosigning.actions import ask_for_changes, ask_for_cosignature, cosign
from glabella.clinic.people.models import Member
from glabella.clinic.treatments.models import State, Treatment

REASON = "Demo clinic: the first treatments of an injector are looked at."


def tell(cast: dict[str, Member], now: datetime) -> None:
    injector, supervisor = cast["injector"], cast["supervisor"]
    signed = Treatment.objects.filter(state=State.SIGNED, injector=injector).order_by("signed_at")
    for treatment in signed:
        assert treatment.signed_at is not None
        ask_for_cosignature(treatment=treatment, reason=REASON, by=injector, at=treatment.signed_at)
    for settled in signed[:2]:
        assert settled.signed_at is not None
        cosign(treatment=settled, by=supervisor, at=settled.signed_at + timedelta(hours=20))
    ask_for_changes(
        treatment=signed[2],
        note="Which needle was used at the outer eye? Please add it to the record.",
        by=supervisor,
        at=now - timedelta(days=1),
    )
