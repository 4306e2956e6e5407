r"""How far plans are from a goal: what a search makes smaller.

The merit of a plan adds three things up, each far heavier than the next, so that no amount of a
later one pays for an earlier one:

    merit = 100,000 * what breaks a limit + 100 * what is missing of the goal + what it costs.

What is missing of an area's lines is the share of patients that is short of the chance asked for,
and how many grades readings lie above the goal on average. With reading error s the mean excess of
a reading over a limit l at severity v is s (phi(z) + z Phi(z)), z = (v - l) / s: its slope is the
chance of a reading above the limit, so that it still falls where the chance hardly moves yet.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from glabella import facts
from glabella.effect import expression
from glabella.face.frame import BothSides, Face, Side
from glabella.facts.model import Event
from glabella.plan.goals.aims import Aims, AreaAim
from glabella.plan.lines import rated_below, severity_at_rest, true_severity
from glabella.plan.movement import Movement
from glabella.plan.parameters import model_facts
from glabella.plan.search.influence import Influence, Single
from glabella.plan.summary import extremes, landmark_nodes, limit_of, stands_higher_mm

Array = NDArray[np.float64]

BROKEN, MISSING = 1e5, 100.0
# An unwanted result is counted as likely as it is near: over this share of its limit.
NEAR, NOWHERE_NEAR = 0.08, 0.3
# One millimetre that a brow is off weighs as much as this share of patients.
MM_WEIGHS = 0.3
GRADE_WEIGHS = 0.5
DENSITY_AT_0 = 1 / np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What M plans reach: each value is an array (M,).

    `chance` and `kept` go by area; `missing` is what is short of the goal, `broken` what breaks a
    limit; `risks` are chances that count near misses in part, `counted` those that do not.
    """

    chance: dict[str, Array]
    kept: dict[str, Array]
    brow_off_mm: Array
    lowest_brow_mm: Array
    risks: dict[Event, Array]
    counted: dict[Event, Array]
    missing: Array
    broken: Array

    def merit(self, cost: Array) -> Array:
        """What a search makes smaller, with what each plan costs."""
        return BROKEN * self.broken + MISSING * self.missing + cost


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What does not change from plan to plan of an area's lines: severity before (P, 1)."""

    maximum: Array
    rest: Array
    reading_sd: Array


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Scores plans for one goal by their influence."""

    influence: Influence
    aims: Aims
    lines: dict[str, Lines]
    spared: frozenset[str]

    @classmethod
    def of(cls, influence: Influence, aims: Aims) -> Judge:
        people, parameters = influence.people, influence.parameters
        lines: dict[str, Lines] = {}
        for aim in aims.areas:
            grades = influence.patient.lines[aim.area]
            maximum = true_severity(grades.maximum, people, parameters)
            rest = severity_at_rest(grades.rest, maximum, people)
            sd = np.broadcast_to(parameters.reading_sd("investigator"), len(people))
            lines[aim.area] = Lines(maximum, rest, np.asarray(sd))
        return cls(influence, aims, lines, spared_muscles(aims.spare))

    def scores(self, loads: Single) -> Scores:
        """What each of M plans reaches, given its loads (M, P, E)."""
        plans, people = loads.shape[:2]
        movement = self.influence.moved(loads)
        short = np.zeros(plans)
        broken = np.zeros(plans)
        chance: dict[str, Array] = {}
        kept: dict[str, Array] = {}
        for aim in self.aims.areas:
            chance[aim.area], excess = self._lines_of(movement, aim, plans)
            missed = np.maximum(aim.chance - chance[aim.area], 0)
            short += aim.weight * np.where(missed > 0, missed + GRADE_WEIGHS * excess, 0)
            drives = [drive[:, -1] for drive in _drives(movement, aim.area)]
            kept[aim.area] = np.min(
                [drive.reshape(plans, people)[:, 0] for drive in drives], axis=0
            )
            broken += np.maximum(aim.kept - kept[aim.area], 0)
        broken += self._spared(movement, plans)
        short *= self.aims.matters.smoothness
        rises = self._rises(movement, plans)
        off = brow_off_mm(self.influence.face, self.aims, rises)
        far = self._extremes(movement, plans)
        risks = {event: _near(event, extreme) for event, extreme in far.items()}
        for event, risk in risks.items():
            broken += np.maximum(risk - self.aims.risks[event], 0)
        return Scores(
            chance=chance,
            kept=kept,
            brow_off_mm=off,
            lowest_brow_mm=np.min([rise["middle"] for rise in rises.values()], axis=0),
            risks=risks,
            counted={
                event: (extreme >= limit_of(event).value).mean(axis=1)
                for event, extreme in far.items()
            },
            missing=short + self.aims.matters.brow * MM_WEIGHS * off,
            broken=broken,
        )

    def _spared(self, movement: Movement, plans: int) -> Array:
        """How much (M,) spared muscles of the typical patient lose beyond what is allowed."""
        least = facts.load().goals.spared_kept.value
        lost = np.zeros(plans)
        for name, left in movement.strength.reached.items():
            if name[0] in self.spared:
                typical = left[:, -1].reshape(plans, -1)[:, 0]
                lost += np.maximum(least - typical, 0)
        return lost

    def _lines_of(self, movement: Movement, aim: AreaAim, plans: int) -> tuple[Array, Array]:
        """The chance (M,) of reaching the grade, and by how much readings exceed it on average.

        Of two sides it is the worse one that counts.
        """
        day = self.influence.days.index(aim.day)
        sides = [
            self._of_side(aim, drive[:, day].reshape(plans, -1))
            for drive in _drives(movement, aim.area)
        ]
        chances, excesses = (np.array(values) for values in zip(*sides, strict=True))
        return chances.min(axis=0), excesses.max(axis=0)

    def _of_side(self, aim: AreaAim, strength: Array) -> tuple[Array, Array]:
        own, parameters = self.lines[aim.area], self.influence.parameters
        fade = np.exp(-aim.day / model_facts().lines.skin_memory_days.value)
        severity, _ = expression.line_severity(
            strength,
            strength + (1 - strength) * fade,
            maximum=own.maximum,
            rest=own.rest,
            rest_share=parameters.rest_share,
            exponent=parameters.line_exponent,
        )
        limit = aim.grade + 0.5
        z = (severity - limit) / own.reading_sd
        excess = own.reading_sd * (DENSITY_AT_0 * np.exp(-(z**2) / 2) + z * ndtr(z))
        rated = rated_below(severity[..., None], limit, parameters)[..., 0]
        return rated[:, 1:].mean(axis=1), excess[:, 1:].mean(axis=1)

    def _rises(self, movement: Movement, plans: int) -> dict[Side, dict[str, Array]]:
        """Rise in mm (M,) at each brow's landmarks in the typical patient, on the first day."""
        found = {}
        for side in BothSides:
            rise = movement.brow["rest", side][:, 0].reshape(plans, len(self.influence.people), -1)
            at = landmark_nodes(self.influence.face, side)
            found[side] = {name: rise[:, 0, node] for name, node in at.items()}
        return found

    def _extremes(self, movement: Movement, plans: int) -> dict[Event, Array]:
        """How far each drawn patient of each plan (M, P) goes towards each unwanted result."""
        window = np.zeros(movement.strength.shape[1], dtype=bool)
        window[-1] = True
        found = extremes(self.influence.face, movement, window)
        return {event: extreme.reshape(plans, -1)[:, 1:] for event, extreme in found.items()}


