"""The app of this folder."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "glabella.clinic.outbox"
    label = "outbox"
