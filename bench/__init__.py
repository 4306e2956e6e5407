"""Speed, side by side with what one would use instead. `make bench` runs it and prints tables."""

import os
import sys
from pathlib import Path

# Libraries read these when they are imported, so they come before any other import.
for _name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[f"{_name}_NUM_THREADS"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
# Whatever starts threads all the same shares one core with itself.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

# `scripts/setup bench` puts the peers there; last, so that the pinned packages win.
sys.path.append(str(Path(sys.prefix) / "peers"))
