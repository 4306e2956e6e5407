"""What the pages of the API show: tokens, and its addresses as its own schema tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from glabella.clinic.api.models import ApiToken
from glabella.clinic.api.rules import why_closed
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class TokenRow:
    id: int
    name: str
    hint: str
    whose: str
    may: str
    until: datetime
    used: datetime | None
    closed: str


def token_rows(member: Member) -> list[TokenRow]:
    """One's own tokens; the owner sees everybody's."""
    found = ApiToken.objects.filter(member__clinic=member.clinic_id)
    if not member.may(Permission.EDIT_TEAM):
        found = found.filter(member=member)
    now = timezone.now()
    return [
        TokenRow(
            one.pk,
            one.name,
            one.hint,
            one.member.display_name,
            "; ".join(Permission[scope].value for scope in one.scopes),
            one.expires_at,
            one.last_used_at,
            why_closed(one, now=now),
        )
        for one in found.select_related("member__user")
    ]


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Address:
    method: str
    path: str
    words: str
    permission: str
    asked: list[Field]
    sent: list[Field]
    answered: list[Field]


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    addresses: list[Address]


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        parts = schema["components"]["schemas"]
        return dict(parts[node["$ref"].rsplit("/", 1)[-1]])
    return node


def _kind(node: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in node:
        return " or ".join(_kind(one, schema) for one in node["anyOf"])
    if "enum" in node:
        return " or ".join(str(one) for one in node["enum"])
    if node.get("type") == "array":
        return f"list of {_kind(node.get('items', {}), schema)}"
    if "$ref" in node:
        return str(_resolved(node, schema).get("title", "object"))
    return str(node.get("format") or node.get("type", "anything"))


def _fields(node: dict[str, Any], schema: dict[str, Any]) -> list[Field]:
    whole = _resolved(node, schema)
    needed = set(whole.get("required", ()))
    return [
        Field(name, _kind(one, schema), name in needed)
        for name, one in whole.get("properties", {}).items()
    ]


def _body(told: dict[str, Any], schema: dict[str, Any]) -> list[Field]:
    content = told.get("content", {}).get("application/json")
    return _fields(content["schema"], schema) if content else []


def _address(path: str, method: str, told: dict[str, Any], schema: dict[str, Any]) -> Address:
    good = next(answer for status, answer in told["responses"].items() if int(status) < 300)
    asked = [
        Field(one["name"], _kind(one["schema"], schema), one.get("required", False))
        for one in told.get("parameters", ())
    ]
    sent = _body(told.get("requestBody", {}), schema)
    return Address(
        method.upper(),
        path,
        told.get("description", "").replace("`", ""),
        told["x-permission"],
        asked,
        sent,
        _body(good, schema),
    )


def address_parts(schema: dict[str, Any]) -> list[Part]:
    """The addresses by their part of the house, in the order in which they are written."""
    parts: dict[str, list[Address]] = {}
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            name = told.get("tags", ["Other"])[0]
            parts.setdefault(name, []).append(_address(path, method, told, schema))
    return [Part(name, held) for name, held in parts.items()]
