"""The face: landmarks, muscles, sites and sides, in millimetres.

The frame: the origin lies in the midline at the level of the medial canthi; x runs to the
patient's left, y up, depth below the skin. Left and right are always the patient's.
"""

from glabella.face.frame import BrowHeights, Face, Measures, Side
from glabella.face.muscles import Elements
from glabella.face.sites import place_site

__all__ = ["BrowHeights", "Elements", "Face", "Measures", "Side", "place_site"]
