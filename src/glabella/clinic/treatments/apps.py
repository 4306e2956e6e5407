"""The app of this folder."""

from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "glabella.clinic.treatments"
    label = "treatments"
