"""`python -m bench` measures everything and prints a table for each task; `--quick` less often."""

from __future__ import annotations

import argparse
import time

from bench import cohort, optimise, plan, trial
from bench.measure import machine


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter repeats")
    quick = parser.parse_args().quick
    start = time.perf_counter()
    print(machine())
    print("CPU seconds of one thread; contestants take turns; medians; ratios round by round.")
    for race in cohort.RACES:
        cohort.run(race, seconds=0.1 if quick else 0.3, rounds=3 if quick else 9)
    plan.run(calls=10 if quick else 40)
    optimise.run(rounds=3 if quick else 11)
    trial.run(rounds=2 if quick else 5, large=20_000 if quick else 200_000)
    print(f"\nMeasured in {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main()
