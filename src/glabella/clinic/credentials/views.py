"""Pages of the team."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.credentials import actions, queries
from glabella.clinic.credentials import public as pages
from glabella.clinic.credentials.forms import (
    CREDENTIAL_FORMS,
    AdmitForm,
    AgreeForm,
    LeaveForm,
    OrderForm,
    PrivilegesForm,
    ProfileForm,
    RolesForm,
    VerifyForm,
    WhyForm,
)
from glabella.clinic.credentials.models import (
    Credential,
    CredentialKind,
    Evidence,
    Privilege,
    Profile,
)
from glabella.clinic.forms import form_page, submit
from glabella.clinic.people import actions as accounts
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission
from glabella.clinic.people.policy import PolicyForm
from glabella.clinic.treatments.models import Treatment

GET_POST = require_http_methods(["GET", "POST"])


@needs(Permission.SEE_TEAM)
@require_safe
def team(request: ClinicRequest) -> HttpResponse:
    context = queries.team_context(request.member, on=timezone.localdate())
    return render(request, "credentials/team.html", context)


@needs(Permission.EDIT_TEAM)
@GET_POST
def admit(request: ClinicRequest) -> HttpResponse:
    form = AdmitForm(request.POST or None)
    clinic = request.member.clinic
    member = submit(request, form, accounts.admit_member, clinic=clinic, by=request.member)
    if member is None:
        return form_page(request, "credentials/admit.html", form=form)
    messages.success(request, f"{member} is admitted as {member.role_words}.")
    return redirect("credentials:member", member.pk)


@needs(Permission.SEE_TEAM)
@require_safe
def member(request: ClinicRequest, member_id: int) -> HttpResponse:
    person = found(request, queries.members(), pk=member_id)
    context = queries.member_context(person, by=request.member, on=timezone.localdate())
    return render(request, "credentials/member.html", context)


def _told(request: ClinicRequest, form: Form, done: object, words: str) -> None:
    """What came of a small form: done, or why not."""
    if done is not None:
        messages.success(request, words)
        return
    for errors in form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))


@needs(Permission.EDIT_TEAM)
@require_POST
def roles(request: ClinicRequest, member_id: int) -> HttpResponse:
    person = found(request, Member.objects.all(), pk=member_id)
    form = RolesForm(request.POST)
    done = submit(request, form, accounts.change_roles, member=person, by=request.member)
    _told(request, form, done, f"{person} is {done.role_words if done else ''} now.")
    return redirect("credentials:member", member_id)


@needs(Permission.EDIT_TEAM)
@require_POST
def close(request: ClinicRequest, member_id: int) -> HttpResponse:
    person = found(request, queries.members(), pk=member_id)
    form = WhyForm(request.POST)
    done = submit(request, form, accounts.close_account, member=person, by=request.member)
    _told(request, form, done, f"The account of {person} is closed. What they signed stays.")
    return redirect("credentials:member", member_id)


@needs(Permission.EDIT_TEAM)
@require_POST
def reopen(request: ClinicRequest, member_id: int) -> HttpResponse:
    person = found(request, queries.members(), pk=member_id)
    accounts.reopen_account(member=person, by=request.member)
    messages.success(request, f"The account of {person} is open again.")
    return redirect("credentials:member", member_id)


def _credential_page(request: ClinicRequest, person: Member, kind: str) -> HttpResponse:
    """Enter a paper of somebody's, or one's own."""
    known = CredentialKind(kind)
    form = CREDENTIAL_FORMS[known](request.POST or None, request.FILES or None)
    if person.pk == request.member.pk:
        done = submit(request, form, actions.enter_own_credential, kind=known, by=person)
    else:
        enter = actions.enter_credential
        done = submit(request, form, enter, member=person, kind=known, by=request.member)
    if done is None:
        page = "credentials/credential.html"
        return form_page(request, page, form=form, person=person, kind=known)
    messages.success(request, f"{known.label} entered. Somebody else verifies it.")
    return redirect("credentials:member", person.pk)


@needs(Permission.EDIT_TEAM)
@GET_POST
def credential(request: ClinicRequest, member_id: int, kind: str) -> HttpResponse:
    return _credential_page(request, found(request, queries.members(), pk=member_id), kind)


@needs(None)
@GET_POST
def own_credential(request: ClinicRequest, kind: str) -> HttpResponse:
    return _credential_page(request, request.member, kind)


@needs(Permission.VERIFY_CREDENTIALS)
@require_POST
def verify(request: ClinicRequest, credential_id: int) -> HttpResponse:
    paper = found(request, Credential.objects.select_related("member"), pk=credential_id)
    form = VerifyForm(request.POST)
    verifying = actions.verify_credential
    done = submit(request, form, verifying, credential=paper, by=request.member)
    _told(request, form, done, f"{paper.get_kind_display()} verified.")
    return redirect("credentials:member", paper.member_id)


@needs(Permission.EDIT_TEAM)
@require_POST
def withdraw(request: ClinicRequest, credential_id: int) -> HttpResponse:
    paper = found(request, Credential.objects.select_related("member"), pk=credential_id)
    form = WhyForm(request.POST)
    withdrawing = actions.withdraw_credential
    done = submit(request, form, withdrawing, credential=paper, by=request.member)
    _told(request, form, done, f"{paper.get_kind_display()} withdrawn.")
    return redirect("credentials:member", paper.member_id)


@needs(Permission.VERIFY_CREDENTIALS)
@require_safe
def evidence(request: ClinicRequest, evidence_id: int) -> HttpResponse:
    """A file for those who verify; the browser saves it, and never runs anything in it."""
    kept = found(request, Evidence.objects.all(), pk=evidence_id)
    return queries.evidence_response(kept)


@needs(Permission.VERIFY_CREDENTIALS)
@GET_POST
def privileges(request: ClinicRequest, member_id: int) -> HttpResponse:
    person = found(request, queries.members(), pk=member_id)
    form = PrivilegesForm(request.POST or None)
    done = submit(request, form, actions.grant_privileges, member=person, by=request.member)
    if done is None:
        return form_page(request, "credentials/privileges.html", form=form, person=person)
    messages.success(request, f"{person} may treat {len(done)} areas more.")
    return redirect("credentials:member", member_id)


@needs(Permission.VERIFY_CREDENTIALS)
@require_POST
def withdraw_privilege(request: ClinicRequest, privilege_id: int) -> HttpResponse:
    one = found(request, Privilege.objects.select_related("member"), pk=privilege_id)
    form = WhyForm(request.POST)
    withdrawing = actions.withdraw_privilege
    done = submit(request, form, withdrawing, privilege=one, by=request.member)
    _told(request, form, done, "Privilege withdrawn.")
    return redirect("credentials:member", one.member_id)


@needs(Permission.VERIFY_CREDENTIALS)
@GET_POST
def supervision(request: ClinicRequest, member_id: int) -> HttpResponse:
    person = found(request, queries.members(), pk=member_id)
    form = queries.supervision_form(person, request.POST or None)
    done = submit(request, form, actions.set_supervision, member=person, by=request.member)
    if done is None:
        return form_page(request, "credentials/supervision.html", form=form, person=person)
    messages.success(request, "The supervision is set, from today on.")
    return redirect("credentials:member", member_id)


@needs(Permission.SEE_TEAM)
@require_safe
def may_treat(request: ClinicRequest) -> HttpResponse:
    key = request.GET.get("treatment", "")
    drafts = Treatment.objects.select_related("patient", "injector")
    chart = found(request, drafts, pk=key) if key.isdecimal() else None
    context = queries.question_context(
        request.member, request.GET, treatment=chart, today=timezone.localdate()
    )
    return render(request, "credentials/may_treat.html", context | {"chart": chart})


@needs(Permission.COSIGN)
@require_POST
def leave(request: ClinicRequest) -> HttpResponse:
    form = LeaveForm(request.POST, clinic=request.member.clinic_id)
    done = submit(request, form, actions.give_leave, by=request.member)
    _told(request, form, done, "Leave is given, for this patient and for today.")
    return redirect(queries.question_url(request.POST))


@needs(Permission.SEE_TEAM)
@require_safe
def orders(request: ClinicRequest) -> HttpResponse:
    rows = queries.order_rows(request.member.clinic_id, on=timezone.localdate())
    return render(request, "credentials/orders.html", {"rows": rows})


@needs(Permission.ASSESS)
@GET_POST
def new_order(request: ClinicRequest) -> HttpResponse:
    form = OrderForm(request.POST or None)
    order = submit(request, form, actions.sign_order, by=request.member)
    if order is None:
        return form_page(request, "credentials/order_edit.html", form=form)
    messages.success(request, f"{order} is signed.")
    return redirect("credentials:order", order.pk)


@needs(Permission.SEE_TEAM)
@require_safe
def order(request: ClinicRequest, standing_order_id: int) -> HttpResponse:
    one = found(request, queries.orders(), pk=standing_order_id)
    row = queries.order_row(one, on=timezone.localdate())
    context = {"row": row, "order": one, "withdraw_form": WhyForm()}
    return render(request, "credentials/order.html", context)


@needs(Permission.ASSESS)
@GET_POST
def next_order(request: ClinicRequest, standing_order_id: int) -> HttpResponse:
    one = found(request, queries.orders(), pk=standing_order_id)
    form = OrderForm(request.POST or None, initial=queries.order_values(one))
    done = submit(request, form, actions.sign_order, previous=one, by=request.member)
    if done is None:
        return form_page(request, "credentials/order_edit.html", form=form, order=one)
    messages.success(request, f"{done} is signed; the one before has ended.")
    return redirect("credentials:order", done.pk)


@needs(Permission.ASSESS)
@require_POST
def withdraw_order(request: ClinicRequest, standing_order_id: int) -> HttpResponse:
    one = found(request, queries.orders(), pk=standing_order_id)
    form = WhyForm(request.POST)
    done = submit(request, form, actions.withdraw_order, order=one, by=request.member)
    _told(request, form, done, "The standing order is withdrawn.")
    return redirect("credentials:order", standing_order_id)


@needs(Permission.EDIT_POLICY)
@GET_POST
def policy(request: ClinicRequest) -> HttpResponse:
    clinic = found(request, Clinic.objects.all(), pk=request.member.clinic_id)
    form = PolicyForm(request.POST or None, instance=clinic)
    if request.method == "POST" and form.is_valid():
        changed = accounts.set_policy(clinic=clinic, policy=form.policy(), by=request.member)
        messages.success(request, queries.changed_words(form, changed))
        return redirect("credentials:policy")
    history = queries.policy_history(clinic)
    return form_page(request, "credentials/policy.html", form=form, history=history)


@needs(Permission.SIGN)
@GET_POST
def own_profile(request: ClinicRequest) -> HttpResponse:
    profile = Profile.objects.filter(member=request.member).first()
    form = ProfileForm(request.POST or None, initial=queries.profile_values(profile))
    done = submit(request, form, actions.wish_profile, by=request.member)
    if done is None:
        return form_page(request, "credentials/profile.html", form=form, profile=profile)
    wished = "An owner is to agree." if not done.agreed_at else "It is as you wish."
    messages.success(request, wished if done.wished_at else "You have no public page.")
    return redirect("credentials:own-profile")


@needs(Permission.EDIT_TEAM)
@require_POST
def agree_profile(request: ClinicRequest, profile_id: int) -> HttpResponse:
    profile = found(request, Profile.objects.select_related("member"), pk=profile_id)
    form = AgreeForm(request.POST)
    done = submit(request, form, actions.agree_profile, profile=profile, by=request.member)
    there = done is not None and done.agreed_at
    _told(request, form, done, f"The page is {'there for everybody' if there else 'closed'}.")
    return redirect("credentials:member", profile.member_id)


@require_safe
def public(request: HttpRequest, slug: str) -> HttpResponse:
    """The page that a patient reads; nobody signs in for it."""
    profile = get_object_or_404(pages.public_profiles(), slug=slug)
    page = pages.public_page(profile, on=timezone.localdate())
    answer = render(request, "credentials/public.html", {"page": page, "profile": profile})
    if not profile.indexed:
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer
