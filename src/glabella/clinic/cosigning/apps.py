"""The app of this folder."""

from django.apps import AppConfig


class CosigningConfig(AppConfig):
    name = "glabella.clinic.cosigning"
    label = "cosigning"
