"""Addresses of the outbox."""

from django.urls import path

from glabella.clinic.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.outbox, name="list"),
    path("<int:message_id>/", views.message, name="message"),
    path("<int:message_id>/cancel/", views.cancel, name="cancel"),
    path("<int:message_id>/resend/", views.resend, name="resend"),
    path("<int:message_id>/delivered/", views.delivered, name="delivered"),
    path("<int:message_id>/send/", views.send_now, name="send"),
    path("words/", views.templates, name="templates"),
    path("words/<slug:message_kind>/", views.template, name="template"),
    path("words/<slug:message_kind>/reset/", views.template_reset, name="template-reset"),
]
