"""The app of the trail; it also keeps the database's locks in place."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from glabella.clinic.locks import install_after_migrate


class AuditConfig(AppConfig):
    name = "glabella.clinic.audit"
    label = "audit"

    def ready(self) -> None:
        post_migrate.connect(install_after_migrate, dispatch_uid="glabella-locks")
