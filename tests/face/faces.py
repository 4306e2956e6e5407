"""Faces of every shape that a plan may describe."""

from __future__ import annotations

from hypothesis import strategies as st

from glabella.face import BrowHeights, Face, Measures

heights = st.floats(1, 60)
brows = st.builds(BrowHeights, medial_mm=heights, peak_mm=heights, lateral_mm=heights)
measures = st.builds(
    Measures,
    interpupillary_mm=st.none() | st.floats(45, 80),
    forehead_height_mm=st.none() | st.floats(25, 100),
    c_line_fraction=st.none() | st.floats(0.3, 0.9),
    brow_left=st.none() | brows,
    brow_right=st.none() | brows,
    frontalis=st.sampled_from(["full", "v-shaped"]),
)
faces = st.builds(Face.fit, st.sampled_from(["female", "male"]), measures)
