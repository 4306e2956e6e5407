"""Addresses of the pages of data."""

from django.urls import path

from glabella.clinic.data import views

app_name = "data"
urlpatterns = [
    path("", views.data, name="data"),
    path("export/", views.export, name="export"),
    path("retention/", views.retention, name="retention"),
    path("erase-due/", views.erase_due, name="erase-due"),
    path("dictionary/", views.dictionary_page, name="dictionary"),
    path("patients/<int:patient_id>/", views.patient, name="patient"),
    path("patients/<int:patient_id>/export/", views.patient_export, name="patient-export"),
    path("patients/<int:patient_id>/hold/", views.hold, name="hold"),
    path("patients/<int:patient_id>/lift-hold/", views.lift_hold, name="lift-hold"),
    path("patients/<int:patient_id>/restrict/", views.restrict, name="restrict"),
    path("patients/<int:patient_id>/use-again/", views.use_again, name="use-again"),
    path("patients/<int:patient_id>/erase/", views.erase, name="erase"),
]
