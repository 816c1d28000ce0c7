"""``auscult build``: a data set in, an item set out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auscult.cli.options import DryRun, Group
from auscult.construction.drafting import DraftingOptions
from auscult.corpora import ReadOptions
from auscult.printing import give, tell
from auscult.review.signing.building import SignOffOptions

if TYPE_CHECKING:
    from auscult.items.item_set import ItemSet


def build(
    path: Annotated[Path, typer.Argument(help="The data set: a folder or a file.", show_default=False)],
    source: Annotated[
        str,
        typer.Option("--from", help="Its format, see above.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the item set to make.", show_default=False)],
    options: Annotated[ReadOptions, Group("What is read")],
    drafting: Annotated[DraftingOptions, Group("Generator")],
    sign_off: Annotated[SignOffOptions, Group("Sign-off")],
    train_share: Annotated[
        float | None,
        typer.Option(
            help="Share of patients (or images) for training.",
            min=0,
            max=1,
            show_default="0 for your own data, 2/3 for published sets",
        ),
    ] = None,
    more: Annotated[
        list[str] | None,
        typer.Option("--and", help="Another data set, FORMAT=PATH, whose cases join these; repeatable."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(help="Stop after so many cases in all; of several data sets, one of each in turn.", min=1),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the split, and of what rules draw and models are asked.", min=0)] = 0,
    generator: Annotated[
        str, typer.Option(help="A model that drafts pairs of each image and annotation: KIND:NAME.", show_default=False)
    ] = "",
    preview: Annotated[
        int,
        typer.Option(
            help="Make no item set, but a page of so many items: OUT.preview.html.", min=0, show_default=False
        ),
    ] = 0,
    overwrite: Annotated[bool, typer.Option(help="Replace an item set that is there.")] = False,
    resplit: Annotated[bool, typer.Option(help="Split anew, also where the data set names its parts.")] = False,
    premises: Annotated[
        bool | None,
        typer.Option(
            "--premises/--no-premises",
            help="Make hallucination items: true and false premises about what is known of each image.",
            show_default="for phantoms",
        ),
    ] = None,
    generate: Annotated[
        list[str] | None, typer.Option(help="Make more items: NAME of a generator, NAME:OPTIONS; repeatable.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A benchmark, an item set or a table of questions: what stands in it stays out; repeatable."),
    ] = None,
    allow_patient_data: Annotated[
        bool, typer.Option("--allow-patient-data", help="Keep rows that may hold names, dates or numbers of persons.")
    ] = False,
    burned_in_text: Annotated[
        bool,
        typer.Option(
            help="Read texts in the pixels for patient data (tesseract, 0.1 to 0.5 s an image and core).",
            envvar="AUSCULT_BURNED_IN_TEXT",
        ),
    ] = True,
    dry_run: DryRun = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The path alone.")] = False,
) -> None:
    """Turn a data set into an item set: cases, items, images, and a manifest that counts everything.

    Images are copied, named by their content, so that the folder can be moved. The split is by patient where patients
    are known, else by image; images with equal pixels stay together. Your own data is all for testing.

    [bold]Formats[/bold]

    Your own: image-folder (questions), captions, labels, dicom, llava-json, hf-disk; auto: what it looks like.

    Published: llava-med, pubmedvision, roco, iu-reports, vqa-rad, slake, pathvqa, pmc-vqa, omnimedvqa, medframeqa,
    medxpertqa, medhalltune, clinhallu, hidden-flaws, med-halt, medvh, med-hallmark, cares, halt-medvqa, mediconfusion,
    nih, breast-ultrasound, skin-dermoscopy, brain-mri, blood-cells.
    Ours: phantoms, item-set.

    [bold]Examples[/bold]

    auscult build --from vqa-rad data/vqa-rad --out items

    auscult build --from image-folder my.csv --images pictures --map answer=label --out items

    auscult build --from captions my-reports.csv --images pictures --out items

    auscult build --from vqa-rad data/vqa-rad --premises --out items

    auscult build --from captions ours.csv --and roco=data/roco --and dicom=scans --out items

    auscult build --from captions my.csv --images pictures --generator openai:A@URL --checker openai:B@URL --out items

    auscult build --from item-set items --reviewed signed-AB.json --out signed-items
    """
    from auscult.api.building import Building, home_of
    from auscult.construction import usual
    from auscult.corpora import shares_of
    from auscult.corpora.several import known, source_of
    from auscult.engine.progress import progress
    from auscult.items.patient_data.screening import PatientData
    from auscult.items.split import SplitPlan

    sources = [known(source, path), *(source_of(text) for text in more or ())]
    formats = [each.format for each in sources]
    if premises is not None:
        own = [] if generator else usual(*formats)
        given = generate if generate is not None else [name for name in own if name != "premises"]
        generate = [*given, *(["premises"] if premises else [])]
    asked = Building(
        sources=tuple(sources),
        options=options,
        split=SplitPlan(shares=shares_of(*formats, train=train_share), seed=seed, published=not resplit),
        limit=limit,
        generate=generate,
        generator=generator,
        drafting=drafting,
        sign_off=sign_off,
        seed=seed,
        patient_data=PatientData(keep=allow_patient_data, burned_in=burned_in_text),
        against=tuple(against or ()),
        show=progress,
    )
    if dry_run:
        said = asked.forecast(home_of(out)).describe() if generator else asked.without_model()
        give(*said.split("\n"))
        return
    if preview:
        from auscult.api.previewing import preview as previewed

        shown = previewed(asked, out.with_name(f"{out.name}.preview.html"), home_of(out), preview)
        if not quiet:
            tell(*shown.said)
        give(shown.page.path)
        return
    made = asked.whole(out, overwrite=overwrite, say=(lambda line: None) if quiet else tell)
    if not quiet:
        _say(made, train_share, kept=allow_patient_data)
    give(out)


def _say(made: "ItemSet", train_share: float | None, kept: bool) -> None:
    """What was built, and what it may be used for."""
    from auscult.construction.card import CARD, CARD_TEXT
    from auscult.construction.card_head import kept_line, limited_line
    from auscult.construction.refused import refusals_told
    from auscult.construction.use import use_of
    from auscult.items.contradicted import KEPT
    from auscult.items.patient_data.screening import FOUND, KEEP

    manifest = made.manifest
    counts = "; ".join(f"{name}: {_listed(manifest.counts[name])}" for name in ("split", "answer_type", "kind"))
    said = f"{manifest.cases} cases, {manifest.images} images, {manifest.items} items"
    tell(f"{said}; {counts}" if manifest.items else said)
    if len(manifest.counts["source"]) > 1:
        tell(f"cases by source: {_listed(manifest.counts['source'])}; by licence: {_listed(manifest.licences)}")
    tell(f"repeats of an earlier question: {manifest.duplicates}; groups: {_listed(manifest.groups)}")
    if "presence" in manifest.counts:
        tell(f"questions for findings: {_listed(manifest.counts['presence'])}")
    if train_share is not None and (named := manifest.split.get("named")):
        tell(
            f"--train-share {train_share:g} is not used for {named:,} of {manifest.cases:,} cases, whose data set "
            "names their part; --resplit splits them anew"
        )
    if manifest.left_out:
        tell(f"left out: {_listed(manifest.left_out)}")
    if (made.folder / FOUND).exists():
        left = "kept as asked" if kept else f"left out; keep them with {KEEP}"
        tell(f"rows that may hold patient data: {made.folder / FOUND} ({left})")
    for one in manifest.signed:
        tell(one["said"])
    for what, count in manifest.noted.items():
        if not what.startswith(KEPT):
            tell(f"noted: {what}: {count}")
    if said := kept_line(manifest):
        tell(f"{said} The first ones are named in {made.folder / CARD_TEXT}.")
    if said := limited_line(manifest):
        tell(said)
    if (made.folder / CARD).exists():
        _say_card(made.folder)
    if said := refusals_told(made):
        tell(said)
    may = use_of(made)
    tell(may.said)
    if may.to_do:
        tell(may.to_do)


def _say_card(out: Path) -> None:
    """The data card of the hallucination items in a few lines."""
    from auscult.construction.card import read_card
    from auscult.construction.card_text import in_brief

    for line in in_brief(read_card(out)):
        tell(line)
    tell(f"data card: {out / 'card.md'}; rejects: {out / 'rejects.parquet'}")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name or 'none'} {count}" for name, count in counts.items())
