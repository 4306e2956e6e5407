"""The app of this folder."""

from django.apps import AppConfig


class LotRecallsConfig(AppConfig):
    name = "glabella.clinic.lot_recalls"
    label = "lot_recalls"
