"""What is said to have happened cannot lie in the future."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from glabella.errors import InputError
from glabella.plan import Plan, read_plan
from glabella.plan.plan import refuse_what_is_yet_to_come

TODAY = date(2026, 11, 20)


def plan(on: str, status: str, **more: Any) -> Plan:
    return read_plan(
        msgspec.json.encode(
            {
                "patient": {"sex": "female", "age_years": 42},
                "treatments": [
                    {
                        "date": on,
                        "product": "botox-cosmetic",
                        "protocol": "glabella",
                        "status": status,
                    }
                ],
                **more,
            }
        )
    )


def test_a_treatment_given_tomorrow_is_refused_with_the_way_to_mend_it() -> None:
    with pytest.raises(InputError, match="Treatment 1 is marked as given on 2026-11-21") as told:
        refuse_what_is_yet_to_come(plan("2026-11-21", "given"), today=TODAY)
    assert 'mark it as "planned"' in str(told.value)


def test_a_review_of_tomorrow_is_refused() -> None:
    later = plan("2026-11-01", "given", reviews=[{"date": "2026-11-21"}])
    with pytest.raises(InputError, match="Review 1 is of 2026-11-21"):
        refuse_what_is_yet_to_come(later, today=TODAY)


@pytest.mark.parametrize(
    ("on", "status"), [("2026-11-20", "given"), ("2027-03-01", "planned"), ("2020-01-01", "given")]
)
def test_today_the_past_and_plans_for_later_are_fine(on: str, status: str) -> None:
    refuse_what_is_yet_to_come(plan(on, status), today=TODAY)
