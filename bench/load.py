"""The clinic under load: `python -m bench.load`.

200 charting sessions with five seconds of thought between two requests, on 100,000 patients with
500,000 signed treatments, behind granian as the demo starts it. Prints for each kind of request how
long it took, what failed, and whether every save that was confirmed is in the record.

On PostgreSQL: `python tests/postgres.py python -m bench.load`.
The sessions run on the same machine as the server and take their share of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench.measure import machine

if hasattr(os, "sched_setaffinity"):
    # The package pins itself to one core, for races; a server has them all.
    os.sched_setaffinity(0, range(os.cpu_count() or 1))

DJANGO = "glabella.clinic.settings"
FIRST_PATIENT = 1000


def prepare_environment(data: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = DJANGO
    os.environ["GLABELLA_DATA"] = data
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[1] / "src"))
    address = os.environ.get("GLABELLA_TEST_DATABASE_URL", "")
    if address:
        os.environ["DATABASE_URL"] = _own_database(address)


def _own_database(address: str) -> str:
    import psycopg

    parts = urlsplit(address)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS load")
        server.execute("CREATE DATABASE load")
    return urlunsplit(parts._replace(path="/load"))


def fill(patients: int, sessions: int) -> None:
    from django.core.management import call_command

    from bench import load_records
    from glabella.clinic.patients.models import Patient

    call_command("migrate", verbosity=0)
    if Patient.objects.exists():
        print("The records are there from an earlier run.")
        return
    begun = time.perf_counter()
    load_records.fill(patients=patients, sessions=sessions)
    print(f"Filled in {time.perf_counter() - begun:.0f} s.")


def server(port: int, workers: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "glabella.clinic.wsgi:application"),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning"),
        ]
    )


def start_sessions(asked: argparse.Namespace) -> list[object]:
    """Each session has a member, vials and patients of its own."""
    from django.db import connections, transaction

    from bench.load_records import VIALS_EACH, open_vials, session_key
    from bench.load_session import Session
    from glabella.clinic.people.models import Member
    from glabella.clinic.writer import writing

    members = list(Member.objects.select_related("user", "clinic").order_by("pk")[: asked.sessions])
    share = asked.patients // len(members)
    until = time.monotonic() + asked.seconds
    sessions = []
    for number, member in enumerate(members):
        with transaction.atomic(), writing("load"):
            vials = open_vials(member, VIALS_EACH, clinic=member.clinic)
        first = FIRST_PATIENT + number * share
        sessions.append(
            Session(
                asked.port,
                session_key(member),
                vials,
                range(first, first + share),
                think_seconds=asked.think,
                until=until,
            )
        )
    connections.close_all()
    return list(sessions)


def quantile(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


def report(sessions: list[object], seconds: float) -> None:
    times: dict[str, list[float]] = {}
    errors: list[str] = []
    for one in sessions:
        errors += one.seen.errors  # type: ignore[attr-defined]
        for kind, spent in one.seen.milliseconds.items():  # type: ignore[attr-defined]
            times.setdefault(kind, []).extend(spent)
    times["all"] = [spent for many in times.values() for spent in many]
    print(f"{'request':<10} {'count':>7} {'p50':>7} {'p95':>7} {'p99':>7} {'most':>7}  ms")
    for kind, many in times.items():
        many.sort()
        told = [quantile(many, share) for share in (0.5, 0.95, 0.99)]
        print(f"{kind:<10} {len(many):>7} " + " ".join(f"{one:7.1f}" for one in (*told, many[-1])))
    print(f"{len(times['all']) / seconds:.1f} requests a second; {len(errors)} errors")
    for words in sorted(set(errors))[:5]:
        print(f"  {errors.count(words)} x {words}")


def what_is_lost(sessions: list[object]) -> int:
    """Confirmed saves and signatures that the record does not hold."""
    from django.db.models import Count

    from glabella.clinic.treatments.models import Treatment

    lost = 0
    for one in sessions:
        saved = one.seen.saved  # type: ignore[attr-defined]
        held = Treatment.objects.filter(pk__in=saved).annotate(count=Count("points"))
        counts = {row.pk: row.count for row in held}
        signed = {row.pk for row in held if row.is_signed}
        # A save whose answer never came may have been stored: more is no loss.
        lost += sum(counts.get(key, 0) < points for key, points in saved.items())
        lost += len(set(one.seen.signed) - signed)  # type: ignore[attr-defined]
    return lost


def run(asked: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.db import connection

    print(
        f"{machine()}\n{connection.vendor}, {asked.patients:,} patients, {asked.sessions} sessions"
    )
    fill(asked.patients, asked.sessions)
    sessions = start_sessions(asked)
    running = server(asked.port, asked.workers)
    try:
        _wait(asked.port)
        begun = time.monotonic()
        for one in sessions:
            one.start()  # type: ignore[attr-defined]
        for one in sessions:
            one.join()  # type: ignore[attr-defined]
        report(sessions, time.monotonic() - begun)
    finally:
        running.terminate()
        running.wait()
    lost = what_is_lost(sessions)
    print(f"{lost} confirmed saves or signatures lost")
    return 1 if lost else 0


def _wait(port: int) -> None:
    import http.client

    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/sign-in/")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("The server did not answer.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=180, help="how long the sessions work")
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two requests")
    parser.add_argument("--port", type=int, default=8177)
    parser.add_argument("--workers", type=int, default=1, help="processes of the server")
    parser.add_argument("--data", default="", help="keep the records here for the next run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="glabella-load-") as folder:
        prepare_environment(asked.data or folder)
        return run(asked)


if __name__ == "__main__":
    sys.exit(main())
