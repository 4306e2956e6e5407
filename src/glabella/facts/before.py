"""The shape of before.toml: what a patient is told and asked before a treatment."""

from __future__ import annotations

from glabella.facts.schema import Fact, Record


class Risk(Record, kw_only=True):
    """A risk that is spoken about before consent, and for which areas; none means for all.

    `complication` is the one of safety.toml whose rates and days are told with it.
    """

    name: str
    areas: tuple[str, ...] = ()
    what: Fact[str]
    complication: str | None = None


class Before(Record, kw_only=True):
    """All of before.toml."""

    time_to_decide: Fact[str]
    voluntary: Fact[str]
    aim_may_fail: Fact[str]
    under_18: Fact[str]
    remote_prescribing: tuple[Fact[str], ...]
    dysmorphia_overlooked: Fact[str]
    dysmorphia_tool: Fact[str]
    expectations: Fact[str]
    risks: dict[str, Risk]
