"""The app of this folder."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "glabella.clinic.tasks"
    label = "tasks"
