"""Every address of the clinic, one line each: who may, and how it is asked.

A new address needs its line in `TABLE`, and a new kind of key in an address a line in `keys_of`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from glabella.clinic.people import permissions

P = permissions.Permission
ANYONE = "anyone"
OWN = "any member, about their own account"
LINK = "a patient by a link"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Address:
    """Who may (a permission, or one of the words above), by which methods, with what sent."""

    who: P | str
    methods: str = "GET"
    json: Any = None

    @property
    def asked(self) -> str:
        """The method that does most."""
        return self.methods.split()[-1]


FORM = "GET POST"
FORM_DATA = "application/x-www-form-urlencoded"
GOAL = {"vial": 1, "areas": {"glabella": {}}}
TABLE: dict[str, Address] = {
    # people: the door, the day
    "people:today": Address(P.SEE_TODAY),
    "people:sign-in": Address(ANYONE, FORM),
    "people:sign-out": Address(ANYONE, "POST"),
    "account_login": Address(ANYONE, FORM),
    "account_logout": Address(ANYONE, "POST"),
    "account_inactive": Address(ANYONE),
    "mfa_authenticate": Address(ANYONE, FORM),
    "mfa_login_webauthn": Address(ANYONE, FORM),
    # one's own account
    "signin:account": Address(OWN),
    "signin:back": Address(OWN),
    "signin:elsewhere": Address(OWN, "POST"),
    "signin:everywhere": Address(OWN, "POST"),
    "mfa_index": Address(OWN),
    "mfa_list_webauthn": Address(OWN),
    "account_reauthenticate": Address(OWN, FORM),
    "account_change_password": Address(OWN, FORM),
    "mfa_reauthenticate": Address(OWN, FORM),
    "mfa_reauthenticate_webauthn": Address(OWN, FORM),
    "mfa_activate_totp": Address(OWN, FORM),
    "mfa_deactivate_totp": Address(OWN, FORM),
    "mfa_view_recovery_codes": Address(OWN),
    "mfa_generate_recovery_codes": Address(OWN, FORM),
    "mfa_download_recovery_codes": Address(OWN),
    "mfa_add_webauthn": Address(OWN, FORM),
    "mfa_remove_webauthn": Address(OWN, FORM),
    # the team's sign-ins
    "signin:team": Address(P.EDIT_TEAM),
    "signin:help": Address(P.EDIT_TEAM, "POST"),
    # programs; the addresses below /api/v1 are in API
    "api:tokens": Address(P.SEE_TODAY, FORM),
    "api:revoke": Address(P.SEE_TODAY, "POST"),
    "api:addresses": Address(P.SEE_TODAY),
    "api-v1:openapi-json": Address(ANYONE),
    "api-v1:api-root": Address(ANYONE),
    # the team, its papers, who may treat
    "credentials:team": Address(P.SEE_TEAM),
    "credentials:member": Address(P.SEE_TEAM),
    "credentials:admit": Address(P.EDIT_TEAM, FORM),
    "credentials:policy": Address(P.EDIT_POLICY, FORM),
    "credentials:roles": Address(P.EDIT_TEAM, "POST"),
    "credentials:close": Address(P.EDIT_TEAM, "POST"),
    "credentials:reopen": Address(P.EDIT_TEAM, "POST"),
    "credentials:credential": Address(P.EDIT_TEAM, FORM),
    "credentials:own-credential": Address(OWN, FORM),
    "credentials:verify": Address(P.VERIFY_CREDENTIALS, "POST"),
    "credentials:withdraw": Address(P.EDIT_TEAM, "POST"),
    "credentials:evidence": Address(P.VERIFY_CREDENTIALS),
    "credentials:privileges": Address(P.VERIFY_CREDENTIALS, FORM),
    "credentials:withdraw-privilege": Address(P.VERIFY_CREDENTIALS, "POST"),
    "credentials:supervision": Address(P.VERIFY_CREDENTIALS, FORM),
    "credentials:may-treat": Address(P.SEE_TEAM),
    "credentials:leave": Address(P.COSIGN, "POST"),
    "credentials:orders": Address(P.SEE_TEAM),
    "credentials:order": Address(P.SEE_TEAM),
    "credentials:new-order": Address(P.ASSESS, FORM),
    "credentials:next-order": Address(P.ASSESS, FORM),
    "credentials:withdraw-order": Address(P.ASSESS, "POST"),
    "credentials:own-profile": Address(P.SIGN, FORM),
    "credentials:agree-profile": Address(P.EDIT_TEAM, "POST"),
    "credentials:public": Address(ANYONE),
    # patients
    "patients:list": Address(P.SEE_PATIENTS),
    "patients:new": Address(P.EDIT_PATIENTS, FORM),
    "patients:edit": Address(P.EDIT_PATIENTS, FORM),
    "patients:timeline": Address(P.SEE_PATIENTS),
    "patients:treat": Address(P.CHART, "POST"),
    "patients:alert": Address(P.EDIT_PATIENTS, FORM),
    "patients:end-alert": Address(P.EDIT_PATIENTS, "POST"),
    "patients:measure": Address(P.EDIT_PATIENTS, FORM),
    # before the treatment: history, consent, prescriber; handing over signs out
    "intake:history": Address(P.SEE_PATIENTS),
    "intake:confirm": Address(P.SCREEN, FORM),
    "intake:fill": Address(P.SCREEN, FORM),
    "intake:hand-over": Address(P.SCREEN, "POST"),
    "intake:link": Address(P.SCREEN, "POST"),
    "intake:unchanged": Address(P.SCREEN, "POST"),
    "intake:answer": Address(LINK, FORM),
    "intake:keep": Address(LINK, "POST"),
    "intake:thanks": Address(ANYONE),
    "consent:list": Address(P.SEE_PATIENTS),
    "consent:new": Address(P.TAKE_CONSENT, FORM),
    "consent:consent": Address(P.SEE_PATIENTS),
    "consent:pdf": Address(P.SEE_PATIENTS),
    "consent:take": Address(P.TAKE_CONSENT, "POST"),
    "consent:withdraw": Address(P.SCREEN, "POST"),
    "consent:hand-over": Address(P.TAKE_CONSENT, "POST"),
    "consent:link": Address(P.TAKE_CONSENT, "POST"),
    "consent:photos": Address(P.TAKE_CONSENT, "POST"),
    "consent:sign": Address(LINK, FORM),
    "prescribing:assess": Address(P.SEE_PATIENTS),
    "prescribing:new": Address(P.ASSESS, FORM),
    "prescribing:end": Address(P.ASSESS, "POST"),
    "texts:texts": Address(P.EDIT_POLICY, FORM),
    "texts:policy": Address(P.EDIT_POLICY, "POST"),
    "texts:text": Address(P.EDIT_POLICY),
    # stock
    "stock:list": Address(P.SEE_STOCK),
    "stock:vial": Address(P.SEE_STOCK),
    "stock:receive": Address(P.RECEIVE_VIALS, FORM),
    "stock:open": Address(P.OPEN_VIALS, "POST"),
    "stock:discard": Address(P.DISCARD_VIALS, "POST"),
    "stock:find": Address(P.SEE_STOCK),
    "stock:label": Address(P.SEE_STOCK),
    "stock:label-pdf": Address(P.SEE_STOCK),
    "stock:practice": Address(P.RECEIVE_VIALS),
    "stock:scan": Address(P.RECEIVE_VIALS, "POST", {}),
    "stock:suppliers": Address(P.RECEIVE_VIALS, FORM),
    "stock:delivery": Address(P.SEE_STOCK),
    "stock:photo": Address(P.SEE_STOCK),
    "stock:draw-up": Address(P.OPEN_VIALS, "POST"),
    "stock:waste": Address(P.DISCARD_VIALS, "POST"),
    "stock:measure": Address(P.DISCARD_VIALS, "POST"),
    "stock:explain": Address(P.COUNT_STOCK, "POST"),
    "stock:hold": Address(P.DISCARD_VIALS, "POST"),
    "stock:release": Address(P.COUNT_STOCK, "POST"),
    # the cold chain; a logger shows the key of its place
    "coldchain:places": Address(P.SEE_STOCK),
    "coldchain:add": Address(P.COUNT_STOCK, FORM),
    "coldchain:readings": Address(ANYONE, "POST"),
    "coldchain:place": Address(P.SEE_STOCK),
    "coldchain:read": Address(P.COUNT_STOCK, "POST"),
    "coldchain:upload": Address(P.COUNT_STOCK, "POST"),
    "coldchain:key": Address(P.COUNT_STOCK, "POST"),
    "coldchain:move": Address(P.COUNT_STOCK, "POST"),
    # counts, levels, the kit, usage
    "stocktake:counts": Address(P.SEE_STOCK),
    "stocktake:start": Address(P.COUNT_STOCK, "POST"),
    "stocktake:count": Address(P.COUNT_STOCK, FORM),
    "stocktake:compare": Address(P.COUNT_STOCK, FORM),
    "stocktake:levels": Address(P.COUNT_STOCK, FORM),
    "stocktake:kit": Address(P.COUNT_STOCK, FORM),
    "stocktake:day": Address(P.SEE_STOCK),
    "stocktake:usage": Address(P.SEE_STOCK),
    "stocktake:usage-file": Address(P.SEE_STOCK),
    # recalls of lots
    "lot_recalls:recalls": Address(P.SEE_STOCK),
    "lot_recalls:start": Address(P.RECALL_LOTS, FORM),
    "lot_recalls:recall": Address(P.RECALL_LOTS),
    "lot_recalls:pdf": Address(P.RECALL_LOTS),
    "lot_recalls:send-all": Address(P.RECALL_LOTS, "POST"),
    "lot_recalls:end": Address(P.RECALL_LOTS, "POST"),
    "lot_recalls:send": Address(P.RECALL_LOTS, "POST"),
    "lot_recalls:attempt": Address(P.RECALL_LOTS, "POST"),
    "lot_recalls:answer": Address(LINK, FORM),
    # treatments
    "treatments:chart": Address(P.CHART),
    "treatments:draft": Address(P.CHART, "POST", {"version": 0, "points": []}),
    "treatments:stamp": Address(P.CHART, "POST", {"vial": 1}),
    "treatments:propose": Address(P.CHART, "POST", GOAL),
    "treatments:weigh": Address(P.CHART, "POST", {"goal": GOAL, "points": []}),
    "treatments:curve": Address(P.CHART, "POST", {"goal": GOAL}),
    "treatments:droplets": Address(P.CHART, "POST", {"vial": 1}),
    "treatments:abandon": Address(P.CHART, "POST"),
    "treatments:sign": Address(P.SIGN, FORM),
    "treatments:record": Address(P.SEE_PATIENTS),
    "treatments:pdf": Address(P.SEE_PATIENTS),
    "treatments:addendum": Address(P.ADD_ADDENDA, FORM),
    "treatments:review": Address(P.REVIEW, FORM),
    # reviews
    "reviews:review": Address(P.SEE_PATIENTS),
    "reviews:correct": Address(P.CHART, "POST"),
    "reviews:addendum": Address(P.ADD_ADDENDA, FORM),
    "treatments:versions": Address(P.SEE_PATIENTS),
    "treatments:restore": Address(P.CHART, "POST"),
    # co-signing
    "cosigning:queue": Address(P.COSIGN),
    "cosigning:all": Address(P.COSIGN, "POST"),
    "cosigning:cosign": Address(P.COSIGN, FORM),
    "cosigning:changes": Address(P.COSIGN, "POST"),
    "cosigning:ask": Address(P.SIGN, FORM),
    # outside the face
    "body:choose": Address(P.CHART, FORM),
    "body:session": Address(P.CHART),
    "body:draft": Address(P.CHART, "POST", {"version": 0, "points": [], "sheet": {}}),
    "body:lay": Address(P.CHART, "POST", {"vial": 1}),
    "body:repeat": Address(P.CHART, "POST", {"vial": 1}),
    "body:scale": Address(P.REVIEW, FORM),
    # data: taken out, kept, erased
    "data:data": Address(P.EXPORT_DATA),
    "data:dictionary": Address(P.EXPORT_DATA),
    "data:export": Address(P.EXPORT_DATA, "POST"),
    "data:patient-export": Address(P.EXPORT_DATA, "POST"),
    "data:retention": Address(P.EDIT_POLICY, "POST"),
    "data:patient": Address(P.ERASE_PATIENTS),
    "data:hold": Address(P.ERASE_PATIENTS, "POST"),
    "data:lift-hold": Address(P.ERASE_PATIENTS, "POST"),
    "data:restrict": Address(P.ERASE_PATIENTS, "POST"),
    "data:use-again": Address(P.ERASE_PATIENTS, "POST"),
    "data:erase": Address(P.ERASE_PATIENTS, "POST"),
    "data:erase-due": Address(P.ERASE_PATIENTS, "POST"),
    # follow-up: recall, check-ins, calendar; the outbox; tasks
    "followup:book": Address(P.FOLLOW_UP, "POST"),
    "followup:calendar": Address(P.FOLLOW_UP, FORM),
    "followup:check-in": Address(P.FOLLOW_UP, FORM),
    "followup:choose": Address(LINK, "POST"),
    "followup:feed": Address(ANYONE),
    "followup:lost": Address(P.FOLLOW_UP, "POST"),
    "followup:message": Address(P.FOLLOW_UP, "POST"),
    "followup:move": Address(P.FOLLOW_UP, "POST"),
    "followup:not-now": Address(P.FOLLOW_UP, "POST"),
    "followup:page": Address(LINK, FORM),
    "followup:person": Address(P.FOLLOW_UP),
    "followup:policy": Address(P.EDIT_POLICY, FORM),
    "followup:recall": Address(P.FOLLOW_UP),
    "followup:revoke": Address(P.FOLLOW_UP, "POST"),
    "followup:settle": Address(P.FOLLOW_UP, "POST"),
    "followup:step": Address(P.FOLLOW_UP, "POST"),
    "followup:thanks": Address(LINK),
    "followup:wanted": Address(P.FOLLOW_UP, "POST"),
    "outbox:cancel": Address(P.FOLLOW_UP, "POST"),
    "outbox:delivered": Address(P.FOLLOW_UP, "POST"),
    "outbox:list": Address(P.FOLLOW_UP),
    "outbox:message": Address(P.FOLLOW_UP),
    "outbox:resend": Address(P.FOLLOW_UP, "POST"),
    "outbox:send": Address(P.FOLLOW_UP, "POST"),
    "outbox:template": Address(P.EDIT_POLICY, FORM),
    "outbox:template-reset": Address(P.EDIT_POLICY, "POST"),
    "outbox:templates": Address(P.FOLLOW_UP),
    "tasks:finish": Address(P.FOLLOW_UP, "POST"),
    "tasks:list": Address(P.FOLLOW_UP),
    "tasks:new": Address(P.FOLLOW_UP, FORM),
    "tasks:snooze": Address(P.FOLLOW_UP, "POST"),
    "tasks:take": Address(P.FOLLOW_UP, "POST"),
    "tasks:task": Address(P.FOLLOW_UP),
    # safety: events, guides, reports
    "reviews:before": Address(P.REVIEW, FORM),
    "reviews:outcomes": Address(P.SEE_PATIENTS),
    "reviews:second": Address(P.REVIEW, FORM),
    "safety:addendum": Address(P.ADD_ADDENDA, FORM),
    "safety:answer-step": Address(P.RECORD_EVENTS, "POST"),
    "safety:cause": Address(P.RECORD_EVENTS, FORM),
    "safety:check-report": Address(P.RECORD_EVENTS, "POST"),
    "safety:close-guide": Address(P.RECORD_EVENTS, "POST"),
    "safety:event": Address(P.SEE_PATIENTS),
    "safety:event-of-patient": Address(P.RECORD_EVENTS, FORM),
    "safety:event-of-treatment": Address(P.RECORD_EVENTS, FORM),
    "safety:follow-up": Address(P.RECORD_EVENTS, FORM),
    "safety:guide": Address(P.SEE_PATIENTS),
    "safety:guide-of-event": Address(P.RECORD_EVENTS, "POST"),
    "safety:guides": Address(P.SEE_PATIENTS),
    "safety:overview": Address(P.SEE_PATIENTS),
    "safety:report": Address(P.RECORD_EVENTS, FORM),
    "safety:report-json": Address(P.RECORD_EVENTS),
    "safety:report-pdf": Address(P.RECORD_EVENTS),
    "safety:send-report": Address(P.RECORD_EVENTS, "POST"),
    "safety:start-guide": Address(P.RECORD_EVENTS, "POST"),
    "safety:start-report": Address(P.RECORD_EVENTS, "POST"),
    "safety:steps": Address(P.SEE_PATIENTS),
    # the trail
    "audit:trail": Address(P.SEE_AUDIT),
    "audit:viewings": Address(P.SEE_AUDIT),
    "audit:raw-writes": Address(P.SEE_AUDIT),
}

API: dict[str, P] = {
    "GET /me": P.SEE_TODAY,
    "GET /patients": P.SEE_PATIENTS,
    "POST /patients": P.EDIT_PATIENTS,
    "GET /patients/{patient_id}": P.SEE_PATIENTS,
    "PATCH /patients/{patient_id}": P.EDIT_PATIENTS,
    "GET /patients/{patient_id}/measures": P.SEE_PATIENTS,
    "POST /patients/{patient_id}/measures": P.EDIT_PATIENTS,
    "GET /treatments": P.SEE_PATIENTS,
    "GET /treatments/{treatment_id}": P.SEE_PATIENTS,
    "GET /treatments/{treatment_id}/forecast": P.SEE_PATIENTS,
    "GET /reviews": P.SEE_PATIENTS,
    "GET /reviews/{review_id}": P.SEE_PATIENTS,
    "GET /vials": P.SEE_STOCK,
    "GET /vials/{vial_id}": P.SEE_STOCK,
    "GET /members": P.SEE_TEAM,
    "GET /tasks": P.FOLLOW_UP,
    "POST /tasks": P.FOLLOW_UP,
    "POST /tasks/{task_id}/finish": P.FOLLOW_UP,
    "GET /products": P.SEE_TODAY,
    "GET /products/{product_id}": P.SEE_TODAY,
    "POST /forecast": P.SEE_TODAY,
}
SENT_TO_API: dict[str, Any] = {"POST /tasks/{task_id}/finish": {"outcome": "Done"}}

Keys = dict[str, Any]


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, Any]]:
    """Each named address with its view; those of the API are told by its own schema."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, one.namespace or namespace)
        elif isinstance(one, URLPattern):
            name = f"{namespace}:{one.name}" if namespace else one.name
            if namespace != "api-v1" or name in TABLE:
                yield name, one