def _near(event: Event, extreme: Array) -> Array:
    """The chance (M,) of an unwanted result for how far patients (M, P) go towards it.

    Near misses count in part; one that is nowhere near would still count a little in everyone.
    """
    limit = limit_of(event).value
    if extreme.max() < NOWHERE_NEAR * limit:
        return np.zeros(len(extreme))
    return np.asarray(expit((extreme - limit) / (NEAR * limit)).mean(axis=1) - expit(-1 / NEAR))


def _drives(movement: Movement, area: str) -> list[Array]:
    """The strength (M P, T) behind an area's lines, of each side that it has."""
    return [drive for (name, _), drive in movement.drive.items() if name == area]


def spared_muscles(spare: Collection[str]) -> frozenset[str]:
    """The muscles behind the areas and muscles that are to be spared."""
    sites = facts.load().anatomy.sites.values()
    return frozenset(spare) | {site.muscle for site in sites if site.area in spare}


def brow_off_mm(face: Face, aims: Aims, rises: dict[Side, dict[str, Array]]) -> Array:
    """How far (M,) the brows are from the shape that is asked for, in mm beyond what is allowed."""
    room, sides = aims.brow_mm, list(rises.values())
    fallen = [
        np.maximum(-rise["middle"] - stands_higher_mm(face, side, "middle") - room, 0)
        for side, rise in rises.items()
    ]
    dropped = np.max(fallen, axis=0)
    match aims.brow:
        case "keep":
            places = ("medial", "peak", "lateral")
            moved = [np.abs(side[place]) for side in sides for place in places]
            return np.asarray(dropped + np.maximum(np.max(moved, axis=0) - room, 0))
        case "lift-lateral":
            lifted = np.mean([side["lateral"] for side in sides], axis=0)
            return np.asarray(dropped + np.maximum(room - lifted, 0))
        case "flatten":
            arched = [np.maximum(side["peak"], side["lateral"]) - side["medial"] for side in sides]
            return np.asarray(dropped + np.maximum(np.max(arched, axis=0) - room, 0))
        case "level":
            apart = []
            for place in ("medial", "peak", "lateral"):
                before = getattr(face.brow_left, f"{place}_mm") - getattr(
                    face.brow_right, f"{place}_mm"
                )
                apart.append(np.abs(before + rises[Side.LEFT][place] - rises[Side.RIGHT][place]))
            return np.asarray(dropped + np.maximum(np.max(apart, axis=0) - room, 0))
