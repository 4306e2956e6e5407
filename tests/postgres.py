"""Run a command with a throw-away PostgreSQL cluster: `python tests/postgres.py pytest ...`.

The command finds the cluster in GLABELLA_TEST_DATABASE_URL. It lives in a temporary folder,
listens on the loopback only, and is stopped and removed when the command ends.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOT_RUN = (
    "NOT RUN: the clinic's tests on PostgreSQL, because PostgreSQL was not found. "
    "Install it, for example: apt-get install postgresql"
)
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version that is installed."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(packaged, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs; they refuse root, so root lends them to `postgres`."""
    account = {"user": "postgres", "group": "postgres", "extra_groups": []} if is_root() else {}
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd="/", **account)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]} failed:\n{error.stdout}{error.stderr}")


def is_root() -> bool:
    return os.geteuid() == 0


@contextmanager
def cluster(bin_folder: Path) -> Iterator[str]:
    """A running cluster in a folder of its own; gives its address."""
    folder = Path(tempfile.mkdtemp(prefix="glabella-pg-"))
    if is_root():
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", free_port()
    settings = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}")
    options = " ".join(f"-c {setting}" for setting in (*settings, *SPEED))
    try:
        run(
            *(bin_folder / "initdb", "-D", data, "-U", "glabella", "-A", "trust"),
            *("--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
        )
        run(bin_folder / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgres://glabella@127.0.0.1:{port}/glabella"
        finally:
            run(bin_folder / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    bin_folder = programs()
    if bin_folder is None:
        print(NOT_RUN, flush=True)
        return 1 if os.environ.get("GLABELLA_REQUIRE_ALL") else 0
    # A plain `kill` of this process must not leave the cluster behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with cluster(bin_folder) as address:
        environment = {**os.environ, "GLABELLA_TEST_DATABASE_URL": address}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
