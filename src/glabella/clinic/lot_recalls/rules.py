"""What a recall needs, and when it may end."""

from __future__ import annotations

from glabella import facts
from glabella.errors import RecordError

SHORTEST_WORDS = 20
KIND = "lot-recall"


class RecallRefused(RecordError):
    """The recall cannot be started, worked or ended like this."""


def check_start(*, product: str, lot: str, source: str, words: str, running: bool) -> None:
    if product not in facts.load().products:
        raise RecallRefused(f"There is no product `{product}` in the facts.")
    if not lot.strip():
        raise RecallRefused("Which lot? Type it as printed.")
    if running:
        raise RecallRefused(f"Lot {lot.strip()} is being recalled already: go on with that one.")
    if not source.strip():
        raise RecallRefused("Say who recalls the lot, and where that is written.")
    if len(words.strip()) < SHORTEST_WORDS:
        raise RecallRefused(
            f"Write in at least {SHORTEST_WORDS} characters what the patients are told."
        )


def check_open(*, ended: bool) -> None:
    if ended:
        raise RecallRefused("This recall has ended; its list stays as it is.")


def check_end(*, waiting: int, outcome: str) -> None:
    """A recall ends when all have acknowledged, or with the reason why the rest was given up."""
    if waiting and len(outcome.strip()) < SHORTEST_WORDS:
        raise RecallRefused(
            f"{waiting} patients have not acknowledged. To end it all the same, say in at least "
            f"{SHORTEST_WORDS} characters what was done to reach them."
        )


def message_of(*, product: str, lot: str, words: str, clinic: str, phone: str, url: str) -> str:
    """What a patient reads: safety comes first, and nothing is advertised."""
    call = f" You can also call us: {phone}." if phone else ""
    return (
        f"{clinic} has to tell you something about the {product} that you were given, "
        f"lot {lot}.\n\n"
        f"{words}\n\n"
        f"Please confirm that you have read this: {url}\n{call.strip()}"
    ).strip()
