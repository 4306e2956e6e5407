"""A clinic on a real database, in a process of its own whose children are killed at work.

Reads one order per line from its input and answers each with one line of JSON. Each order runs in
a fork; `kill` orders end it by SIGKILL after the given time, wherever it is.
"""
# ruff: noqa: E402 - Django is set up before its models are imported

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DJANGO_SETTINGS_MODULE"] = "glabella.clinic.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection, connections

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.stock.accounts import vial_balance
from glabella.clinic.stock.models import Draw, Vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment
from glabella.clinic.treatments.models import ChartPoint, Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.record import is_intact, stored_points
from tests.clinic.conftest import AnyReason, about, charted, glabella, measures, member, stock_vial

Answer = dict[str, Any]
POINTS = 5


def prepare() -> Answer:
    """A patient with a draft of five points and a vial of their own."""
    people = {one.display_name: one for one in Member.objects.all()}
    alice = people.get("Alice") or member("Alice", Role.INJECTOR)
    carol = people.get("Carol") or member("Carol", Role.ASSISTANT)
    if "Olga" not in people:
        member("Olga", Role.OWNER)
    number = Treatment.objects.count() + 1
    patient = add_patient(about=about(f"Given{number}"), measures=measures(), by=alice)
    vial = stock_vial(carol, opened_by=alice, lot=f"LOT-{number}")
    draft = charted(patient, vial, alice)
    return {"draft": draft.pk, "vial": vial.pk, "version": draft.version}


def sign(draft: int, told: int) -> None:
    treatment = Treatment.objects.get(pk=draft)
    sign_treatment(treatment=treatment, by=treatment.injector, overrides=AnyReason())
    os.write(told, b"1\n")


def save(draft: int, told: int) -> None:
    """Save again and again; every point of a save carries the units of its version."""
    treatment = Treatment.objects.select_related("patient", "injector").get(pk=draft)
    vial = Vial.objects.get(points__treatment=treatment, points__number=1)
    while True:
        version = treatment.version + 1
        units = 1 + (version % 60) / 10
        points = [PointInput(**one) for one in glabella(vial, units)]
        save_draft(
            treatment=treatment, points=points, version=treatment.version, by=treatment.injector
        )
        os.write(told, f"{version}\n".encode())


def check() -> Answer:
    """What a record must be, whenever somebody pulled the plug."""
    vials = Vial.objects.all()
    wrong = [f"vial {one.pk} does not balance" for one in vials if not vial_balance(one).holds]
    for treatment in Treatment.objects.all():
        wrong += _of_treatment(treatment)
    for clinic in Clinic.objects.all():
        wrong += [one.what for one in chain.verify(clinic).breaks]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            wrong += [] if cursor.fetchone() == ("ok",) else ["the file is not whole"]
    drafts = Treatment.objects.filter(state="draft").values("pk", "version")
    return {"wrong": wrong, "drafts": {str(one["pk"]): one["version"] for one in drafts}}


def _of_treatment(treatment: Treatment) -> list[str]:
    drawn = sum((draw.units for draw in Draw.objects.filter(treatment=treatment)), Decimal(0))
    points = list(ChartPoint.objects.filter(treatment=treatment))
    given = sum((point.units for point in points), Decimal(0))
    events = AuditEvent.objects.filter(
        subject="treatment", subject_id=treatment.pk, action="treatment signed"
    ).count()
    name = f"treatment {treatment.pk}"
    if treatment.is_signed:
        whole = drawn == given and events == 1 and is_intact(treatment, stored_points(treatment))
        return [] if whole else [f"{name} is half signed: {drawn} drawn, {given} given, {events}"]
    wrong = [f"{name} is a draft with {drawn} U drawn"] if drawn or events else []
    units = {point.units for point in points}
    if len(points) != POINTS or len(units) != 1:
        wrong.append(f"{name} is half saved: {len(points)} points of {units} U")
    elif treatment.version > 1 and units != {Decimal(str(1 + (treatment.version % 60) / 10))}:
        wrong.append(f"{name} has the points of another version")
    return wrong


def in_a_fork(
    work: Callable[[int], None], *, seconds: float | None = None
) -> tuple[list[str], bool]:
    """What the fork told before it ended or was killed, and whether it was killed."""
    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            work(writer)
            code = 0
        except BaseException:  # noqa: BLE001 - a fork ends here, whatever happened
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reader) as told:
        lines = told.read().split()
    _, status = os.waitpid(child, 0)
    return lines, os.WIFSIGNALED(status)


def answer(order: list[str]) -> Answer:
    match order:
        case ["prepare"]:
            return json.loads(_told(prepare))
        case ["check"]:
            return json.loads(_told(check))
        case ["time", "sign", draft]:
            begun = time.perf_counter()
            in_a_fork(lambda told: sign(int(draft), told))
            return {"seconds": time.perf_counter() - begun}
        case ["kill", what, draft, seconds]:
            work = {"sign": sign, "save": save}[what]
            lines, killed = in_a_fork(lambda told: work(int(draft), told), seconds=float(seconds))
            return {"told": lines, "killed": killed}
    raise ValueError(order)


def _told(work: Callable[[], Answer]) -> str:
    def tell(told: int) -> None:
        os.write(told, json.dumps(work(), separators=(",", ":")).encode())

    lines, _ = in_a_fork(tell)
    assert lines, f"{work.__name__} failed; its reason is above"
    return " ".join(lines)


def main() -> None:
    in_a_fork(lambda _: call_command("migrate", verbosity=0))
    for line in sys.stdin:
        print(json.dumps(answer(line.split())), flush=True)


if __name__ == "__main__":
    main()
