"""Patients per CPU second of a whole virtual trial, and the memory of a large one."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from bench.measure import Figures, cpu_seconds, print_table
from glabella.trials.spec import ArmSpec, EndpointSpec, PopulationSpec, TrialSpec
from glabella.trials.trial import run_trial

ROOT = Path(__file__).parents[1]
PATIENTS = 16_384
HEAD = ("", "patients", "CPU s", "wall s", "patients/s", "least to most", "memory at most")

END = EndpointSpec(area="glabella", at="maximum", rater="investigator", rule="none_or_mild")
ARMS = (
    ArmSpec(name="20 U, frown lines", product="botox-cosmetic", protocol="glabella", units=20),
    ArmSpec(
        name="64 U, three areas",
        product="botox-cosmetic",
        areas={"glabella": 20, "forehead": 20, "lateral-canthal": 24},
    ),
)


def trial(patients: int, arms: int, *, lasting: bool = True) -> TrialSpec:
    """A trial as they are published: five visits, an end point, and `lasting` a duration."""
    return TrialSpec(
        arms=ARMS[:arms],
        population=PopulationSpec(
            n=patients, female_fraction=0.88, baseline_grades={"2": 0.4, "3": 0.6}
        ),
        visits_days=(7, 30, 60, 90, 120),
        endpoints=(END,),
        durations=(END,) if lasting else (),
    )


def run(*, rounds: int, large: int) -> None:
    """Measure and print: the usual trial several times, then a large one in its own process."""
    run_trial(trial(512, 1))
    usual = _figures("with a duration", trial(PATIENTS, len(ARMS)), rounds)
    visits = _figures("visits only", trial(PATIENTS, len(ARMS), lasting=False), rounds)
    print_table(
        "Virtual trial, with visits, end points, brows and harm",
        HEAD,
        [usual, visits, _alone(large)],
        note=["The large one runs in a process of its own, interpreter and facts included."],
    )


def _figures(name: str, spec: TrialSpec, rounds: int) -> list[str]:
    """The row of a trial that is run several times."""
    seconds = [cpu_seconds(partial(run_trial, spec)) for _ in range(rounds)]
    treated = spec.population.n * len(spec.arms)
    rates = Figures.of([treated / second for second in seconds])
    return [
        f"{len(spec.arms)} arms of {spec.population.n:,}, {name}",
        f"{treated:,}",
        f"{Figures.of(seconds).median:.2f}",
        "",
        *rates.show(),
        "",
    ]


def _alone(patients: int) -> list[str]:
    """The row of a large trial of one arm in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.large_trial", str(patients)],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout)
    return [
        f"1 arm of {patients:,}",
        f"{patients:,}",
        f"{told['cpu_s']:.2f}",
        f"{told['wall_s']:.2f}",
        f"{patients / told['cpu_s']:,.0f}",
        "",
        f"{told['memory_mb']:.0f} MB",
    ]
