"""The shape of droplets.toml: how texts set droplets in the skin, and where none should lie."""

from __future__ import annotations

from typing import Literal

from glabella.facts.anatomy import Outline
from glabella.facts.schema import Dilution, Fact, Record

# The regions of the skin in model.toml, and the groups that injectors call by one name.
RegionName = Literal["t-zone", "forehead", "nose", "cheek", "chin", "jawline"]


class DropletProtocol(Record, kw_only=True):
    """How one source sets droplets with one product; what it does not give is left out.

    `regions` are those that it is told of. `topped_up` says that it weakens the vial's solution in
    the syringe.
    """

    name: str
    product: str
    product_named: Fact[str]
    units_per_ml: Fact[float]
    dilution: Dilution | None = None
    topped_up: Fact[str] | None = None
    droplets_per_ml: Fact[float] | None = None
    spacing_mm: Fact[float] | None = None
    depth: Fact[str]
    regions: tuple[str, ...]
    where: Fact[str]
    remarks: tuple[Fact[str], ...] = ()


class RegionGroup(Record, kw_only=True):
    """Regions of the skin under one name."""

    name: str
    regions: tuple[str, ...]


class KeepOff(Record, kw_only=True):
    """Where no droplet lies: muscles and danger zones with a margin, or an outline of its own."""

    name: str
    harm: str
    muscles: tuple[str, ...] = ()
    danger_zones: tuple[str, ...] = ()
    outline_mm: Fact[Outline] | None = None
    margin_mm: Fact[float]
    basis: Fact[str]


class DropletLimits(Record, kw_only=True):
    """What can be meant by a spacing and by a droplet."""

    least_spacing_mm: Fact[float]
    most_spacing_mm: Fact[float]
    spacing_step_mm: Fact[float]
    least_droplet_ml: Fact[float]
    most_droplet_ml: Fact[float]
    syringe_ml: Fact[float]


class DropletFacts(Record, kw_only=True):
    """All of droplets.toml; `discomfort` is by region and has none that no text tells of."""

    groups: dict[str, RegionGroup]
    protocols: dict[str, DropletProtocol]
    keep_off: dict[str, KeepOff]
    limits: DropletLimits
    discomfort: dict[str, Fact[str]]
    comfort: tuple[Fact[str], ...]
    volumes: tuple[Fact[str], ...]
    totals: tuple[Fact[str], ...]
    saw: tuple[Fact[str], ...]
    saw_not: tuple[Fact[str], ...]
    onset: tuple[Fact[str], ...]
    compared: tuple[Fact[str], ...]
    not_known: tuple[str, ...]
