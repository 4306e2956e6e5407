"""The clinic with demo data on this machine: `make demo`.

Prepares the data folder, starts the server, waits until it answers and says where.
Stops with Ctrl-C; the data stays for the next time.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 1024, 65535
START_SECONDS = 60


def stop(*lines: str) -> NoReturn:
    sys.exit("\n" + "\n".join(lines))


def say(line: str) -> None:
    print(line, flush=True)


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not FIRST_PORT <= int(text) <= LAST_PORT:
        stop(f"PORT={text} is not a port: choose a number from {FIRST_PORT} to {LAST_PORT}.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            stop(
                f"Port {port} on {HOST} is taken, perhaps by a demo that is still running.",
                f"Stop that one, or choose another port: make demo PORT={port + 1}",
            )
    return port


def manage(*command: str) -> str:
    """Run one management command of the clinic and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "glabella.clinic", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        stop(done.stdout, f"`python -m glabella.clinic {' '.join(command)}` failed, as said above.")
    return done.stdout.strip()


def sign_in_status(port: int) -> int | None:
    """How the sign-in page answers, or None while nothing listens."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/sign-in/")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@contextmanager
def running_server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "glabella.clinic.wsgi:application"),
            *("--interface", "wsgi", "--host", HOST, "--port", str(port)),
            *("--blocking-threads", "4", "--log-level", "warning"),
        ]
    )
    try:
        yield server
    finally:
        server.terminate()
        server.wait()


def wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + START_SECONDS
    while (status := sign_in_status(port)) is None:
        if server.poll() is not None:
            stop(f"The server ended with code {server.returncode}; the reason is above.")
        if time.monotonic() > give_up:
            stop(f"The server did not answer within {START_SECONDS} seconds.")
        time.sleep(0.1)
    if status != http.HTTPStatus.OK:
        stop(f"The server runs, but its sign-in page answers {status}; the reason is above.")


def main() -> None:
    port = chosen_port()
    data = Path(os.environ.get("GLABELLA_DATA") or "demo-data").expanduser().absolute()
    os.environ["GLABELLA_DATA"] = str(data)

    say(f"Data folder: {data}")
    say("Preparing the database ...")
    manage("migrate", "--verbosity", "0")
    say("Filling in the demo clinic ...")
    logins = manage("demo")
    say("Starting the server ...")
    with running_server(port) as server:
        wait_until_it_answers(server, port)
        say(f"\n{logins}\n")
        say(f"Glabella is at http://{HOST}:{port}/  (Ctrl-C stops it, the data stays)")
        stop(f"The server ended with code {server.wait()}.")


if __name__ == "__main__":
    # A plain `kill` of this process must not leave the server behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main()
    except KeyboardInterrupt:
        say("\nStopped.")
