"""What must be in order before a treatment: each room of the clinic answers for one gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glabella.plan.finding import Finding


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate of a treatment: how it stands in words, and where it is mended.

    Its findings count at the chart and at signing as those of the plan do.
    """

    name: str
    words: str
    findings: tuple[Finding, ...] = ()
    url: str = ""
    mend: str = ""

    @property
    def tone(self) -> Literal["ok", "warn", "stop"]:
        grades = {finding.severity for finding in self.findings}
        if "stop" in grades:
            return "stop"
        return "warn" if "warn" in grades else "ok"
