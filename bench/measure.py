"""CPU seconds of contestants that take turns, and the figures that come of them."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figures:
    """Median of several repeats with the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figures:
        return cls(statistics.median(values), min(values), max(values))

    def show(self, form: str = ",.0f") -> tuple[str, str]:
        return format(self.median, form), f"{self.least:{form}} to {self.most:{form}}"


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of all threads of this process; waiting for a busy core costs nothing."""
    start = time.process_time()
    work()
    return time.process_time() - start


def take_turns(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each contestant in each round; in a round each runs once."""
    spent: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            spent[name].append(cpu_seconds(work))
    return spent


def print_table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], note: Sequence[str]
) -> None:
    """A table with its first column to the left and the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    print(f"\n{title}")
    for row in [head, ["-" * width for width in widths], *rows]:
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        print("  " + "  ".join(cells).rstrip())
    print("\n".join(f"  {line}" for line in note), flush=True)


def machine() -> str:
    """The machine and what runs on it, in one line."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    wide = "AVX-512" if any("avx512f" in line for line in lines) else "no AVX-512"
    cpu = f"{named[0]}, {wide}" if named else platform.processor() or platform.machine()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{cpu}; {os.cpu_count()} cores, load {load}; "
        f"{platform.system()}, Python {platform.python_version()}, {libraries}"
    )
