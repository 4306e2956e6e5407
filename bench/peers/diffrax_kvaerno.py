"""diffrax: an implicit Runge-Kutta method in JAX, compiled, a block of patients at once."""

from __future__ import annotations

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from bench.peers import Tolerance
from bench.problem import CEILING, HILL, STATES, Array, Course, Patients

jax.config.update("jax_enable_x64", True)

BLOCK = 64
MAX_STEPS = 4096


def _flow(day, state, rates):
    out = rates * state
    return -out + jnp.concatenate([jnp.zeros(1), out[:-1]])


@jax.jit
def _follow(rates, loads, days, relative, absolute):
    def one(own_rates, own_loads):
        solved = diffrax.diffeqsolve(
            diffrax.ODETerm(_flow),
            diffrax.Kvaerno5(),
            t0=0.0,
            t1=days[-1],
            dt0=None,
            y0=jnp.zeros(STATES).at[0].set(1.0),
            args=own_rates,
            saveat=diffrax.SaveAt(ts=days),
            stepsize_controller=diffrax.PIDController(rtol=relative, atol=absolute),
            max_steps=MAX_STEPS,
        )
        active = jnp.maximum(solved.ys[:, -1], 0.0)
        powered = (own_loads[:, None] * active) ** HILL
        return CEILING * powered / (1 + powered)

    return jax.vmap(one)(rates, loads)


def one_chain(patients: Patients, course: Course, tolerance: Tolerance) -> Array:
    """One dose; the muscles of a patient share the chain of a dose of 1."""
    loads, within = patients.loads[:, 0], (tolerance.relative, tolerance.absolute)
    return np.asarray(_follow(patients.rates, loads, course.days, *within))
