"""The text of consent that a clinic starts with; it is ours, and meant to be changed."""

from __future__ import annotations

from glabella import facts

TITLE = "Treatment with botulinum toxin"


def body() -> str:
    """The text, with the days of the facts in it."""
    safety, before = facts.load().safety, facts.load().before
    first, full = safety.visible_effect_days.value, safety.full_effect_days.value
    lasts = safety.effect_lasts_days.value
    return f"""# What it is
Botulinum toxin is injected into muscles, or into the skin. It weakens them for a time. It is a \
prescription medicine.

# What to expect
The first change shows after about {first[0]:g} to {first[1]:g} days, the whole effect after \
about {full:g} days. For most people it lasts about {lasts[0]:g} to {lasts[1]:g} days. Then it \
wears off, and the lines come back.

# What cannot be promised
How strong the effect is and how long it lasts differ from person to person. \
{before.aim_may_fail.value} {safety.no_antidote.value}

# What else you can do
You can leave things as they are: lines do no harm. You can treat fewer places, or begin with \
less. Other treatments of the skin exist; ask what they can and cannot do for you.

# Before
Tell us of every illness, allergy and medicine, of pregnancy and breast-feeding, and of botulinum \
toxin that you had elsewhere for whatever reason.

# After
Call us when something worries you. Call for emergency help at once if you have trouble \
swallowing, speaking or breathing, or grow weak.

# You decide
{before.voluntary.value} Take the time you need, and ask what you like. You may say no at any \
time, also during the treatment, without giving a reason. What was injected by then stays until it \
wears off."""
