"""What the door refuses."""

from __future__ import annotations

from glabella.errors import RecordError


class OtherClinic(RecordError):
    def __init__(self) -> None:
        super().__init__("This member belongs to another clinic.")


class NotYourself(RecordError):
    def __init__(self) -> None:
        super().__init__("For your own account, open it by your name at the top.")
