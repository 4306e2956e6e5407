"""All addresses of the clinic."""

from django.urls import include, path

from glabella.clinic.api.wire import service

urlpatterns = [
    path("", include("glabella.clinic.people.urls")),
    path("", include("glabella.clinic.credentials.urls")),
    path("account/", include("glabella.clinic.signin.urls")),
    path("", include("glabella.clinic.signin.factor_urls")),
    path("api/v1/", service.urls),
    path("api/", include("glabella.clinic.api.urls")),
    path("patients/", include("glabella.clinic.patients.urls")),
    path("", include("glabella.clinic.intake.urls")),
    path("", include("glabella.clinic.consent.urls")),
    path("", include("glabella.clinic.prescribing.urls")),
    path("texts/", include("glabella.clinic.consent.text_urls")),
    path("stock/", include("glabella.clinic.stock.urls")),
    path("cold/", include("glabella.clinic.coldchain.urls")),
    path("stock-counts/", include("glabella.clinic.stocktake.urls")),
    path("lot-recalls/", include("glabella.clinic.lot_recalls.urls")),
    path("treatments/", include("glabella.clinic.treatments.urls")),
    path("body/", include("glabella.clinic.body.urls")),
    path("reviews/", include("glabella.clinic.reviews.urls")),
    path("tasks/", include("glabella.clinic.tasks.urls")),
    path("outbox/", include("glabella.clinic.outbox.urls")),
    path("follow-up/", include("glabella.clinic.followup.urls")),
    path("data/", include("glabella.clinic.data.urls")),
    path("cosigning/", include("glabella.clinic.cosigning.urls")),
    path("safety/", include("glabella.clinic.safety.urls")),
    path("audit/", include("glabella.clinic.audit.urls")),
]
