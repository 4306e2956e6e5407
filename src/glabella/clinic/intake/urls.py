"""Addresses of histories: those of members, and those of patients with a link."""

from django.urls import path

from glabella.clinic.intake import views

app_name = "intake"
urlpatterns = [
    path("patients/<int:patient_id>/history/", views.history, name="history"),
    path("patients/<int:patient_id>/history/confirm/", views.confirm, name="confirm"),
    path("patients/<int:patient_id>/history/unchanged/", views.unchanged, name="unchanged"),
    path("patients/<int:patient_id>/history/fill/", views.fill, name="fill"),
    path("patients/<int:patient_id>/history/hand-over/", views.hand_over, name="hand-over"),
    path("patients/<int:patient_id>/history/link/", views.link, name="link"),
    path("intake/thanks/", views.thanks, name="thanks"),
    path("intake/<str:token>/", views.answer, name="answer"),
    path("intake/<str:token>/keep/", views.keep, name="keep"),
]
