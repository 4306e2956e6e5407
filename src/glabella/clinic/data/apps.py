"""The app of this folder."""

from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "glabella.clinic.data"
    label = "data"
