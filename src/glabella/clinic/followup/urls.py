"""Addresses of the follow-up."""

from django.urls import path

from glabella.clinic.followup import check_in_views, views

app_name = "followup"
urlpatterns = [
    path("", views.recall_list, name="recall"),
    path("patient/<int:patient_id>/", views.person, name="person"),
    path("patient/<int:patient_id>/step/", views.step, name="step"),
    path("patient/<int:patient_id>/message/", views.message, name="message"),
    path("patient/<int:patient_id>/not-now/", views.not_now, name="not-now"),
    path("patient/<int:patient_id>/lost/", views.lost, name="lost"),
    path("patient/<int:patient_id>/book/", views.book, name="book"),
    path("patient/<int:patient_id>/check-ins/", check_in_views.wanted, name="wanted"),
    path("visit/<int:booked_visit_id>/settle/", views.settle, name="settle"),
    path("visit/<int:booked_visit_id>/move/", views.move, name="move"),
    path("check-in/<int:check_in_id>/", check_in_views.check_in, name="check-in"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<int:calendar_feed_id>/revoke/", views.revoke, name="revoke"),
    path("policy/", views.policy, name="policy"),
    path("c/<str:token>/", check_in_views.page, name="page"),
    path("c/<str:token>/thanks/", check_in_views.thanks, name="thanks"),
    path("c/<str:token>/choose/", check_in_views.choose, name="choose"),
    path("feed/<str:token>.ics", views.feed, name="feed"),
]
