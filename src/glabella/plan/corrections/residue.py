"""What is left of earlier treatments today, for drawn patients who explain what was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from glabella.face.frame import Face
from glabella.plan.course import Reach, reach, reach_all
from glabella.plan.forecast import Course, follow
from glabella.plan.learn import POOL, Past, learn
from glabella.plan.parameters import Parameters, calibrated, doubt, varied
from glabella.plan.people import People, draw
from glabella.plan.place import Dose, place_all
from glabella.plan.plan import Plan
from glabella.plan.result import Learned

Array = NDArray[np.float64]
# Log likelihood (P,) of what was seen beyond what a review measures.
Likely = Callable[[Past], Array]
# Few drawn patients have a drooping lid: it takes many to find them.
WIDE_POOL = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Residue:
    """The given treatments of a plan as they act from `today` on; days count from today.

    `learned` tells whether the drawn patients are this patient's own.
    """

    plan: Plan
    face: Face
    today: date
    doses: dict[int, tuple[Dose, ...]]
    people: People
    parameters: Parameters
    reaches: tuple[Reach, ...]
    learned: Learned | None

    def course(self, days: Sequence[float] | Array, added: Sequence[Dose] = ()) -> Course:
        """What happens from today on, with what is added today."""
        reaches = self.reaches
        if added:
            spread = self.parameters.sigma_mm
            reaches += (reach(self.face, added, 0.0, self.people, sigma_mm=spread),)
        return follow(
            self.plan,
            self.face,
            reaches,
            days=np.asarray(days, dtype=float),
            people=self.people,
            parameters=self.parameters,
        )


def residue(plan: Plan, *, today: date, likely: Likely | None = None) -> Residue:
    """What is left today of a plan's treatments, all of them given, and what its reviews taught."""
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    doses = place_all(face, plan.treatments)
    own, learned = learn(plan, face, doses, also=likely, pool=POOL if likely is None else WIDE_POOL)
    people = own or draw(doubts=len(doubt().names))
    parameters = varied(calibrated(), people.doubt)
    sessions = [(placed, (plan.treatments[i].date - today).days) for i, placed in doses.items()]
    reaches = reach_all(face, sessions, people, sigma_mm=parameters.sigma_mm)
    return Residue(plan, face, today, doses, people, parameters, reaches, learned)
