"""The app of the trail; it also keeps the database's locks and logs in place."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from glabella.clinic import raw_writes
from glabella.clinic.locks import drop_before_migrate, install_after_migrate
from glabella.clinic.writer import teach


class AuditConfig(AppConfig):
    name = "glabella.clinic.audit"
    label = "audit"

    def ready(self) -> None:
        connection_created.connect(teach, dispatch_uid="glabella-writer")
        pre_migrate.connect(drop_before_migrate, sender=self, dispatch_uid="glabella-drop")
        post_migrate.connect(install_after_migrate, dispatch_uid="glabella-locks")
        post_migrate.connect(
            raw_writes.install_after_migrate, sender=self, dispatch_uid="glabella-raw-writes"
        )
