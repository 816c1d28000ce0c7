"""``auscult review``: the items of a set as a page, to be looked at or to be signed off."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.printing import give, tell


def review(
    items: Annotated[Path, typer.Argument(help="Folder of the item set.", show_default=False)],
    out: Annotated[Path, typer.Option(help="File of the page to write.", show_default=False)],
    rejects: Annotated[bool, typer.Option("--rejects", help="Show what was rejected, and why.")] = False,
    sign_off: Annotated[
        bool, typer.Option("--sign-off", help="Let a clinician accept, mend or refuse the items.")
    ] = False,
    n: Annotated[int, typer.Option(help="Most items; of more, so many are drawn.", min=1)] = 200,
    split: Annotated[str | None, typer.Option(help="Only this part: train, validation or test. Default: all.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draw.", min=0)] = 0,
) -> None:
    """Write items with their images, annotations and checks to one page that works with no network.

    Of a large set a sample is drawn, spread over kinds, categories and images. On a page for signing off every key
    is a decision, and the file that it saves is taken back by 'auscult build --from item-set ITEMS --reviewed FILE'.

    [bold]Examples[/bold]

    auscult review items --out items.html

    auscult review items --rejects --out rejects.html

    auscult review items --sign-off --n 100 --out sign-off.html
    """
    from auscult.errors import UserError
    from auscult.items.item_set import ItemSet
    from auscult.reports.items.page import Use, write_items_page
    from auscult.store.files import check_writable

    if rejects and sign_off:
        raise UserError("--rejects and --sign-off contradict each other; give one")
    check_writable(out)
    opened = ItemSet(items)
    part = opened.part(split) if split else ""
    use: Use = "rejects" if rejects else "sign-off" if sign_off else "browse"
    made = write_items_page(opened, out, use=use, n=n, split=part, seed=seed)
    tell(f"{made.shown} of {made.found} {'rejected items' if rejects else 'items'}")
    give(made.path)
