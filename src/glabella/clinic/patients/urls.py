"""Addresses of the patients."""

from django.urls import path

from glabella.clinic.patients import views
from glabella.clinic.treatments.views import start

app_name = "patients"
urlpatterns = [
    path("", views.patient_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:patient_id>/", views.timeline, name="timeline"),
    path("<int:patient_id>/edit/", views.edit, name="edit"),
    path("<int:patient_id>/treat/", start, name="treat"),
]
