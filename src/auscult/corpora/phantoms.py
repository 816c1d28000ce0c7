"""Phantoms, as ``auscult phantoms`` writes them: ``images/``, ``phantoms.jsonl``, ``manifest.json``.

Their annotation is exhaustive: what it does not name is absent. Items of their own: the report, what kind of image it
is, and side, place and size of each finding that a question can name without doubt. All of them take only for granted
what is so; questions about what is not there come from the builder, made from the facts of the cases.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, drafted, seal
from auscult.errors import UserError
from auscult.items.images import inside, take_image
from auscult.phantoms.gold import gold_trace
from auscult.phantoms.scene import Modality, Scene, SceneFinding, Split
from auscult.phantoms.subtle import CONTRAST
from auscult.records import AnswerType, Box, Case, Fact, Item, Presence
from auscult.store.files import content_hash
from auscult.store.given import JSON_MOST, NoSuchFile, read_given
from auscult.store.invalid import first_wrong
from auscult.store.rows import read_rows

ABOUT = "phantoms, the folder that auscult phantoms writes"
SOURCE, LICENCE = "phantoms", "CC0 1.0"
FORMAT = 1
UNDRAWN = "phantoms without an image (made with --no-images): their items stand without one"
LEAST_TOLERANCE, TOLERANCE = 3.0, 0.15
"""A size is right within 15 %, and always within 3 mm: about a pixel of a small image."""


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True)
    sided: bool
    places: tuple[str, ...]


class _Manifest(BaseModel):
    """What the manifest must say for the rows to be read."""

    model_config = ConfigDict(frozen=True)
    format: int
    kinds: dict[str, _Kind]
    views: dict[str, tuple[str, ...]]
    modality_names: dict[str, str]
    digest: str


class _Finding(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: str
    side: str
    place: str
    size: float
    attribute: str
    centre: tuple[float, float] | None


class _Measurement(BaseModel):
    model_config = ConfigDict(frozen=True)
    finding: str
    side: str
    place: str
    measure: str
    value: float
    unit: str


class _Phantom(BaseModel):
    """What a row must say."""

    model_config = ConfigDict(frozen=True)
    key: str
    image: str = ""
    sha256: str = ""
    seed: int
    split: Split
    distribution: str
    modality: Modality
    view: str
    findings: tuple[_Finding, ...]
    anatomy: dict[str, float]
    noise: int
    facts: tuple[Fact, ...]
    labels: dict[str, Presence]
    boxes: tuple[Box, ...]
    measurements: tuple[_Measurement, ...]
    report: str

    @cached_property
    def scene(self) -> Scene:
        """What the image shows."""
        return Scene(
            seed=self.seed,
            split=self.split,
            distribution=self.distribution,
            modality=self.modality,
            view=self.view,
            findings=tuple(SceneFinding(**found.model_dump()) for found in self.findings),
            anatomy=self.anatomy,
            noise=self.noise,
        )


def scenes(path: Path) -> Iterator[Scene]:
    """Streams what the phantoms of a folder show, in order; their keys are the source keys of their cases.

    Raises:
        UserError: as ``read``.
    """
    return (phantom.scene for phantom, _, _ in _phantoms(path))


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a phantom.

    Raises:
        UserError: a file is missing, broken, altered, or of another version.
    """
    for phantom, manifest, where in _phantoms(path):
        yield _bundle(phantom, where, manifest, partial(inside, options.images or path, links=options.follow_links))


def _phantoms(path: Path) -> Iterator[tuple[_Phantom, _Manifest, str]]:
    """The rows of a folder with its manifest, and where each stands."""
    manifest = _manifest(path)
    rows = path / "phantoms.jsonl"
    try:
        found = content_hash(rows)
    except NoSuchFile:
        raise UserError(f"{rows}: missing; draw the phantoms again") from None
    if found != manifest.digest:
        raise UserError(f"{rows}: altered since the phantoms were drawn (sha256 differs); draw them again")
    for row in read_rows(rows):
        try:
            yield _Phantom.model_validate(row.values), manifest, row.where
        except ValidationError as error:
            raise UserError(f"{row.where}: no phantom ({first_wrong(error)}); draw the phantoms again") from None


