"""Addresses of the tasks."""

from django.urls import path

from glabella.clinic.tasks import views

app_name = "tasks"
urlpatterns = [
    path("", views.task_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:task_id>/", views.task, name="task"),
    path("<int:task_id>/take/", views.take, name="take"),
    path("<int:task_id>/finish/", views.finish, name="finish"),
    path("<int:task_id>/snooze/", views.snooze, name="snooze"),
]
