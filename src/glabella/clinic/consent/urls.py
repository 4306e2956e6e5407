"""Addresses of consents: those of members, and those of patients with a link."""

from django.urls import path

from glabella.clinic.consent import views

app_name = "consent"
urlpatterns = [
    path("patients/<int:patient_id>/consents/", views.consents, name="list"),
    path("patients/<int:patient_id>/consents/new/", views.new, name="new"),
    path("patients/<int:patient_id>/photos/", views.photos, name="photos"),
    path("consents/<int:consent_id>/", views.consent, name="consent"),
    path("consents/<int:consent_id>/take/", views.take, name="take"),
    path("consents/<int:consent_id>/withdraw/", views.withdraw, name="withdraw"),
    path("consents/<int:consent_id>/hand-over/", views.hand_over, name="hand-over"),
    path("consents/<int:consent_id>/link/", views.link, name="link"),
    path("consents/<int:consent_id>/pdf/", views.pdf, name="pdf"),
    path("sign/<str:token>/", views.sign, name="sign"),
]
