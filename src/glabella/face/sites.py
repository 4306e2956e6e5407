"""Named sites: where a protocol's point lies on this face."""

from __future__ import annotations

from glabella import facts
from glabella.errors import GeometryError, InputError
from glabella.face.frame import Face, Side
from glabella.facts.anatomy import Depth, Place, Site


def site_facts(site: str) -> Site:
    """The facts of a named site; raises InputError that lists the known ones."""
    sites = facts.load().anatomy.sites
    if site not in sites:
        raise InputError(f"There is no site `{site}`. Known sites: {', '.join(sorted(sites))}.")
    return sites[site]


def sides_of(site: str) -> tuple[Side, ...]:
    """The sides on which a site exists."""
    return (Side.LEFT, Side.RIGHT) if site_facts(site).paired else (Side.MIDLINE,)


def place_site(face: Face, site: str, side: Side) -> tuple[float, float, Depth]:
    """Where a site lies: x from the midline, y above the canthi (both mm), and its depth."""
    known = site_facts(site)
    if side not in sides_of(site):
        allowed = " or ".join(sides_of(site))
        raise GeometryError(f"The site `{site}` lies {allowed}, not {side}.")
    x_mm = locate(face, known.x, side, axis="x")
    y_mm = locate(face, known.y, side, axis="y", x_mm=x_mm)
    return x_mm, y_mm, known.depth


def locate(face: Face, place: Place, side: Side, *, axis: str, x_mm: float = 0.0) -> float:
    """The coordinate of a place in mm; offsets are true millimetres, not scaled."""
    start = _anchor(face, place.anchor, side, axis, x_mm)
    if place.toward is not None:
        end = _anchor(face, place.toward, side, axis, x_mm)
        start += place.fraction * (end - start)
    return start + place.offset_mm


def _anchor(face: Face, name: str, side: Side, axis: str, x_mm: float) -> float:
    anchors = {
        "x": {
            "midline": lambda: 0.0,
            "medial-canthus": lambda: face.medial_canthus_mm,
            "pupil": lambda: face.pupil_mm,
            "lateral-canthus": lambda: face.lateral_canthus_mm,
            "temporal-crest": lambda: face.temporal_crest_mm,
            "nose-wing": lambda: face.nose_width_mm,
            "mouth-corner": lambda: face.mouth_corner_mm,
            "jaw-angle": lambda: face.jaw_angle_mm,
        },
        "y": {
            "canthi": lambda: 0.0,
            "pupil": lambda: face.pupil_height_mm,
            "rim": lambda: face.rim_height_mm,
            "brow-medial-upper": lambda: face.brow_upper_mm(side, face.medial_canthus_mm),
            "brow-upper": lambda: face.brow_upper_mm(side, x_mm),
            "frontalis-top": lambda: face.frontalis_top_mm,
            "c-line": lambda: face.c_line_mm,
            "hairline": lambda: face.hairline_mm,
            "nose-base": lambda: face.nose_base_mm,
            "upper-lip": lambda: face.upper_lip_mm,
            "mouth": lambda: face.mouth_mm,
            "lower-lip": lambda: face.lower_lip_mm,
            "mental-crease": lambda: face.mental_crease_mm,
            "chin": lambda: face.chin_mm,
            "jaw-angle": lambda: face.jaw_angle_height_mm,
            "neck": lambda: face.neck_mm,
        },
    }[axis]
    if name not in anchors:
        raise InputError(f"There is no {axis} landmark `{name}`. Known: {', '.join(anchors)}.")
    return anchors[name]()