FOUND = dict(patterns())


def view_of(name: str) -> Any:
    return FOUND[name].callback


def _methods(view: Any) -> str:
    """The methods that a view was decorated with, as far as it tells."""
    while view is not None:
        for cell in view.__closure__ or ():
            if isinstance(cell.cell_contents, list | tuple) and "POST" in cell.cell_contents:
                return " ".join(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return "GET"


def line_for(name: str) -> str:
    """The line that a new address needs, as its view tells it; read it before you take it."""
    view = view_of(name)
    needed = getattr(view, "permission", OPEN_OR_LINK)
    who = f"P.{needed.name}" if isinstance(needed, P) else "OWN"
    if needed is OPEN_OR_LINK:
        who = "LINK" if hasattr(view, "purpose") else "ANYONE"
    methods = {"GET": "", "GET POST": ", FORM"}.get(told := _methods(view), f', "{told}"')
    return f'    "{name}": Address({who}{methods}),'


OPEN_OR_LINK = object()


def asked_keys(name: str) -> set[str]:
    return set(FOUND[name].pattern.converters)


def path_of(name: str, keys: Keys) -> str:
    wanted = asked_keys(name)
    missing = wanted - keys.keys()
    assert not missing, f"{name}: say in `keys_of` (test_who_may_what.py) what {missing} is"
    return reverse(name, kwargs={key: keys[key] for key in wanted})


def send(client: Client, name: str, keys: Keys, method: str = "") -> Any:
    address = TABLE[name]
    method, path = method or address.asked, path_of(name, keys)
    body = json.dumps(address.json) if address.json is not None and method != "GET" else ""
    kind = "application/json" if body else FORM_DATA
    cookies = copy(client.cookies)
    answer = client.get(path) if method == "GET" else client.generic(method, path, body, kind)
    # What is sent as a file stays open until it is read.
    answer.getvalue()
    # Handing the tablet over signs out, and the walk goes on as the same person.
    client.cookies = cookies
    return answer


def call(client: Client, line: str, keys: Keys) -> Any:
    """One line of `API`."""
    method, path = line.split(" ")
    body = json.dumps(SENT_TO_API.get(line, {}))
    url = f"/api/v1{path.format(**keys)}"
    return (
        client.get(url)
        if method == "GET"
        else client.generic(method, url, body, content_type="application/json")
    )


# What follows somebody's visit, not the record: sessions, counted failures.
BESIDE_THE_RECORD = {"sessions", "axes", "usersessions", "contenttypes", "auth.permission"}


def recorded_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if not {model._meta.app_label, model._meta.label_lower} & BESIDE_THE_RECORD
    ]


def record() -> dict[str, list[Any]]:
    """Everything that is written down, row by row, the trail of events and viewings with it."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in recorded_models()
    }


def difference(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        name: (len(rows), len(after[name])) for name, rows in before.items() if rows != after[name]
    }


WRITE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', re.IGNORECASE)


class Undone:
    """What happens inside did not happen: each address meets the same record.

    `written` names the tables of the record that were written to meanwhile.
    """

    def __enter__(self) -> Undone:
        self.written: list[str] = []
        self.ours = {model._meta.db_table for model in recorded_models()}
        self.watch = connection.execute_wrapper(self._note)
        self.watch.__enter__()
        self.block = transaction.atomic()
        self.block.__enter__()
        return self

    def _note(self, execute: Any, sql: str, *rest: Any) -> Any:
        found = WRITE.match(sql)
        if found and found[1] in self.ours:
            self.written.append(found[1])
        return execute(sql, *rest)

    def __exit__(self, *error: Any) -> None:
        if error[0] is None:
            transaction.set_rollback(True)
        self.block.__exit__(*error)
        self.watch.__exit__(*error)