def _manifest(path: Path) -> _Manifest:
    file = path / "manifest.json"
    try:
        manifest = _Manifest.model_validate_json(read_given(file, JSON_MOST))
    except NoSuchFile:
        raise UserError(f"{path}: holds no manifest.json; name the folder that auscult phantoms wrote") from None
    except ValidationError as error:
        if (path / "items.parquet").exists():
            raise UserError(
                f"{path}: is an item set, made already; read it with --from item-set, or name the folder that"
                " auscult phantoms wrote"
            ) from None
        raise UserError(f"{file}: no manifest of phantoms ({first_wrong(error)}); draw the phantoms again") from None
    if manifest.format != FORMAT:
        raise UserError(f"{file}: has format {manifest.format}, this version reads {FORMAT}; draw the phantoms again")
    return manifest


def _bundle(phantom: _Phantom, where: str, manifest: _Manifest, find: Callable[[str, str], Path]) -> Bundle:
    try:
        items = [replace(item, trace=gold_trace(phantom.scene, item)) for item in _items(phantom, manifest)]
    except KeyError as unknown:
        raise UserError(f"{where}: {unknown} is not in manifest.json; draw the phantoms again") from None
    images = []
    if phantom.image:
        taken = take_image(find(phantom.image, where), phantom.image, where, phantom.sha256)
        images.append(replace(taken, file=replace(taken.file, look="")))  # phantoms are alike by design
    case = Case(
        id=DRAFT,
        source=SOURCE,
        source_key=phantom.key,
        annotation=phantom.report,
        findings=phantom.labels,
        boxes=phantom.boxes,
        facts=phantom.facts,
        tags={
            "modality": manifest.modality_names[phantom.modality],
            "view": phantom.view,
            "phantom_split": phantom.split,
            "distribution": phantom.distribution,
        }
        | ({CONTRAST: f"{phantom.anatomy[CONTRAST]:g}"} if CONTRAST in phantom.anatomy else {}),
        group=phantom.key,
        licence=LICENCE,
        exhaustive=True,
    )
    bundle = seal(case, items, images)
    return bundle if images else replace(bundle, noted=(*bundle.noted, UNDRAWN))


def _items(phantom: _Phantom, manifest: _Manifest) -> Iterator[Item]:
    yield _item(phantom, "report", "Write the report of this image.", phantom.report, "report")
    modality = manifest.modality_names[phantom.modality]
    modalities = tuple(manifest.modality_names.values())
    yield _item(phantom, "modality", "What kind of image is this?", modality, "choice", options=modalities)
    views = manifest.views[phantom.modality]
    yield _item(phantom, "view", "How was this image acquired?", phantom.view, "choice", options=views)
    names = Counter(m.finding for m in phantom.measurements)
    for found in phantom.measurements:
        if names[found.finding] == 1:
            yield from _whereabouts(phantom, found, manifest.kinds[found.finding])
        if found.unit == "mm":
            yield _size(phantom, found)


def _whereabouts(phantom: _Phantom, found: _Measurement, kind: _Kind) -> Iterator[Item]:
    """Side and place of the only finding of its kind."""
    name = found.finding
    if kind.sided:
        shift = name == "midline shift"
        question = "Towards which side is the midline shifted?" if shift else f"On which side is the {name}?"
        yield _item(phantom, "side", question, found.side, "choice", target=name, options=("left", "right"))
    if kind.places:
        yield _item(phantom, "place", f"Where is the {name}?", found.place, "choice", target=name, options=kind.places)


def _size(phantom: _Phantom, found: _Measurement) -> Item:
    """The size of a finding, named by side and place, of which there is one."""
    described = " ".join(filter(None, (found.side, found.finding, found.place and f"in the {found.place}")))
    question = f"What is the {found.measure} of the {described}, in mm?"
    if found.finding == "midline shift":
        question = f"How far is the midline shifted to the {found.side}, in mm?"
    return _item(phantom, "size", question, f"{found.value:g}", "number", target=found.finding, size=found.value)


def _item(
    phantom: _Phantom,
    category: str,
    question: str,
    reference: str,
    answer_type: AnswerType,
    *,
    target: str = "",
    options: tuple[str, ...] = (),
    size: float = 0.0,
) -> Item:
    return drafted(
        source_id=":".join(filter(None, (phantom.key, category, question if size else target))),
        question=question,
        reference=reference,
        answer_type=answer_type,
        options=options,
        category=category,
        target=target,
        unit="mm" if size else "",
        tolerance=max(LEAST_TOLERANCE, TOLERANCE * size) if size else 0.0,
        split="test" if phantom.split == "unseen" else phantom.split,
        tags={"phantom_split": phantom.split, "exhaustive": "yes"},
    )
