"""``build``: a data set in, an item set out, with what rules and models make of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from auscult import models
from auscult.api.options import path_of
from auscult.construction import generating, usual
from auscult.construction.against import Against
from auscult.construction.answerable import answerable
from auscult.construction.card_head import head_card
from auscult.construction.carried import carrying
from auscult.construction.checks import checks
from auscult.construction.drafting import DraftingOptions
from auscult.construction.drafting.forecast import BuildForecast, forecast
from auscult.construction.drafting.stage import Drafting
from auscult.construction.generators import Generator
from auscult.construction.generators.drafted import Drafts, journal_of
from auscult.construction.tracing import tracing
from auscult.corpora import Bundle, ReadOptions, shares_of
from auscult.corpora.several import Source, known, merged
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.items.item_set import MANIFEST, ItemSet
from auscult.items.patient_data.screening import PatientData
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, holds_another, write_item_set
from auscult.printing import tell
from auscult.review import pairs
from auscult.review.signing.building import SigningOff, SignOffOptions


def build(
    source: str,
    path: Path | str,
    out: Path | str,
    *,
    options: ReadOptions | None = None,
    split: SplitPlan | None = None,
    limit: int | None = None,
    generate: Sequence[str] | None = None,
    generator: str = "",
    drafting: DraftingOptions | None = None,
    sign_off: SignOffOptions | None = None,
    seed: int = 0,
    more: Sequence[tuple[str, Path | str]] = (),
    against: Sequence[Path | str] = (),
    overwrite: bool = False,
    patient_data: PatientData | None = None,
    show: Show = progress,
) -> ItemSet:
    """Makes an item set from a data set; the identical one that is there already is left as it is.

    Args:
        source: format of the data set (``vqa-rad``, ``image-folder``, ``phantoms``, ...); ``auto``: the one that it
            looks like.
        path: the data set.
        out: folder of the item set. What models are asked and answer is kept beside it, in ``OUT.drafts``; a blinded
            sheet of the pairs that were made, for two readers, in ``OUT.audit``.
        options: names of columns, folder of images, licence.
        split: how items are split; default: all of your own data is for testing, of a published set two thirds are for
            training; a published split stands.
        limit: most cases in all; of several data sets, one of each in turn.
        generate: generators that add items of their own (``presence``: a question a finding; ``premises``:
            hallucination items); None: where no model generates, ``premises`` for phantoms, ``presence`` for captions,
            labels and reports, else none.
        generator: a model that drafts pairs of each image and its annotation, ``KIND:REST``; empty: none.
        drafting: how it is asked, and which models check what it drafts.
        sign_off: files of clinicians who signed off the items of ``path``, an item set.
        seed: of the generators.
        more: other data sets whose cases join these, each a format and a path.
        against: benchmarks, item sets or tables of questions: cases whose image stands in one are left out, and freely
            worded questions that do are refused.
        overwrite: replace another item set that is there.
        patient_data: what is done about patient data, which are always looked for; default: the rows are left out.
        show: how progress is shown.

    Raises:
        UserError: the format is unknown, the data set is not there or damaged, ``out`` holds something else, a model
            cannot be reached, or requests failed.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    out = path_of(out, "an item set")
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise UserError(f"limit must be 1 or more, not {limit!r}")
    asked = Building(
        sources=(known(source, path_of(path, "a data set")), *(known(f, path_of(p, "a data set")) for f, p in more)),
        options=options or ReadOptions(),
        split=split,
        limit=limit,
        generate=[generate] if isinstance(generate, str) else generate,
        generator=generator,
        drafting=drafting or DraftingOptions(),
        sign_off=sign_off or SignOffOptions(),
        seed=seed,
        patient_data=patient_data,
        against=tuple(path_of(p, "a benchmark") for p in against),
        show=show,
    )
    return asked.whole(out, overwrite=overwrite)


def home_of(out: Path) -> Path:
    """Where that is kept which models were asked for a set and answered."""
    return out.with_name(f"{out.name}.drafts")


