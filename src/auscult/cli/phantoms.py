"""``auscult phantoms``: synthetic images whose truth is exact."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from auscult.printing import give, tell

if TYPE_CHECKING:
    from auscult.phantoms.scene import Modality, Split


def phantoms(
    out: Annotated[Path, typer.Option(help="Folder to make.", show_default=False)],
    n: Annotated[int, typer.Option("--n", help="How many.")] = 1000,
    seed: Annotated[int, typer.Option(help="Different seeds share no scene.")] = 0,
    modality: Annotated[
        list[str] | None,
        typer.Option(help="chest radiograph, brain MR or abdominal CT; repeatable, taken in turn.", show_default="all"),
    ] = None,
    split: Annotated[str, typer.Option(help="train, validation, test or unseen; they share no scene.")] = "test",
    size: Annotated[int, typer.Option(help="Pixels a side.")] = 128,
    subtle: Annotated[
        bool, typer.Option("--subtle", help="Small and faint findings, below what a set usually holds.")
    ] = False,
    no_images: Annotated[bool, typer.Option("--no-images", help="Draw none: write what is known of each.")] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace a set of phantoms that is there.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The path alone.")] = False,
) -> None:
    """Draw phantoms: synthetic radiographs, brain MR and abdominal CT of which everything is known.

    Each image comes with its facts, labels, boxes, measurements, report, caption and a three-stage trace. The split
    unseen holds combinations of view, finding, side and place that no other split has. Phantoms test instruments; they
    are no evidence about how a model reads real images.

    [bold]Examples[/bold]

    auscult phantoms --n 1000 --seed 7 --out phantoms

    auscult build --from phantoms phantoms --out items
    """
    from auscult.engine.progress import progress
    from auscult.phantoms.folder import FolderPlan, write_folder

    modalities = cast("tuple[Modality, ...]", tuple(modality or ()))
    plan = FolderPlan(
        n=n,
        seed=seed,
        split=cast("Split", split),
        size=0 if no_images else size,
        modalities=modalities,
        subtle=subtle,
    )
    with progress("drawing, phantoms", n) as bar:
        manifest, same = write_folder(plan, out, overwrite=overwrite, advance=bar.advance)
    if same and not quiet:
        tell(f"{out}: already holds the identical set; left as it is")
    counts = {**manifest["modalities"], **manifest["findings"]}
    if not quiet:
        tell(", ".join(f"{name} {count}" for name, count in counts.items()))
    give(out)
