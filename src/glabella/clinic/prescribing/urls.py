"""Addresses of assessments."""

from django.urls import path

from glabella.clinic.prescribing import views

app_name = "prescribing"
urlpatterns = [
    path("patients/<int:patient_id>/assessments/", views.assess, name="assess"),
    path("patients/<int:patient_id>/assessments/new/", views.new, name="new"),
    path("assessments/<int:assessment_id>/end/", views.end, name="end"),
]
