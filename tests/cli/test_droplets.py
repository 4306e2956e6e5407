"""`glabella droplets`: the plan as text, as JSON, as a picture; and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from glabella.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
T_ZONE = EXAMPLES / "region-t-zone.json"
OWN = EXAMPLES / "region-own-protocol.json"

Captured = pytest.CaptureFixture[str]


def said(capsys: Captured, *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def changed(folder: Path, **changes: Any) -> str:
    path = folder / "region.json"
    path.write_text(json.dumps(json.loads(T_ZONE.read_text()) | changes))
    return str(path)


def test_the_parts_come_in_their_order(capsys: Captured) -> None:
    text = said(capsys, "droplets", str(T_ZONE))
    parts = (
        "droplets on 20 November 2026:",
        "Microbotox-20 (Wu)",
        "Each droplet: 0.182 U Botox Cosmetic in 0.00909 mL",
        "top it up to 1 mL",
        "Regions",
        "Left out",
        "Pores and sebum",
        "What superficial fibres keep",
        "Unwanted results",
        "Findings",
        "Evidence",
        "Not known",
        "Stands on",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_units_are_never_bare(capsys: Captured) -> None:
    for example in (T_ZONE, OWN):
        head = said(capsys, "droplets", str(example)).split("Pores")[0]
        for part in head.split(" U ")[1:]:
            assert part.startswith(("Botox Cosmetic", "Dysport"))


def test_days_for_the_skin_stand_beside_weeks_for_the_muscle(capsys: Captured) -> None:
    text = said(capsys, "droplets", str(T_ZONE))
    skin, muscle = text.split("What superficial fibres")[0], text.split("What superficial")[1]
    assert "half of it by" in skin
    assert "day 5" in skin
    assert "weeks" in muscle
    assert "changes by day 7 to 14 in one case" in skin


def test_what_was_left_out_is_said_with_its_reason(capsys: Captured) -> None:
    text = said(capsys, "droplets", str(OWN))
    assert "left out over `Muscles that lift the lip` (risk: an uneven or dropped smile)" in text
    assert "Own protocol: this clinic's own numbers for this product." in text
    assert "your own: no text stands behind them" in text


def test_the_same_answer_as_json(capsys: Captured) -> None:
    found = json.loads(said(capsys, "droplets", str(T_ZONE), "--json"))
    layout = found["layout"]
    text = said(capsys, "droplets", str(T_ZONE))
    assert text.startswith(f"{layout['droplets']} droplets")
    assert len(layout["injections"]) == len(layout["regions_of"]) == layout["droplets"]
    assert {one["discomfort"] for one in layout["regions"]} == {"not known"}
    assert {one["source"] for one in found["evidence_for"]} <= set(found["sources"])


def test_the_plan_inside_can_be_forecast_by_itself(capsys: Captured, tmp_path: Path) -> None:
    found = json.loads(said(capsys, "droplets", str(T_ZONE), "--json"))
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(found["plan"]))
    assert "sebum forehead" in said(capsys, "forecast", str(plan))


def test_the_picture_has_a_ring_for_each_droplet(capsys: Captured, tmp_path: Path) -> None:
    picture = tmp_path / "t-zone.svg"
    text = said(capsys, "droplets", str(T_ZONE), "--svg", str(picture))
    root = ElementTree.fromstring(picture.read_text())
    (group,) = (one for one in root.iter() if one.get("class") == "droplets")
    rings = [one for one in group if one.tag.endswith("circle")]
    assert text.startswith(f"{len(rings)} droplets")


def test_the_schema_fits_both_examples_and_nothing_else(capsys: Captured) -> None:
    schema = json.loads(said(capsys, "schema", "region"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for example in (T_ZONE, OWN):
        whole = json.loads(example.read_text())
        jsonschema.validate(whole, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(whole | {"surprise": 1}, schema)


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"product": "dysport"}, 2, "enter your own protocol"),
        ({"spacing_mm": 0.5}, 2, "cannot be meant"),
        ({"topped_up": False}, 2, "say `topped_up`"),
        ({"regions": ["lips"]}, 2, "Allowed words"),
        ({"spaceing": 4}, 2, "unknown field `spaceing`"),
        ({"diluent_ml": -1}, 2, "diluent_ml"),
        (
            {"outlines": [{"points_mm": [[10, 40], [40, 40], [95, 60]]}]},
            5,
            "corner 3: The point at 95 mm",
        ),
        ({"date": "2326-01-01"}, 2, "cannot be meant"),
    ],
)
def test_what_cannot_be_meant_has_its_exit_code_and_its_way_out(
    capsys: Captured, tmp_path: Path, changes: dict[str, Any], code: int, words: str
) -> None:
    assert main(["droplets", changed(tmp_path, **changes)]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err


def test_what_was_given_after_today_is_refused(capsys: Captured, tmp_path: Path) -> None:
    given = {
        "date": "2100-01-01",
        "product": "botox-cosmetic",
        "protocol": "glabella",
        "status": "given",
    }
    path = changed(tmp_path, treatments=[given])
    assert main(["droplets", path]) == 2
    assert "which is after today" in capsys.readouterr().err


def test_a_grid_without_a_zone_in_its_way_says_so(capsys: Captured, tmp_path: Path) -> None:
    text = said(capsys, "droplets", changed(tmp_path, regions=["forehead"]))
    assert "nothing was left out" in text
