"""Addresses of adverse events, guides and reports."""

from django.urls import path

from glabella.clinic.safety import views

app_name = "safety"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("guides/", views.guides, name="guides"),
    path("patients/<int:patient_id>/event/", views.event_of_patient, name="event-of-patient"),
    path(
        "treatments/<int:treatment_id>/event/",
        views.event_of_treatment,
        name="event-of-treatment",
    ),
    path("patients/<int:patient_id>/guide/", views.start_guide, name="start-guide"),
    path("events/<int:event_id>/", views.event, name="event"),
    path("events/<int:event_id>/follow-up/", views.follow_up, name="follow-up"),
    path("events/<int:event_id>/cause/", views.cause, name="cause"),
    path("events/<int:event_id>/addendum/", views.addendum, name="addendum"),
    path("events/<int:event_id>/guide/", views.guide_of_event, name="guide-of-event"),
    path("events/<int:event_id>/report/", views.start_report, name="start-report"),
    path("runs/<int:run_id>/", views.guide, name="guide"),
    path("runs/<int:run_id>/steps/", views.steps, name="steps"),
    path("runs/<int:run_id>/step/", views.answer_step, name="answer-step"),
    path("runs/<int:run_id>/close/", views.close_guide, name="close-guide"),
    path("reports/<int:report_id>/", views.report, name="report"),
    path("reports/<int:report_id>/check/", views.check_report, name="check-report"),
    path("reports/<int:report_id>/sent/", views.send_report, name="send-report"),
    path("reports/<int:report_id>/pdf/", views.report_pdf, name="report-pdf"),
    path("reports/<int:report_id>/json/", views.report_json, name="report-json"),
]
