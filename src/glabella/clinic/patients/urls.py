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
    path("<int:patient_id>/measure/", views.measure, name="measure"),
    path("<int:patient_id>/alert/", views.alert, name="alert"),
    path("alerts/<int:alert_id>/end/", views.end_alert, name="end-alert"),
    path("<int:patient_id>/treat/", start, name="treat"),
]
