"""A finding: what a rule has to say, how grave it is, why, and who says so."""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["stop", "warn", "note"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of a rule about a plan or a record.

    `source` is a key of the facts' sources; `where` names the injection or field it is about;
    `mend` says what would settle it.
    """

    code: str
    severity: Severity
    message: str
    mend: str = ""
    source: str = ""
    where: str = ""
