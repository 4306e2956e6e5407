"""Face charts and curves as SVG: the same for the page, the PDF and the command line."""

from glabella.chart.body import body_svg, place_of
from glabella.chart.body_sheet import pictures_svg, session_points, session_svg, targets_of
from glabella.chart.brow import brow_svg
from glabella.chart.compare import Box, compare_box, compare_svg, gauge_svg
from glabella.chart.curves import curves_svg
from glabella.chart.face import face_svg, view_of
from glabella.chart.frames import frames
from glabella.chart.panel import panel
from glabella.chart.plan_sheet import plan_points, plan_svg
from glabella.chart.points import ChartPoint, label_places
from glabella.chart.style import LAYERS, PRODUCTS
from glabella.chart.tradeoff import Compared, tradeoff_svg
from glabella.chart.waiting import WaitBar, waiting_svg

__all__ = [
    "LAYERS",
    "PRODUCTS",
    "Box",
    "ChartPoint",
    "Compared",
    "WaitBar",
    "body_svg",
    "brow_svg",
    "compare_box",
    "compare_svg",
    "curves_svg",
    "face_svg",
    "frames",
    "gauge_svg",
    "label_places",
    "panel",
    "pictures_svg",
    "place_of",
    "plan_points",
    "plan_svg",
    "session_points",
    "session_svg",
    "targets_of",
    "tradeoff_svg",
    "view_of",
    "waiting_svg",
]
