"""How a law is tried: few drawn cases, the same on every machine, without a stopwatch."""

from __future__ import annotations

from hypothesis import settings

law = settings(max_examples=25, deadline=None, derandomize=True)
