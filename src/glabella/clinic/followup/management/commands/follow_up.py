"""`follow_up` does one round of the follow-up; cron runs it, or it runs by itself."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from glabella.clinic.followup.schedule import follow_up


class Command(BaseCommand):
    help = (
        "Asks patients how it goes, reminds of visits and sends what waits. Safe to run at any "
        "time, twice at once too; from cron: */5 * * * * glabella follow-up"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=int, default=0, metavar="SECONDS", help="go on until stopped"
        )

    def handle(self, *, every: int = 0, **_: Any) -> None:
        while True:
            self.stdout.write(follow_up(now=timezone.now()).words())
            if not every:
                return
            close_old_connections()
            time.sleep(every)
