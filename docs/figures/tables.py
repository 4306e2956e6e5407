"""The tables of docs/model: each stands between two marks and is filled from the facts.

<!-- table: facts model.spread -->
...
<!-- end of table -->
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from statistics import median

from docs.figures.trials import compared
from glabella import facts
from glabella.facts import Fact
from glabella.facts.model import Parameter
from glabella.trials import laws as trials_laws
from glabella.trials.laws import Law
from glabella.trials.validate import Comparison, scores

TABLE = re.compile(
    r"(<!-- table: (?P<name>\w+)(?: (?P<of>[^>]*?))? -->\n).*?(<!-- end of table -->)", re.DOTALL
)


@cache
def laws() -> tuple[Law, ...]:
    return trials_laws.laws()


def fill(page: str) -> str:
    """The page with every table made anew."""

    def made(match: re.Match[str]) -> str:
        return f"{match[1]}\n{TABLES[match['name']](match['of'] or '')}\n\n{match[4]}"

    return TABLE.sub(made, page)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows under a head, as Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "/") for c in line) + " |" for line in lines)


def cited(fact: Fact[object]) -> str:
    """The source with a link and the place in it, or the reason of an assumption."""
    if fact.kind == "assumption":
        return f"assumption: {fact.reason}"
    source = facts.load().sources[fact.source]
    address = f"https://doi.org/{source.doi}" if source.doi else source.url
    return (
        f"[{fact.source}]({address}): {fact.locator}"
        if address
        else f"{fact.source}: {fact.locator}"
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(part) for part in value)
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def fact_table(prefixes: str) -> str:
    """Every number below some paths: value, range, unit, source or reason."""
    rows = [
        (
            f"`{path}`",
            _shown(fact.value),
            "" if fact.low is None else f"{fact.low:g} to {fact.high:g}",
            fact.unit,
            cited(fact),
        )
        for path, fact in facts.walk(facts.load())
        if path.startswith(tuple(prefixes.split())) and fact.unit != "text"
    ]
    if not rows:
        raise ValueError(f"No fact lies below {prefixes}.")
    return table(("fact", "value", "range", "unit", "source, or why it is assumed"), rows)


def _parameter(name: str, parameter: Parameter) -> tuple[str, ...]:
    basis = "data" if parameter.from_data else "prior"
    return (
        f"`{name}`",
        f"{parameter.value:g}",
        f"{parameter.log_sd:g}",
        f"{parameter.prior:.3g}",
        f"{parameter.prior_log_sd:g}",
        parameter.unit,
        parameter.meaning,
        basis,
    )


HEAD = ("parameter", "value", "log sd", "prior", "its log sd", "unit", "meaning", "from")


def parameter_table(names: str) -> str:
    """Fitted parameters by name, or all that products share."""
    calibration = facts.load().calibration
    assert calibration is not None
    chosen = names.split() or list(calibration.shared)
    return table(HEAD, [_parameter(name, calibration.shared[name]) for name in chosen])


def product_table(_: str) -> str:
    """What was fitted of each product."""
    calibration = facts.load().calibration
    assert calibration is not None
    rows = []
    for product, potency in calibration.products.items():
        for field in ("half_effect_units_per_mm2", "decay_per_day"):
            _, *cells = _parameter("", getattr(potency, field))
            rows.append((f"{facts.product(product).name}", *cells))
    return table(("product", *HEAD[1:]), rows)


def law_table(about: str) -> str:
    """Each law with what was expected and found."""
    rows = [
        (
            "held" if law.held else "**not held**",
            law.says,
            law.expected,
            law.found,
            f"`{law.source}`",
        )
        for law in laws()
        if law.about in about.split() or not about
    ]
    return table(("", "law", "expected of the model", "found", "source"), rows)


def broken_table(_: str) -> str:
    """The laws that the model does not hold."""
    rows = [(law.says, law.expected, law.found) for law in laws() if not law.held]
    return table(("finding", "expected of the model", "found"), rows)


def miss_table(_: str) -> str:
    """By area and end point: how published shares lie to the model's."""
    grouped: dict[tuple[str, str], list[Comparison]] = defaultdict(list)
    for one in compared():
        if one.predicted is not None and one.row.unit == "%" and not one.row.from_memory:
            end = one.row.endpoint
            who = "placebo" if one.row.product == "placebo" else end.rule.replace("_", " ")
            grouped[end.area, who].append(one)
    rows = [
        (
            area,
            rule,
            f"{len(found)}",
            f"{median(c.row.value - (c.predicted or 0) for c in found):+.0f}",
            f"{sum(bool(c.inside) for c in found)}",
        )
        for (area, rule), found in sorted(grouped.items())
    ]
    return table(("area", "rule, or placebo", "rows", "median difference", "inside"), rows)


def silent_table(_: str) -> str:
    """Findings that the model cannot be asked."""
    rows = [
        (found.value, found.no_word, f"`{found.source}`")
        for found in facts.load().findings
        if found.no_word is not None
    ]
    return table(("finding", "why the model has no word for it", "source"), rows)


def score_table(_: str) -> str:
    """How the rows fare, fitted and not."""
    rows = []
    hard = tuple(
        c for c in compared() if c.row.product != "placebo" and c.row.endpoint.rule != "lid_ptosis"
    )
    for use, name, chosen in (
        ("fitted", "fitted", compared()),
        ("fitted", "of them treated, without harm", hard),
        ("not fitted", "not fitted", compared()),
        ("not fitted", "of them treated, without harm", hard),
    ):
        found = scores(chosen, use)
        rows.append(
            (
                name,
                f"{found['rows']:g}",
                f"{found['median_absolute_error_points']:g} points",
                f"{found['median_absolute_error_new_trial_points']:g} points",
                f"{found['share_inside_interval']:.0%}",
            )
        )
    silent = sum(c.predicted is None for c in compared())
    rows.append(("no prediction", f"{silent}", "", "", ""))
    head = ("rows", "number", "median absolute error", "as a new trial", "inside the 90% interval")
    return table(head, rows)


def literature_table(_: str) -> str:
    """Published rows by area and role."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in facts.load().literature:
        counted[row.endpoint.area, "memory" if row.from_memory else row.role] += 1
    areas = sorted({area for area, _ in counted})
    uses = ("calibration", "validation", "memory")
    return table(
        ("area", "may be fitted", "set aside for validation", "from memory, only shown"),
        [(area, *(str(counted[area, use]) for use in uses)) for area in areas],
    )


def muscle_table(_: str) -> str:
    """The muscles of the model."""
    rows = [
        (name.replace("-", " "), _text(muscle, "action"), _text(muscle, "lines"))
        for name, muscle in facts.load().anatomy.muscles.items()
    ]
    return table(("muscle", "what it does", "lines, or what it tells of"), rows)


def _text(record: object, name: str) -> str:
    found = getattr(record, name, None)
    return str(found.value) if isinstance(found, Fact) else ""


TABLES: dict[str, Callable[[str], str]] = {
    "facts": fact_table,
    "parameters": parameter_table,
    "products": product_table,
    "laws": law_table,
    "broken": broken_table,
    "misses": miss_table,
    "silent": silent_table,
    "scores": score_table,
    "literature": literature_table,
    "muscles": muscle_table,
}
