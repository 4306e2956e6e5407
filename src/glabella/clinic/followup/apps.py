"""The app of this folder."""

from django.apps import AppConfig


class FollowUpConfig(AppConfig):
    name = "glabella.clinic.followup"
    label = "followup"
