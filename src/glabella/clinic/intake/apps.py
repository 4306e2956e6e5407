"""The app of this folder."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "glabella.clinic.intake"
    label = "intake"
