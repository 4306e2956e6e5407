"""The main menu: one line for each room, shown to those who may enter it."""

from __future__ import annotations

from dataclasses import dataclass

from glabella.clinic.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class Room:
    """An entry of the menu; it is the current one on every page of its namespaces."""

    name: str
    url_name: str
    permission: Permission
    namespaces: tuple[str, ...]


ROOMS = (
    Room("Today", "people:today", Permission.SEE_TODAY, ("people",)),
    Room(
        "Patients",
        "patients:list",
        Permission.SEE_PATIENTS,
        ("patients", "treatments", "reviews", "intake", "consent", "prescribing", "body"),
    ),
    Room(
        "Follow-up",
        "followup:recall",
        Permission.FOLLOW_UP,
        ("followup", "tasks", "outbox"),
    ),
    Room("Co-sign", "cosigning:queue", Permission.COSIGN, ("cosigning",)),
    Room("Safety", "safety:overview", Permission.SEE_PATIENTS, ("safety",)),
    Room(
        "Stock",
        "stock:list",
        Permission.SEE_STOCK,
        ("stock", "coldchain", "stocktake", "lot_recalls"),
    ),
    Room("Team", "credentials:team", Permission.SEE_TEAM, ("credentials", "texts")),
    Room("Data", "data:data", Permission.EXPORT_DATA, ("data",)),
    Room("Audit trail", "audit:trail", Permission.SEE_AUDIT, ("audit",)),
)
