"""Limits of the patient, of the vial and of how the needle is guided; and what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from glabella import facts
from glabella.face.frame import Side
from glabella.plan.body.judged import JudgedSession, target_name
from glabella.plan.body.unknown import not_known
from glabella.plan.finding import Finding, Severity
from glabella.plan.judged import finding

GUIDANCE_NAMES = {
    "emg": "EMG",
    "ultrasound": "ultrasound",
    "stimulation": "nerve stimulation",
    "cystoscopy": "cystoscopy",
    "surgical-view": "sight of the muscle in surgery",
    "anatomy": "landmarks",
}


def contraindications(judged: JudgedSession) -> Iterator[Finding]:
    """The patient's history against the product's cautions and those of this indication."""
    history, known = set(judged.session.patient.conditions), facts.load().conditions
    protocol, product = judged.protocol, judged.product
    own = protocol.contraindications if protocol else ()
    warned = protocol.cautions if protocol else ()
    kinds: tuple[tuple[str, tuple[facts.Caution, ...], Severity, str], ...] = (
        ("contraindication", (*product.contraindications, *own), "stop", "Contraindicated with"),
        ("warning", (*product.warnings, *warned), "warn", "Caution with"),
        ("interaction", product.interactions, "warn", "Caution with"),
    )
    for kind, cautions, severity, words in kinds:
        for caution in cautions:
            if caution.code in history:
                yield finding(
                    f"{kind}:{caution.code}",
                    severity,
                    f"{words} {product.name}: {known[caution.code].name}. {caution.text.value}",
                    fact=caution.text,
                    mend="Do not treat with this product, or clear it with the prescriber first.",
                )


def age(judged: JudgedSession) -> Iterator[Finding]:
    """Ages that the sources do not cover for this indication."""
    limits, years = judged.limits, judged.session.patient.age_years
    least, most = limits.least_age_years, limits.most_age_years
    what = f"{judged.product.name} for {judged.indication.name}"
    if least and years < least.value:
        yield finding(
            "age",
            "stop",
            f"The patient is {years}: {what} is from {least.value:g} years.",
            fact=least,
            mend="Do not treat, or take the protocol of the patient's age.",
        )
    elif (most and years > most.value) or (
        judged.indication.age == "child" and not judged.is_child
    ):
        yield finding(
            "age",
            "stop",
            f"The patient is {years}: {what} is a protocol for children.",
            fact=most,
            mend="Take the protocol for adults.",
        )


def sides(judged: JudgedSession) -> Iterator[Finding]:
    """A protocol for both sides with the sides unlike."""
    if judged.indication.laterality != "both":
        return
    counted = {
        side: sorted((i.target, i.units) for i in judged.session.injections if i.side is side)
        for side in (Side.LEFT, Side.RIGHT)
    }
    if counted[Side.LEFT] != counted[Side.RIGHT]:
        left, right = (sum(units for _, units in counted[side]) for side in (Side.LEFT, Side.RIGHT))
        yield finding(
            "uneven-sides",
            "warn",
            f"The protocol treats both sides alike: {left:g} U {judged.product.name} left, "
            f"{right:g} U right.",
            mend="Make the sides alike, or record why not.",
        )


def guidance(judged: JudgedSession) -> Iterator[Finding]:
    """How the needle is guided, where the source names a way."""
    protocol, session = judged.protocol, judged.session
    if protocol is None or not protocol.guidance:
        return
    used = {one.guidance or session.guidance for one in session.injections}
    if used and used <= set(protocol.guidance):
        return
    named = ", ".join(GUIDANCE_NAMES[one] for one in protocol.guidance)
    missing = None in used
    yield finding(
        "no-guidance" if missing else "other-guidance",
        "warn" if protocol.guidance_required else "note",
        f"{'No guidance is recorded' if missing else 'Guided otherwise than the source says'}; "
        f"it names {named}.",
        fact=protocol.guidance_text,
        mend="Record how the needle was guided.",
    )


def dilution(judged: JudgedSession) -> Iterator[Finding]:
    """A vial that the product does not come in, or a mix that no source names for this."""
    session, product = judged.session, judged.product
    if session.vial_units and session.vial_units not in product.vials_units.value:
        sizes = " or ".join(f"{size:g} U" for size in product.vials_units.value)
        yield finding(
            "wrong-vial",
            "stop",
            f"{product.name} comes in vials of {sizes}, not {session.vial_units:g} U.",
            fact=product.vials_units,
            mend="Check product and vial.",
        )
    protocol = judged.protocol
    if protocol is None or not (protocol.dilutions and session.vial_units and session.diluent_ml):
        return
    own = session.vial_units / session.diluent_ml
    sourced = {one.vial_units / one.diluent_ml.value for one in protocol.dilutions}
    if not any(abs(own - known) < 1e-6 * known for known in sourced):
        yield finding(
            "unusual-dilution",
            "warn",
            f"{own / 10:.3g} U {product.name} per 0.1 mL: for {judged.indication.name} the source "
            f"names {', '.join(f'{known / 10:.3g} U' for known in sorted(sourced))}.",
            fact=protocol.dilutions[0].diluent_ml,
            mend="Check the diluent.",
        )


def scale(judged: JudgedSession) -> Iterator[Finding]:
    """The scale before treatment: without it nothing can be told of the result."""
    key = judged.indication.scale
    if key is None:
        return
    known, value = facts.load().body.scales[key], judged.session.scale_before
    if value is None:
        yield finding(
            "no-scale",
            "note",
            f"{known.name} was not read before treatment.",
            fact=known.about,
            mend=f"Read {known.name}, so that the result can be told.",
        )
    elif known.low is not None and known.high is not None and not known.low <= value <= known.high:
        yield finding(
            "scale-off",
            "stop",
            f"{known.name} of {value:g}: it goes from {known.low:g} to {known.high:g}.",
            fact=known.about,
            mend="Check the number.",
        )


def misplaced(judged: JudgedSession) -> Iterator[Finding]:
    """Muscles that lie on none of the indication's pictures: probably another indication."""
    known = facts.load().body_maps.targets
    stray = dict.fromkeys(
        one.target
        for one in judged.session.injections
        if known[one.target].map not in judged.indication.maps
    )
    for target in stray:
        yield finding(
            "other-place",
            "stop",
            f"{target_name(target)} does not belong to {judged.indication.name}.",
            mend="Remove it, or choose the indication that it is for.",
            where=target,
        )


def what_is_not_known(judged: JudgedSession) -> Iterator[Finding]:
    """What no source that was seen says, and that there is no forecast."""
    if judged.protocol and (missing := not_known(judged.indication, judged.session.product)):
        yield finding(
            "not-known",
            "note",
            f"Not known for {judged.product.name} in {judged.indication.name}: "
            f"{'; '.join(missing)}.",
            mend="Read the label.",
        )
    yield finding(
        "no-forecast",
        "note",
        "No forecast: the model is calibrated for muscles of the face only.",
    )
