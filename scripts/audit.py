"""Known weaknesses of what is pinned: `make audit`, and a part of `make check`.

Asks the advisory services that pip-audit knows, one after the other. A weakness fails the build.
A service that cannot be reached does not: the output says that nothing was audited, and why.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PINNED = Path(__file__).parents[1] / "requirements"
FILES = ("runtime.txt", "dev.txt")
SERVICES = ("pypi", "osv")
SECONDS = 300
PIN = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What one service said of one file."""

    service: str
    audited: int
    weak: tuple[str, ...]
    why_not: str = ""


def unhashed(text: str) -> list[str]:
    """Pins without a hash: what is installed by them could be anything."""
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    return [
        found[0]
        for block in blocks
        if (found := PIN.match(block)) and "--hash=sha256:" not in block
    ]


def _weaknesses(told: Sequence[dict[str, Any]]) -> Iterator[str]:
    for one in told:
        for weakness in one.get("vulns", ()):
            mended = ", ".join(weakness["fix_versions"]) or "no version yet"
            yield f"{one['name']} {one['version']}: {weakness['id']}, mended in {mended}"


def read(service: str, printed: str, complaint: str) -> Answer:
    """pip-audit's own words; what it skipped, it did not audit."""
    try:
        told = json.loads(printed)["dependencies"]
    except (json.JSONDecodeError, KeyError, TypeError):
        last = complaint.strip().splitlines()[-1:] or ["it said nothing"]
        return Answer(service, 0, (), last[0][:160])
    audited = [one for one in told if "skip_reason" not in one]
    skipped = [one["skip_reason"] for one in told if "skip_reason" in one]
    return Answer(service, len(audited), tuple(_weaknesses(audited)), skipped[0] if skipped else "")


def ask(service: str, file: Path) -> Answer:
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(file)]
    command += ["--require-hashes", "--disable-pip", "--vulnerability-service", service]
    command += ["--format", "json", "--timeout", "5", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Answer(service, 0, (), f"no answer within {SECONDS} seconds")
    return read(service, done.stdout, done.stderr)


def audit(file: Path) -> tuple[list[str], list[str]]:
    """The weaknesses of one file, and what to print of it."""
    pins = len(PIN.findall(file.read_text(encoding="utf-8")))
    said: list[str] = []
    for service in SERVICES:
        answer = ask(service, file)
        if answer.audited:
            said.append(f"{file.name}: {answer.audited} of {pins} pins audited ({service}).")
            if answer.audited < pins:
                said.append(f"  The others were NOT audited: {answer.why_not}")
            return list(answer.weak), said
        said.append(f"{file.name}: {service} told nothing ({answer.why_not}).")
    said.append(f"{file.name}: NOT AUDITED. Run `make audit` where an advisory service is reached.")
    return [], said


def main() -> int:
    faults: list[str] = []
    for name in FILES:
        file = PINNED / name
        faults += [
            f"{name}: {pin} has no hash" for pin in unhashed(file.read_text(encoding="utf-8"))
        ]
        weak, said = audit(file)
        faults += weak
        print("\n".join(said))
    for fault in faults:
        print(f"WEAK: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
