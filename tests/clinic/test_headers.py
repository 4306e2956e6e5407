"""The headers of every answer: what the browser may do with a page, and who may hold it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as clinic_settings
from django.test import Client

from glabella.clinic.headers import ALLOWED, REFUSED
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.treatments.models import Treatment
from tests.clinic.addresses import TABLE, asked_keys, path_of
from tests.clinic.conftest import member
from tests.clinic.doors import enter

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy_of(answer: Any) -> dict[str, str]:
    parts = (one.strip() for one in answer.headers["Content-Security-Policy"].split(";"))
    return dict(([*one.split(" ", 1), ""])[:2] for one in parts if one)


def check(answer: Any, where: str) -> None:
    for name, value in EXPECTED.items():
        told = answer.headers.get(name)
        assert told in {value, "no-referrer"} if name == "Referrer-Policy" else told == value, (
            where,
            name,
            told,
        )
    policy = policy_of(answer)
    assert POLICY.items() <= policy.items(), where
    assert "unsafe" not in str(policy), where
    assert not re.search(r"https?:|\*", str(policy)), where
    permissions = answer.headers["Permissions-Policy"]
    assert all(f"{name}=(self)" in permissions for name in ALLOWED), where
    assert all(f"{name}=()" in permissions for name in REFUSED), where


@pytest.fixture
def inside(signed: Treatment) -> Client:
    client = Client()
    enter(client, member("Everything", *Role))
    return client


def test_every_page_has_every_header(inside: Client, signed: Treatment) -> None:
    keys = {"patient_id": signed.patient_id, "treatment_id": signed.pk, "token": "none"}
    walked = 0
    for name, address in TABLE.items():
        if "GET" in address.methods.split() and asked_keys(name) <= keys.keys():
            answer = inside.get(path_of(name, keys))
            check(answer, f"{name} {answer.status_code}")
            walked += 1
    assert walked > 30


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/",
        "/no-such-page/",
        "/patients/",
        "/api/v1/me",
        "/api/v1/openapi.json",
        "/static/glabella/app.css",
        "/static/glabella/idle.js",
    ],
)
def test_outside_the_door_too(db: None, path: str) -> None:
    answer = Client().get(path)
    for name, value in EXPECTED.items():
        if name != "X-Frame-Options" or not path.startswith("/static/"):
            assert answer.headers.get(name) == value, (path, name)
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    answer.close()


def test_refusals_and_errors_have_them_as_well(
    inside: Client, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(inside.get("/patients/999999/"), "404")
    check(inside.post("/patients/"), "405")
    strict = Client(enforce_csrf_checks=True)
    enter(Client(), alice)
    check(strict.post("/sign-in/"), "csrf")
    inside.raise_request_exception = False
    monkeypatch.setattr("glabella.clinic.patients.queries.patient_rows", None)
    broken = inside.get("/patients/")
    assert broken.status_code == 500
    check(broken, "500")


def test_no_page_holds_a_script_or_a_style_of_its_own(inside: Client, signed: Treatment) -> None:
    keys = {"patient_id": signed.patient_id, "treatment_id": signed.pk}
    for name, address in TABLE.items():
        if "GET" not in address.methods.split() or not asked_keys(name) <= keys.keys():
            continue
        answer = inside.get(path_of(name, keys))
        if "html" not in answer.headers.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        for script in re.findall(r"<script\b[^>]*>", page):
            assert "src=" in script or 'type="application/json"' in script, (name, script)
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", page), name


def test_the_session_is_not_for_scripts(alice: Member) -> None:
    client = Client()
    enter(client, alice)
    cookie = client.cookies[clinic_settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.get("/sign-in/")
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def test_a_new_session_begins_at_the_door(alice: Member) -> None:
    client = Client()
    client.get("/sign-in/?next=/")
    session = client.session
    session["planted"] = "before"
    session.save()
    before = session.session_key
    enter(client, alice)
    assert client.session.session_key != before


def settings_with(tmp_path: Path, **environment: str) -> dict[str, Any]:
    """The settings that a server with this environment would have."""
    names = (
        *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME"),
        *("SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER"),
        *("AXES_ENABLED", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"),
    )
    code = (
        "import glabella.clinic.settings as s, json; "
        f"print(json.dumps([getattr(s, name) for name in {names}]))"
    )
    known = {name: value for name, value in os.environ.items() if not name.startswith("GLABELLA")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=known | {"GLABELLA_DATA": str(tmp_path), "PYTHONPATH": "src"} | environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(names, json.loads(done.stdout), strict=True))


def test_where_others_can_listen_cookies_travel_over_https_only(tmp_path: Path) -> None:
    told = settings_with(
        tmp_path, GLABELLA_ALLOWED_HOSTS="clinic.example.org", GLABELLA_BEHIND_PROXY="1"
    )
    assert told == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "AXES_ENABLED": True,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
    }


def test_on_the_machine_itself_plain_http_does(tmp_path: Path) -> None:
    told = settings_with(tmp_path)
    assert not told["SESSION_COOKIE_SECURE"]
    assert told["SECURE_HSTS_SECONDS"] == 0
    assert told["SECURE_PROXY_SSL_HEADER"] is None, "nobody's header is believed"
    assert told["AXES_ENABLED"]


def test_https_is_told_to_stay(settings: Any, db: None) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    assert Client().get("/sign-in/", secure=True).headers["Strict-Transport-Security"] == (
        "max-age=31536000"
    )
    assert "Strict-Transport-Security" not in Client().get("/sign-in/").headers
