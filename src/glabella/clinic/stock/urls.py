"""Addresses of the stock."""

from django.urls import path

from glabella.clinic.stock import intake, printing, views

app_name = "stock"
urlpatterns = [
    path("", views.stock_list, name="list"),
    path("receive/", intake.receive, name="receive"),
    path("scan/", intake.scan, name="scan"),
    path("find/", intake.find, name="find"),
    path("suppliers/", intake.suppliers, name="suppliers"),
    path("practice/", printing.practice, name="practice"),
    path("deliveries/<int:delivery_id>/", intake.delivery, name="delivery"),
    path("deliveries/<int:delivery_id>/photo/", intake.delivery_photo, name="photo"),
    path("quarantines/<int:quarantine_id>/release/", views.release, name="release"),
    path("<int:vial_id>/", views.vial, name="vial"),
    path("<int:vial_id>/label/", printing.label, name="label"),
    path("<int:vial_id>/label.pdf", printing.label_pdf, name="label-pdf"),
    path("<int:vial_id>/open/", views.open_vial, name="open"),
    path("<int:vial_id>/syringes/", views.draw_up, name="draw-up"),
    path("<int:vial_id>/waste/", views.waste, name="waste"),
    path("<int:vial_id>/measure/", views.measure, name="measure"),
    path("<int:vial_id>/explain/", views.explain, name="explain"),
    path("<int:vial_id>/hold/", views.hold, name="hold"),
    path("<int:vial_id>/discard/", views.discard, name="discard"),
]
