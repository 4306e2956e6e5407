"""libroadrunner: an SBML model, compiled, solved by CVODE."""

from __future__ import annotations

import numpy as np
import roadrunner

from bench.peers import Tolerance
from bench.problem import STATES, Array, Course, Patients, respond

BLOCK = 16
NAMES = ("bulk", "free", "bound", "endocytosed", "active")


def _sbml() -> str:
    """The chain as SBML: each species flows into the next, the last one away."""
    species = "".join(
        f'<species id="{name}" compartment="body" initialConcentration="{float(name == NAMES[0])}"'
        ' hasOnlySubstanceUnits="false" boundaryCondition="false" constant="false"/>'
        for name in NAMES
    )
    parameters = "".join(
        f'<parameter id="k{index}" value="1" constant="true"/>' for index in range(STATES)
    )
    into = [f"<listOfProducts>{_one(name)}</listOfProducts>" for name in NAMES[1:]] + [""]
    reactions = "".join(
        f'<reaction id="step{index}" reversible="false">'
        f"<listOfReactants>{_one(name)}</listOfReactants>{into[index]}"
        '<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">'
        f"<apply><times/><ci>k{index}</ci><ci>{name}</ci></apply></math></kineticLaw></reaction>"
        for index, name in enumerate(NAMES)
    )
    return (
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>'
        '<listOfCompartments><compartment id="body" size="1" spatialDimensions="3"'
        f' constant="true"/></listOfCompartments><listOfSpecies>{species}</listOfSpecies>'
        f"<listOfParameters>{parameters}</listOfParameters>"
        f"<listOfReactions>{reactions}</listOfReactions></model></sbml>"
    )


def _one(species: str) -> str:
    return f'<speciesReference species="{species}" stoichiometry="1" constant="true"/>'


_model = roadrunner.RoadRunner(_sbml())
_model.timeCourseSelections = ["[active]"]
_ids = _model.model.getGlobalParameterIds()
_rates = [_ids.index(f"k{index}") for index in range(STATES)]


def one_chain(patients: Patients, course: Course, tolerance: Tolerance) -> Array:
    """One dose; the muscles of a patient share the chain of a dose of 1."""
    solver = _model.getIntegrator()
    solver.relative_tolerance = tolerance.relative
    solver.absolute_tolerance = tolerance.absolute
    days = len(course.days)
    active = np.empty((len(patients), days))
    for patient, rates in enumerate(patients.rates):
        _model.reset()
        _model.model.setGlobalParameterValues(_rates, rates)
        active[patient] = _model.simulate(0, course.days[-1], days + 1)[1:, 0]
    return respond(patients.loads[:, 0, :, None] * active[:, None])
