"""The app of this folder."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "glabella.clinic.patients"
    label = "patients"
