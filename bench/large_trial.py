"""One large trial in a process of its own: `python -m bench.large_trial 200000` prints JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from bench.measure import cpu_seconds
from bench.trial import trial
from glabella.trials.trial import run_trial

STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """The most memory that this process has held.

    On Linux `getrusage` starts from the peak of the process that started this one.
    """
    if STATUS.exists():
        lines = STATUS.read_text(encoding="utf-8").splitlines()
        [peak] = (line.split()[1] for line in lines if line.startswith("VmHWM"))
        return int(peak) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main(patients: int) -> None:
    spec = trial(patients, arms=1)
    start = time.perf_counter()
    cpu = cpu_seconds(lambda: run_trial(spec))
    wall = time.perf_counter() - start
    print(json.dumps({"cpu_s": cpu, "wall_s": wall, "memory_mb": peak_mb()}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