@dataclass(frozen=True, kw_only=True)
class Building:
    """What ``build`` is told; ``auscult.api.previewing`` makes a part of it.

    Attributes:
        sources: data sets, the first with all options.
        options: as in ``build``, and so all others.
        split: None for what is usual.
        limit: most cases in all; of several data sets, one of each in turn.
        generate: None for what is usual.
        generator: empty for none.
        drafting: how it is asked.
        sign_off: of what people decided.
        seed: of the generators.
        patient_data: None for leaving such rows out.
        against: benchmarks.
        show: how progress is shown.
    """

    sources: tuple[Source, ...]
    options: ReadOptions
    split: SplitPlan | None
    limit: int | None
    generate: Sequence[str] | None
    generator: str
    drafting: DraftingOptions
    sign_off: SignOffOptions
    seed: int
    patient_data: PatientData | None
    show: Show
    against: tuple[Path, ...] = ()

    def cases(self, begun: Callable[[Source], None] | None = None, *, few: bool = False) -> Iterator[Bundle]:
        """The cases of all data sets, one set after the other; where not all are wanted, one of each set in turn.

        Args:
            begun: takes each data set when its first case comes.
            few: whether only the first ones are wanted, as with ``limit``.
        """
        return merged(self.sources, self.options, begun, in_turn=few or self.limit is not None)

    def into(
        self,
        out: Path,
        home: Path,
        *,
        cases: Iterable[Bundle] | None = None,
        overwrite: bool = False,
        say: Callable[[str], None] | None = tell,
    ) -> ItemSet:
        """Writes the item set.

        Args:
            out: its folder.
            home: what models were asked and answered.
            cases: those of the data sets; None: all.
            overwrite: replace another item set that is there.
            say: takes a line for the user.

        Raises:
            UserError: as ``build``.
            BudgetReached: likewise.
        """
        formats = [each.format for each in self.sources]
        generators = list(self.generate if self.generate is not None else [] if self.generator else usual(*formats))
        told: dict[str, Any] = {
            "map": self.options.columns,
            "images": str(self.options.images or ""),
            "generate": generators,
        }
        if self.sources[1:]:
            told["and"] = [f"{each.format}={each.path}" for each in self.sources[1:]]
        split = self.split or SplitPlan(shares=shares_of(*formats))
        there = self._there(out, split) if self.generator and not overwrite else None
        begun: list[Source] = []
        rows = self.cases(begun.append) if cases is None else cases
        rows = rows if self.sign_off.reviewed else answerable(rows)
        held = Against(self.against)
        if held.benchmarks:
            rows, told["against"] = held.bundles(rows), held.about()
        keep = bool(self.patient_data and self.patient_data.keep)
        drafts = self._drafts(home, keep)
        add = generating(generators, self.seed, drafts, there, held.checks, held.about(), keep=keep)
        add = tracing([each.path for each in self.sources if each.format == "phantoms"], add)
        if signing := _signing(self.sources, self.sign_off, add is not None, keep):
            rows, add = signing.bundles(rows), signing.adding
            told["reviewed"] = [file.name for file in self.sign_off.reviewed]
        else:
            add = carrying([ItemSet(each.path) for each in self.sources if each.format == "item-set"], add, keep=keep)
        with self.show("building, cases", self.limit) as bar:
            write_item_set(
                rows,
                out,
                source=SourceNote(reader=formats[0], path=str(self.sources[0].path), options=told),
                split=split,
                limit=self.limit,
                overwrite=overwrite,
                add=add,
                progress=lambda cases, items: bar.advance(),
                say=say,
                patient_data=self.patient_data,
            )
        if self.limit and cases is None and say:
            for each in (source for source in self.sources if source not in begun):
                say(f"--limit {self.limit} was reached before {each.format}={each.path}: it has no case in the set")
        return ItemSet(out)

    def _there(self, out: Path, split: SplitPlan) -> ItemSet | None:
        """The set that is there; None where there is none.

        Raises:
            UserError: it was split in another way.
        """
        if not (out / MANIFEST).is_file():
            return None
        there = ItemSet(out)
        wanted = {"shares": dict(split.shares), "seed": split.seed, "published": split.published}
        if {name: there.manifest.split.get(name) for name in wanted} != wanted:
            raise holds_another(out)
        return there

    def whole(self, out: Path, *, overwrite: bool = False, say: Callable[[str], None] = tell) -> ItemSet:
        """Writes the item set, the sheet for readers of its pairs beside it, and the head of its card.

        Args:
            out: its folder.
            overwrite: replace another item set that is there.
            say: takes a line for the user.

        Raises:
            UserError: as ``build``.
            BudgetReached: likewise.
        """
        built = self.into(out, home_of(out), overwrite=overwrite, say=say)
        if sheet := pairs.beside(out, say):
            say(f"a blinded sheet of its pairs for two readers: {sheet}; 'auscult rate apply' takes it back")
        head_card(built)
        return ItemSet(out)

    def without_model(self) -> str:
        """What a build that asks no model would read, in a line; nothing is written."""
        with self.show("counting, cases", self.limit) as bar:
            count = 0
            for _ in islice(self.cases(), self.limit):
                count += 1
                bar.advance()
        most = f" (at most {self.limit:,}, by --limit)" if self.limit else ""
        return f"nothing would be asked: cases {count:,}{most}, no model is asked: run it without --dry-run"

    def forecast(self, home: Path) -> BuildForecast:
        """What the generator and its checkers would be asked, with tokens, money, time and disk; nothing is asked.

        Args:
            home: what models were asked and answered before; it is measured, and not asked again.

        Raises:
            UserError: what ``build`` would refuse before it asks.
        """
        self.drafting.check()
        model = models.create(self.generator, self.drafting.model)
        asked = Drafting(options=self.drafting, seed=self.seed, load=lambda case: (), checks=checks())
        cases = islice(self.cases(), self.limit)
        return forecast(cases, model, journal_of(home, model), asked, self.drafting.checkers)

    def _drafts(self, home: Path, keep: bool) -> Callable[[Path], Generator] | None:
        """Opens the generator that asks a model; None where none is named.

        Raises:
            UserError: an option means nothing, or there is no such model.
        """
        if not self.generator:
            if self.drafting.checkers:
                raise UserError("--checker checks what a model drafts; add --generator MODEL, or leave it out")
            return None
        self.drafting.check()
        model = models.create(self.generator, self.drafting.model)
        return lambda folder: Drafts(
            seed=self.seed,
            folder=folder,
            home=home,
            model=model,
            spec=self.generator,
            options=self.drafting,
            keep=keep,
            show=self.show,
        )


def _signing(sources: Sequence[Source], options: SignOffOptions, generates: bool, keep: bool) -> SigningOff | None:
    """What clinicians made of an item set; None where no file of theirs is given.

    Raises:
        UserError: the options mean nothing here, or a file is none of the set's.
    """
    if not options.reviewed:
        if options.accept_disputed or options.signed_only:
            raise UserError("--accept-disputed and --signed-only are about a sign-off; add --reviewed FILE")
        return None
    if [each.format for each in sources] != ["item-set"] or generates:
        raise UserError(
            "--reviewed makes a set of the one that was signed off, and nothing new; give --from item-set ITEMS, "
            "without a generator"
        )
    return SigningOff(ItemSet(sources[0].path), options, keep=keep)
