"""`watch_cold` looks for places without a reading; run it every quarter of an hour by cron."""

from typing import Any

from django.core.management.base import BaseCommand

from glabella.clinic.coldchain.actions import watch_places
from glabella.clinic.people.models import Clinic


class Command(BaseCommand):
    help = "Stops the vials of places that have had no reading for longer than the clinic allows."

    def handle(self, **_: Any) -> None:
        for clinic in Clinic.objects.all():
            silent = watch_places(clinic=clinic, by=None)
            self.stdout.write(f"{clinic}: {silent} places newly without a reading.")
