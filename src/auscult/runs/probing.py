"""The probes of a run: which cases they are put to, whose other images they show, and what is read of the answers."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image as Pixels

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.models import Model
from auscult.probes import Neighbour, Probe, Subject
from auscult.probes.asking import Pairing, Probed, pairings, question, read, unput
from auscult.protocols import Protocol, Question
from auscult.records import Condition, Image, ImageFile, digest, rank
from auscult.runs.folder import RunFolder
from auscult.runs.plan import Group, Plan

TABLE = "probes"
UNASKED = "the model cannot be asked under that image condition"


def refuse_recorded(model: Model, probes: Sequence[Probe]) -> None:
    """Refuses to probe answers that were given before anybody asked: their questions cannot be changed.

    Raises:
        UserError: that.
    """
    if model.recorded and probes:
        raise UserError("recorded answers cannot be probed: a probe asks changed questions; leave --probe out")


@dataclass(frozen=True)
class _Place:
    """A case as far as choosing another one for it needs."""

    id: str
    group: int
    pixels: frozenset[int]
    modality: int
    items: int


@dataclass(frozen=True, eq=False)
class Probing:
    """Puts probes to a part of what a run asks.

    Args:
        plan: what the run asks.
        probes: that are put.
        most: items that they are put to, at least one case; whole cases, chosen by hash.
        conditions: image conditions that the model can be asked under.
    """

    plan: Plan
    probes: tuple[Probe, ...]
    most: int
    conditions: frozenset[Condition]

    @cached_property
    def _places(self) -> list[_Place]:
        """All cases of the run, in the order of their hashes."""
        found = [
            _Place(
                id=group.case.id,
                group=rank(group.case.group or group.case.id),
                pixels=frozenset(rank(i.pixels or i.sha256) for i in group.case.images),
                modality=rank(group.case.tags.get("modality", "").casefold()),
                items=len(group.items),
            )
            for group in self.plan.groups()
        ]
        return sorted(found, key=lambda place: digest("probe", self.plan.seed, place.id))

    @cached_property
    def _chosen(self) -> frozenset[str]:
        """Ids of the cases whose items are probed."""
        chosen: list[str] = []
        items = 0
        for place in self._places:
            if items >= self.most:
                break
            chosen.append(place.id)
            items += place.items
        return frozenset(chosen)

    @cached_property
    def _others(self) -> dict[tuple[str, Neighbour], tuple[ImageFile, ...]]:
        """Case and kind of neighbour → the images of another patient's case; nothing where there is none."""
        names: dict[tuple[str, Neighbour], str] = {}
        several = len({place.modality for place in self._places}) > 1
        kinds: tuple[Neighbour, ...] = ("same", "other") if several else ("same",)
        for n, place in enumerate(self._places):
            if place.id in self._chosen:
                names |= {(place.id, kind): other for kind in kinds if (other := self._neighbour(n, kind))}
        wanted = set(names.values())
        images = {g.case.id: g.case.images for g in self.plan.groups() if g.case.id in wanted}
        return {key: images[other] for key, other in names.items()}

    def _neighbour(self, at: int, kind: Neighbour) -> str:
        """The next case of the same or of another modality, round and round, that shares no patient and no picture."""
        place = self._places[at]
        for step in range(1, len(self._places)):
            other = self._places[(at + step) % len(self._places)]
            fits = (other.modality == place.modality) == (kind == "same")
            if fits and other.pixels and other.group != place.group and not other.pixels & place.pixels:
                return other.id
        return ""

    def groups(self) -> Iterator[Group]:
        """The cases whose items are probed, in stored order."""
        return (group for group in self.plan.groups() if group.case.id in self._chosen)

    def pairings(self, group: Group) -> list[Pairing]:
        """All that is put about a case, each twin behind its item; nothing where it is not probed."""
        if group.case.id not in self._chosen:
            return []
        return pairings(self._subjects(group, self.plan.items.load_image), self._askable)

    @cached_property
    def _askable(self) -> tuple[Probe, ...]:
        """The probes whose twins the model can be asked."""
        return tuple(probe for probe in self.probes if self.conditions.issuperset(probe.conditions))

    def _subjects(self, group: Group, load: Callable[[ImageFile], Image]) -> list[Subject]:
        case = group.case
        shown = tuple(load(file) for file in case.images)
        loaded: dict[Neighbour, tuple[Image, ...]] = {}

        def another(kind: Neighbour) -> tuple[Image, ...]:
            if kind not in loaded:
                loaded[kind] = tuple(load(file) for file in self._others.get((case.id, kind), ()))
            return loaded[kind]

        return [Subject(item=item, case=case, images=shown, another=another) for item in group.items]

    def questions(self, group: Group) -> list[Question]:
        """What is asked beside the run's own questions."""
        twins = [p for p in self.pairings(group) if p.twin.role != "base"]
        return [question(p, repeat) for p in twins for repeat in range(self.plan.samples)]

    def counts(self) -> dict[str, dict[str, Any]]:
        """Probe → how many items it is put to, and why not to the others; no image is read for it."""
        items, why = Counter[str](), {probe.name: Counter[str]() for probe in self.probes}
        for group in self.groups():
            for name, reasons in unput(self._subjects(group, _stand_in), self._askable).items():
                why[name].update(reasons)
                items[name] += len(group.items) - reasons.total()
            for probe in set(self.probes).difference(self._askable):
                why[probe.name][UNASKED] += len(group.items)
        return {probe.name: {"items": items[probe.name], "unput": dict(why[probe.name])} for probe in self.probes}

    def forecast(self) -> list[str]:
        """What is asked beside the run's own questions: in all, then a sentence a probe."""
        if not self.probes:
            return []
        calls, found = self._calls(), []
        for name, counted in self.counts().items():
            why = "; ".join(f"{n}: {reason}" for reason, n in counted["unput"].items())
            more = f", {calls[name]:,} calls" if counted["items"] else ""
            found.append(f"probe {name}: put to {counted['items']} items{more}" + (f" (not to {why})" if why else ""))
        cases = len(self._chosen)
        return [f"Probes, on {cases:,} cases, take at most {calls.total():,} of the calls.", *found]

    def _calls(self) -> Counter[str]:
        """Probe → calls that it adds at most; the unchanged twin that several probes have is asked for the first."""
        found, seen = Counter[str](), set[tuple[str, str]]()
        for group in self.groups():
            for pairing in pairings(self._subjects(group, _stand_in), self._askable):
                twin = pairing.twin
                shared = twin.item.id, "unchanged" if twin.role == "unchanged" else pairing.probe.name
                if twin.role != "base" and shared not in seen:
                    seen.add(shared)
                    found[pairing.probe.name] += self.plan.samples
        return found

    async def rows(self, protocol: Protocol, group: Group, ask: Ask) -> Sequence[Probed]:
        """The stage: what is asked about a case, and read; answers that were given already come from the journal."""
        pairs = [(p, repeat) for p in self.pairings(group) for repeat in range(self.plan.samples)]
        made = await protocol.answers([question(p, repeat) for p, repeat in pairs], ask)
        return [read(p, answer) for (p, _), answer in zip(pairs, made, strict=True)]

    def stage(self, protocol: Protocol) -> Callable[[Group, Ask], Any]:
        """The stage with the protocol that the run asks by."""
        return partial(self.rows, protocol)


def _stand_in(file: ImageFile) -> Image:
    """A picture of one pixel in the place of one that need not be read."""
    return Image(_pixel(), "image/png", file.sha256, file.path)


@cache
def _pixel() -> bytes:
    out = BytesIO()
    Pixels.new("L", (1, 1)).save(out, "PNG")
    return out.getvalue()


def forget(path: Path) -> None:
    """Drops a table with its parts and its state, so that it is made anew."""
    for file in (path, path.with_suffix(".state.json")):
        file.unlink(missing_ok=True)
    shutil.rmtree(path.with_suffix(".parts"), ignore_errors=True)


def note_probes(folder: RunFolder, probing: Probing) -> None:
    """Notes what is put to how many items; a table of other probes is made anew, from the journal."""
    counts = probing.counts()
    noted = [
        {
            "name": probe.name,
            "id": probe.id,
            "title": probe.title,
            "about": probe.about,
            "right": probe.right,
            "against": probe.against,
            "control": probe.control,
            "blamed": probe.blamed,
            **counts[probe.name],
        }
        for probe in probing.probes
    ]
    if folder.manifest.get("probes") != noted:
        forget(folder.table(TABLE))
    folder.note(probes=noted)
