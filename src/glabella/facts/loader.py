"""Reads the TOML files of the facts into one frozen value."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from importlib.resources.abc import Traversable
from typing import Any, Literal

import msgspec

from glabella.errors import FactError
from glabella.facts.anatomy import Anatomy
from glabella.facts.before import Before
from glabella.facts.body import Body, BodyMaps
from glabella.facts.corrections import Corrections
from glabella.facts.droplets import DropletFacts
from glabella.facts.findings import Findings, PublishedFinding
from glabella.facts.goals import Goals
from glabella.facts.integrity import Integrity
from glabella.facts.literature import Literature, PublishedRow
from glabella.facts.model import Calibration, ModelFacts
from glabella.facts.practice import PracticeArea
from glabella.facts.safety import Safety
from glabella.facts.schema import Condition, Product, Protocol, Source
from glabella.facts.vigilance import Events, Guide, RatingScale, ReportForm


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known, and `digest`: the SHA-256 of the files it was read from."""

    sources: dict[str, Source]
    products: dict[str, Product]
    protocols: dict[str, Protocol]
    practice: dict[str, PracticeArea]
    conditions: dict[str, Condition]
    safety: Safety
    before: Before
    integrity: Integrity
    corrections: Corrections
    goals: Goals
    droplets: DropletFacts
    body: Body
    body_maps: BodyMaps
    events: Events
    guides: dict[str, Guide]
    reports: dict[str, ReportForm]
    scales: dict[str, RatingScale]
    literature: tuple[PublishedRow, ...]
    findings: tuple[PublishedFinding, ...]
    anatomy: Anatomy
    model: ModelFacts
    # Written by `glabella calibrate`, which has to load the facts before it exists.
    calibration: Calibration | None = None
    digest: str

    @property
    def face_products(self) -> dict[str, Product]:
        """The products that are planned in the face."""
        return {key: one for key, one in self.products.items() if one.is_for_the_face}


class Sheet(msgspec.Struct, frozen=True):
    """Which files fill which field of `Facts`, as what, and how several files are joined."""

    field: str
    files: str
    shape: Any
    join: Literal["one", "optional", "by id", "rows"] = "one"


# To add a file: a line here and a field in `Facts`.
SHEETS = (
    Sheet("sources", "sources.toml", dict[str, Source]),
    Sheet("products", "products/*.toml", Product, "by id"),
    Sheet("protocols", "protocols.toml", dict[str, Protocol]),
    Sheet("practice", "practice.toml", dict[str, PracticeArea]),
    Sheet("conditions", "conditions.toml", dict[str, Condition]),
    Sheet("safety", "safety.toml", Safety),
    Sheet("before", "before.toml", Before),
    Sheet("integrity", "integrity.toml", Integrity),
    Sheet("corrections", "corrections.toml", Corrections),
    Sheet("goals", "goals.toml", Goals),
    Sheet("droplets", "droplets.toml", DropletFacts),
    Sheet("body", "body.toml", Body),
    Sheet("body_maps", "body_maps.toml", BodyMaps),
    Sheet("events", "events.toml", Events),
    Sheet("guides", "guides.toml", dict[str, Guide]),
    Sheet("reports", "reports.toml", dict[str, ReportForm]),
    Sheet("scales", "scales.toml", dict[str, RatingScale]),
    Sheet("literature", "literature/*.toml", Literature, "rows"),
    Sheet("findings", "findings.toml", Findings, "rows"),
    Sheet("anatomy", "anatomy.toml", Anatomy),
    Sheet("model", "model.toml", ModelFacts),
    Sheet("calibration", "calibration.toml", Calibration, "optional"),
)


def read(root: Traversable) -> Facts:
    """Read all facts below a folder, without checking one file against another.

    Raises FactError, naming the file, the key and what is wrong with it.
    """
    texts = dict(sorted(_texts(root)))
    parts = {sheet.field: _fill(sheet, texts) for sheet in SHEETS}
    for name in texts:
        if not any(fnmatchcase(name, sheet.files) for sheet in SHEETS):
            raise FactError(f"facts/{name} is read by nothing; add it to SHEETS or remove it.")
    return Facts(**parts, digest=_digest(texts))


def _texts(folder: Traversable, prefix: str = "") -> Iterable[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _texts(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".toml"):
            yield prefix + item.name, item.read_bytes()


def _digest(texts: Mapping[str, bytes]) -> str:
    """One hash over names and contents: the same facts give the same digest anywhere."""
    whole = hashlib.sha256()
    for name, text in texts.items():
        whole.update(f"{name}\0{len(text)}\0".encode())
        whole.update(text)
    return whole.hexdigest()


def _fill(sheet: Sheet, texts: Mapping[str, bytes]) -> Any:
    found = {
        name: _shaped(name, text, sheet.shape)
        for name, text in texts.items()
        if fnmatchcase(name, sheet.files)
    }
    if not found:
        if sheet.join == "optional":
            return None
        raise FactError(f"facts/{sheet.files} is missing; restore it from the release.")
    match sheet.join:
        case "by id":
            return _by_id(found)
        case "rows":
            return tuple(row for part in found.values() for row in part.rows)
        case _:
            return next(iter(found.values()))


def _by_id(products: Mapping[str, Product]) -> dict[str, Product]:
    """Key products by id; the file's name must say the same, so that it can be found."""
    result = {}
    for name, product in products.items():
        expected = f"{product.jurisdiction.lower()}_{product.id.replace('-', '_')}.toml"
        if name.rpartition("/")[2] != expected:
            raise FactError(
                f"facts/{name} holds the product `{product.id}` of {product.jurisdiction}; "
                f"call the file {expected} or mend `id` and `jurisdiction`."
            )
        result[product.id] = product
    return result


def _shaped(name: str, text: bytes, shape: Any) -> Any:
    try:
        return msgspec.convert(tomllib.loads(text.decode()), shape)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FactError(f"facts/{name} is not TOML: {error}. Mend that line.") from error
    except msgspec.ValidationError as error:
        raise FactError(
            f"facts/{name}: {error}. Mend that key; the keys and their types stand in "
            "the schema beside the file."
        ) from error
