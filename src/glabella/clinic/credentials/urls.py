"""Addresses of the team, and of the pages that patients may read."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from glabella.clinic.credentials import views
from glabella.clinic.credentials.models import CredentialKind


class KindConverter(StringConverter):
    """A kind of paper."""

    regex = "|".join(CredentialKind.values)


register_converter(KindConverter, "kind")

app_name = "credentials"
urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/admit/", views.admit, name="admit"),
    path("team/policy/", views.policy, name="policy"),
    path("team/may-treat/", views.may_treat, name="may-treat"),
    path("team/leave/", views.leave, name="leave"),
    path("team/me/page/", views.own_profile, name="own-profile"),
    path("team/me/<kind:kind>/", views.own_credential, name="own-credential"),
    path("team/orders/", views.orders, name="orders"),
    path("team/orders/new/", views.new_order, name="new-order"),
    path("team/orders/<int:standing_order_id>/", views.order, name="order"),
    path("team/orders/<int:standing_order_id>/next/", views.next_order, name="next-order"),
    path(
        "team/orders/<int:standing_order_id>/withdraw/", views.withdraw_order, name="withdraw-order"
    ),
    path("team/evidence/<int:evidence_id>/", views.evidence, name="evidence"),
    path("team/papers/<int:credential_id>/verify/", views.verify, name="verify"),
    path("team/papers/<int:credential_id>/withdraw/", views.withdraw, name="withdraw"),
    path(
        "team/privileges/<int:privilege_id>/withdraw/",
        views.withdraw_privilege,
        name="withdraw-privilege",
    ),
    path("team/pages/<int:profile_id>/", views.agree_profile, name="agree-profile"),
    path("team/<int:member_id>/", views.member, name="member"),
    path("team/<int:member_id>/roles/", views.roles, name="roles"),
    path("team/<int:member_id>/close/", views.close, name="close"),
    path("team/<int:member_id>/reopen/", views.reopen, name="reopen"),
    path("team/<int:member_id>/privileges/", views.privileges, name="privileges"),
    path("team/<int:member_id>/supervision/", views.supervision, name="supervision"),
    path("team/<int:member_id>/<kind:kind>/", views.credential, name="credential"),
    path("injectors/<slug:slug>/", views.public, name="public"),
]
