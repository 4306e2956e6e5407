"""The app of this folder."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "glabella.clinic.consent"
    label = "consent"
