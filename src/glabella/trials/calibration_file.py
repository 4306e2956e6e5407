"""The calibration as the text of a facts file."""

from __future__ import annotations

import json

from glabella.facts.model import Calibration, Parameter
from glabella.plan.report import table

READERS = {"grading": "gradings", "diary": "diaries"}


def as_toml(calibration: Calibration) -> str:
    """The calibration as the text of calibration.toml."""
    lines = [
        "# Written by `glabella calibrate`; do not edit. The rows are in literature/.",
        f'made_by = "{calibration.made_by}"',
        f'rows_digest = "{calibration.rows_digest}"',
        f"between_trials_logit_sd = {calibration.between_trials_logit_sd!r}",
        f"misfit_logit_sd = {calibration.misfit_logit_sd!r}",
        f"order = {json.dumps(calibration.order)}",
        "# Correlations of the logarithms of the parameters above, in that order.",
        "correlation = [",
        *(f"  {json.dumps(row)}," for row in calibration.correlation),
        "]",
    ]
    for name, parameter in calibration.shared.items():
        lines += ["", f"[shared.{name}]", *_parameter_lines(parameter)]
    for product, potency in calibration.products.items():
        lines += ["", f"[products.{product}]", f'basis = "{potency.basis}"']
        for field in ("half_effect_units_per_mm2", "decay_per_day"):
            lines += [
                f"[products.{product}.{field}]",
                *_parameter_lines(getattr(potency, field)),
            ]
    for shift in calibration.shifts:
        lines += [
            "",
            "[[shifts]]",
            f'study = "{shift.study}"',
            f'reader = "{shift.reader}"',
            f"shift = {shift.shift}",
            f"sd = {shift.sd}",
        ]
    for residual in calibration.residuals:
        lines += [
            "",
            "[[residuals]]",
            f'row = "{residual.row}"',
            f"observed = {residual.observed}",
            f"predicted = {residual.predicted}",
            f"in_its_trial = {residual.in_its_trial}",
        ]
    return "\n".join(lines) + "\n"


def _parameter_lines(parameter: Parameter) -> list[str]:
    return [
        f"value = {parameter.value!r}",
        f"log_sd = {parameter.log_sd!r}",
        f"prior = {parameter.prior!r}",
        f"prior_log_sd = {parameter.prior_log_sd!r}",
        f'unit = "{parameter.unit}"',
        f'meaning = "{parameter.meaning}"',
        f"from_data = {str(parameter.from_data).lower()}",
    ]


def as_text(calibration: Calibration) -> str:
    """What was fitted, how sure it is, and every row beside the fitted model."""
    shared = [(name, "", *_cells(p)) for name, p in calibration.shared.items()]
    products = [
        (f"{product}, {field.replace('_', ' ')}", "", *_cells(getattr(potency, field)))
        for product, potency in calibration.products.items()
        for field in ("half_effect_units_per_mm2", "decay_per_day")
    ]
    shifts = [
        (f"{s.study}, {READERS[s.reader]}", "", f"{s.shift:+.2f}", f"{s.sd:.2f}")
        for s in calibration.shifts
    ]
    residuals = [
        (r.row, "", f"{r.observed:g}", f"{r.in_its_trial:g}", f"{r.predicted:g}")
        for r in calibration.residuals
    ]
    return (
        "Parameters (log sd: uncertainty of the natural logarithm)\n"
        + table(("parameter", "", "value", "unit", "log sd", "before", "from"), shared + products)
        + "\n\nScatter, logit scale: between trials "
        + f"{calibration.between_trials_logit_sd:g}, of a row within its trial "
        + f"{calibration.misfit_logit_sd:g}\n"
        + table(("trial", "", "shift", "sd"), shifts)
        + "\n\nFitted rows\n"
        + table(("row", "", "published", "model, this trial", "a new trial"), residuals)
        + "\n"
    )


def _cells(parameter: Parameter) -> tuple[str, ...]:
    """Value and uncertainty, and what both were before the data."""
    before = f"{parameter.prior:g} ({parameter.prior_log_sd:g})"
    basis = "data" if parameter.from_data else "prior"
    return f"{parameter.value:g}", parameter.unit, f"{parameter.log_sd:.2f}", before, basis
