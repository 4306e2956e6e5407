"""`flush` as Django has it, past the locks; tests with real transactions end with it."""

from typing import Any

from django.apps import apps
from django.core.management.commands import flush
from django.db import connections

from glabella.clinic.locks import lifted, locks_of
from glabella.clinic.writer import named


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        locks = [lock for app in apps.get_app_configs() for lock in locks_of(app)]
        with lifted(connections[options["database"]], locks), named("flush"):
            super().handle(**options)
