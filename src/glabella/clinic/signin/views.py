"""Pages of signing in and of one's own account; allauth's views do the second factor."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.signin import actions, queries
from glabella.clinic.signin.forms import SignInForm
from glabella.errors import UserError


class SignIn(LoginView):
    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password was right; a second factor, where there is one, comes before the door."""
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        answer = perform_password_login(self.request, {"username": user.get_username()}, login)
        return cast("HttpResponse", answer)


class SignOut(LogoutView):
    http_method_names = ["post"]


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/account_inactive.html", status=403)


@needs(None)
@require_safe
def account(request: ClinicRequest) -> HttpResponse:
    told = queries.account(request.member, session_key=request.session.session_key)
    return render(request, "signin/account.html", {"account": told})


@needs(None)
@require_safe
def back(request: ClinicRequest) -> HttpResponse:
    """Where a sign-in in another tab ends: it tells the tab that waits."""
    return render(request, "signin/back.html")


@needs(None)
@require_POST
def elsewhere(request: ClinicRequest) -> HttpResponse:
    ended = actions.sign_out_elsewhere(keep=request.session.session_key or "", by=request.member)
    messages.success(request, f"Signed out at {ended} other place{'' if ended == 1 else 's'}.")
    return redirect("signin:account")


@needs(None)
@require_POST
def everywhere(request: ClinicRequest) -> HttpResponse:
    actions.sign_out_elsewhere(keep="", by=request.member)
    logout(request)
    return redirect("people:sign-in")


@needs(Permission.EDIT_TEAM)
@require_safe
def team(request: ClinicRequest) -> HttpResponse:
    rows = queries.sign_in_rows(request.member.clinic)
    return render(request, "signin/team.html", {"rows": rows})


HELP = {
    "reset": (actions.reset_second_factor, "The second factor is taken away, and sessions ended."),
    "unlock": (actions.unlock, "The account may try again."),
    "sign-out": (actions.sign_out_everywhere, "All sessions are ended."),
}


@needs(Permission.EDIT_TEAM, fresh=True)
@require_POST
def help_member(request: ClinicRequest, member_id: int, help_name: str) -> HttpResponse:
    member = found(request, Member.objects.all(), pk=member_id)
    act, done = HELP[help_name]
    try:
        act(member=member, by=request.member)
        messages.success(request, f"{member.display_name}: {done}")
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect("signin:team")
