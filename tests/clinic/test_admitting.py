"""The first people of a clinic are admitted from the command line."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.people.management.commands import admit
from glabella.clinic.people.models import Member


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def password(words: str) -> None:
        monkeypatch.setattr(admit, "getpass", lambda _: words)

    return password


def test_a_member_is_admitted_and_the_trail_says_so(db: None, typed: Any) -> None:
    typed("correct-horse-battery")
    call_command("admit", "erin", "Erin", "owner", verbosity=0)
    erin = Member.objects.get(display_name="Erin")
    assert erin.roles == ["owner"]
    assert erin.clinic.name == "Clinic"
    assert erin.user.check_password("correct-horse-battery")
    assert AuditEvent.objects.get().action == "member admitted"


@pytest.mark.parametrize("weak", ["", "12345678", "password"])
def test_a_weak_password_admits_nobody(db: None, typed: Any, weak: str) -> None:
    typed(weak)
    with pytest.raises(CommandError, match="password"):
        call_command("admit", "erin", "Erin", "owner")
    assert not Member.objects.exists()


def test_the_same_name_twice_is_refused(db: None, typed: Any) -> None:
    typed("correct-horse-battery")
    call_command("admit", "erin", "Erin", "owner")
    with pytest.raises(CommandError, match="already"):
        call_command("admit", "erin", "Erin", "owner")
