"""Addresses of lot recalls."""

from django.urls import path

from glabella.clinic.lot_recalls import views

app_name = "lot_recalls"
urlpatterns = [
    path("", views.recalls, name="recalls"),
    path("new/", views.start, name="start"),
    path("<int:lot_recall_id>/", views.recall, name="recall"),
    path("<int:lot_recall_id>/report.pdf", views.pdf, name="pdf"),
    path("<int:lot_recall_id>/send/", views.send_all, name="send-all"),
    path("<int:lot_recall_id>/end/", views.end, name="end"),
    path("contacts/<int:recall_contact_id>/send/", views.send, name="send"),
    path("contacts/<int:recall_contact_id>/attempt/", views.attempt, name="attempt"),
    path("answer/<str:token>/", views.answer, name="answer"),
]
