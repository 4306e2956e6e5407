"""The app of this folder."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "glabella.clinic.safety"
    label = "safety"
