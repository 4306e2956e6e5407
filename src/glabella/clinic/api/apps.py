"""The app of this folder."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "glabella.clinic.api"
    label = "api"
