"""The calibration as the text of a facts file."""

from __future__ import annotations

from glabella.facts.model import Calibration, Parameter
from glabella.plan.report import table


def as_toml(calibration: Calibration) -> str:
    """The calibration as the text of calibration.toml."""
    lines = [
        "# Written by `glabella calibrate`; do not edit. The rows are in literature/.",
        f'made_by = "{calibration.made_by}"',
        f'rows_digest = "{calibration.rows_digest}"',
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
    for residual in calibration.residuals:
        lines += [
            "",
            "[[residuals]]",
            f'row = "{residual.row}"',
            f"observed = {residual.observed}",
            f"predicted = {residual.predicted}",
            f"fitted = {str(residual.fitted).lower()}",
        ]
    return "\n".join(lines) + "\n"


def _parameter_lines(parameter: Parameter) -> list[str]:
    return [
        f"value = {parameter.value!r}",
        f"log_sd = {parameter.log_sd!r}",
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
    residuals = [
        (r.row, "", f"{r.observed:g}", f"{r.predicted:g}", f"{r.predicted - r.observed:+.1f}")
        for r in calibration.residuals
    ]
    return (
        "Parameters (log sd: uncertainty of the natural logarithm)\n"
        + table(("parameter", "", "value", "unit", "log sd", "from"), shared + products)
        + "\n\nResiduals of the fitted rows\n"
        + table(("row", "", "published", "model", "difference"), residuals)
        + "\n"
    )


def _cells(parameter: Parameter) -> tuple[str, str, str, str]:
    basis = "data" if parameter.from_data else "prior"
    return f"{parameter.value:g}", parameter.unit, f"{parameter.log_sd:g}", basis
