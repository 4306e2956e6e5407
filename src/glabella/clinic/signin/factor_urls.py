"""Addresses of the second factor: allauth's views under Glabella's guard and on its pages.

allauth finds them by these names; what is not here (sign-up, e-mail, reset by mail) has no page.
"""

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as app_views
from allauth.mfa.webauthn import views as passkey_views
from django.urls import path

from glabella.clinic.people.guard import needs
from glabella.clinic.signin import views

own = needs(None)

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", factor_views.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkey_views.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/closed/", views.closed, name="account_inactive"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("account/", views.account, name="mfa_index"),
    path("account/again/", own(account_views.reauthenticate), name="account_reauthenticate"),
    path("account/again/code/", own(factor_views.reauthenticate), name="mfa_reauthenticate"),
    path(
        "account/again/passkey/",
        own(passkey_views.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/password/", own(account_views.password_change), name="account_change_password"),
    path("account/app/", own(app_views.activate_totp), name="mfa_activate_totp"),
    path("account/app/remove/", own(app_views.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", own(code_views.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/",
        own(code_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/file/",
        own(code_views.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys/", views.account, name="mfa_list_webauthn"),
    path("account/passkeys/add/", own(passkey_views.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        own(passkey_views.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
]
