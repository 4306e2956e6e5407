"""The app of this folder."""

from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "glabella.clinic.prescribing"
    label = "prescribing"
