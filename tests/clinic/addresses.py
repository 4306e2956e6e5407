"""Every address of the clinic, one line each: who may, and how it is asked.

A new address needs its line in `TABLE`, and a new kind of key in an address a line in `keys_of`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
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
    # patients
    "patients:list": Address(P.SEE_PATIENTS),
    "patients:new": Address(P.EDIT_PATIENTS, FORM),
    "patients:edit": Address(P.EDIT_PATIENTS, FORM),
    "patients:timeline": Address(P.SEE_PATIENTS),
    "patients:treat": Address(P.CHART, "POST"),
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
    answer = client.get(path) if method == "GET" else client.generic(method, path, body, kind)
    # What is sent as a file stays open until it is read or closed.
    answer.close()
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


class Undone:
    """What happens inside did not happen: each address meets the same record."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *error: Any) -> None:
        if error[0] is None:
            transaction.set_rollback(True)
        self.block.__exit__(*error)
