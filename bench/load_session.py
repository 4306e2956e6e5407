"""One injector at work: finds a patient, charts, saves at each tap, signs, looks at the record."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.load_records import chart

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FIELD = re.compile(r"<(?:input|textarea)\b[^>]*\bname=\"(?P<name>[^\"]+)\"[^>]*>")
VALUE = re.compile(r'\bvalue="([^"]*)"')
SAVES = 4
TIMEOUT_SECONDS = 30
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Seen:
    """What one session measured."""

    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    saved: dict[int, int] = field(default_factory=dict)
    signed: list[int] = field(default_factory=list)


class Session(threading.Thread):
    """Works until told to stop; thinks about five seconds between two requests."""

    def __init__(
        self, port: int, key: str, vials: Sequence[int], patients: Sequence[int], **pace: float
    ) -> None:
        super().__init__(daemon=True)
        self.port, self.key, self.vials = port, key, list(vials)
        self.patients = list(patients)
        self.think_seconds, self.until = pace["think_seconds"], pace["until"]
        self.draw = random.Random(key)
        self.seen = Seen()
        self.token = ""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def run(self) -> None:
        time.sleep(self.draw.random() * self.think_seconds)
        for number, patient in enumerate(self.patients):
            if time.monotonic() > self.until:
                return
            try:
                self.visit(patient, self.vials[(number // 4) % len(self.vials)])
            except (OSError, http.client.HTTPException, Refused) as error:
                self.seen.errors.append(f"{type(error).__name__}: {error}")
                self.connection.close()

    def think(self) -> None:
        time.sleep(self.draw.uniform(0.5, 1.5) * self.think_seconds)

    def send(self, kind: str, method: str, path: str, body: str = "", how: str = FORM) -> str:
        """One request with its redirect left alone; measured from the first byte to the last."""
        headers = {"Cookie": f"sessionid={self.key}; csrftoken={self.token or 'x' * 32}"}
        if body:
            headers |= {"Content-Type": how, "X-CSRFToken": self.token}
        begun = time.perf_counter()
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        spent = (time.perf_counter() - begun) * 1000
        self.seen.milliseconds.setdefault(kind, []).append(spent)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("csrftoken="):
                self.token = value.split(";")[0].partition("=")[2]
        if answer.status >= 400:
            raise Refused(f"{kind} answered {answer.status}: {_words(text)}")
        return answer.getheader("Location", "") if answer.status in {301, 302} else text

    def visit(self, patient: int, vial: int) -> None:
        self.send("search", "GET", f"/patients/?q=Patient{patient - 1000:06d}")
        self.think()
        page = self.send("timeline", "GET", f"/patients/{patient}/")
        self.think()
        token = _token(page)
        path = self.send("start", "POST", f"/patients/{patient}/treat/", urlencode(token))
        treatment = int(path.split("/")[2])
        self.send("chart", "GET", path)
        version = 0
        for number in range(SAVES):
            self.think()
            sent = {"version": version, "points": chart(vial)[: number + 2]}
            answer = self.send(
                "save", "POST", f"/treatments/{treatment}/draft/", json.dumps(sent), JSON
            )
            version = json.loads(answer)["version"]
            self.seen.saved[treatment] = len(sent["points"])
        self.think()
        page = self.send("sign page", "GET", f"/treatments/{treatment}/sign/")
        self.think()
        filled = urlencode(_filled(page))
        where = self.send("sign", "POST", f"/treatments/{treatment}/sign/", filled)
        if not where.startswith("/treatments/"):
            raise Refused(f"sign was not taken: {_words(where)}")
        self.seen.signed.append(treatment)
        self.send("record", "GET", where)
        self.think()


class Refused(Exception):
    """The clinic answered with no."""


def _words(page: str) -> str:
    told = re.sub(r"<[^>]+>", " ", page[page.find("<main") :])
    return " ".join(told.split())[:200]


def _token(page: str) -> dict[str, str]:
    found = TOKEN.search(page)
    return {"csrfmiddlewaretoken": found[1]} if found else {}


def _filled(page: str) -> dict[str, str]:
    """The form as it came, with a reason in every empty field."""
    found: dict[str, str] = {}
    for one in FIELD.finditer(page[page.find("<main") :]):
        value = VALUE.search(one[0])
        checkbox = 'type="checkbox"' in one[0]
        found[one["name"]] = value[1] if value and not checkbox else "on" if checkbox else "Load."
    return found
