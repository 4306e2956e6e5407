"""kill -9 while saving and while signing, at many moments: nothing half-written or doubled."""

from __future__ import annotations

from tests.reliability.conftest import Victim

KILLS = 16
# Saves are short; this long a child saves again and again before it is killed.
SAVING_SECONDS = 0.25


def test_who_is_killed_while_signing_has_signed_wholly_or_not_at_all(victim: Victim) -> None:
    first = victim.order("prepare")["draft"]
    seconds = victim.order("time", "sign", first)["seconds"]
    draft = victim.order("prepare")["draft"]
    signed = cut = 0
    for number in range(KILLS):
        # From before the transaction to after it, a little later each time.
        after = seconds * 1.3 * (number + 1) / KILLS
        told = victim.order("kill", "sign", draft, after)
        found = victim.order("check")
        assert found["wrong"] == [], f"killed after {after:.3f} s"
        is_draft = str(draft) in found["drafts"]
        assert not (told["told"] and is_draft), "what was confirmed is gone"
        cut += is_draft
        if not is_draft:
            signed += 1
            draft = victim.order("prepare")["draft"]
    assert cut, "no kill came before the signature"
    assert signed, "no kill came after the signature"


def test_who_is_killed_while_saving_has_the_whole_of_one_save(victim: Victim) -> None:
    draft = victim.order("prepare")["draft"]
    confirmed = 1
    for number in range(KILLS):
        told = victim.order("kill", "save", draft, SAVING_SECONDS * (1 + number / KILLS))
        assert told["killed"]
        confirmed = max([confirmed, *map(int, told["told"])])
        found = victim.order("check")
        assert found["wrong"] == []
        # One save may be stored whose answer the plug cut off; none that was confirmed is lost.
        assert found["drafts"][str(draft)] in {confirmed, confirmed + 1}
        confirmed = found["drafts"][str(draft)]
    assert confirmed > KILLS / 2, "hardly anything was saved before the kills"
