"""Addresses of sessions outside the face."""

from django.urls import path

from glabella.clinic.body import views

app_name = "body"
urlpatterns = [
    path("patient/<int:patient_id>/", views.choose, name="choose"),
    path("<int:treatment_id>/", views.session, name="session"),
    path("<int:treatment_id>/draft/", views.draft, name="draft"),
    path("<int:treatment_id>/lay/", views.lay, name="lay"),
    path("<int:treatment_id>/repeat/", views.repeat, name="repeat"),
    path("<int:treatment_id>/scale/", views.scale, name="scale"),
]
