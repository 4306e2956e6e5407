"""Events that were kept with reviews become records of their own."""

from typing import Any

from django.db import migrations

# The one word of before, as the regulators' reasons; "serious" stood for two of them.
REASONS = {
    "not-serious": [],
    "serious": ["important"],
    "hospital": ["hospital"],
    "life-threatening": ["life-threatening"],
    "death": ["death"],
}


def from_reviews(apps: Any, schema_editor: Any) -> None:
    """Take each event over with its review, treatment, vials, and who signed it."""
    event, event_vial = (apps.get_model("safety", name) for name in ("AdverseEvent", "EventVial"))
    old = apps.get_model("reviews", "AdverseEvent").objects.select_related("review__treatment")
    for row in old.order_by("pk"):
        treatment = row.review.treatment
        kept = event.objects.create(
            patient_id=treatment.patient_id,
            treatment=treatment,
            review=row.review,
            origin="review",
            event=row.event,
            side=row.side,
            onset=row.onset,
            criteria=REASONS[row.seriousness],
            description=row.review.note if row.event == "other" else "",
            listing="not-known",
            by_id=row.review.by_id,
            signed_at=row.review.signed_at,
        )
        points = apps.get_model("treatments", "ChartPoint").objects.filter(treatment=treatment)
        vials = points.order_by().values_list("vial", flat=True).distinct()
        event_vial.objects.bulk_create(event_vial(event=kept, vial_id=pk) for pk in vials)


class Migration(migrations.Migration):
    dependencies = [
        ("safety", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(from_reviews, migrations.RunPython.noop),
    ]
