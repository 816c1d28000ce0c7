"""The model card: what the phantom model is, how it was made, what it can do by how much, and what it cannot."""

import json
import os
import platform
from collections.abc import Mapping

from safetensors import safe_open

from auscult.analysis.summary import Figure
from auscult.models.phantom import FOLDER
from auscult.phantoms.distribution import UNSEEN
from auscult.phantoms.scene import KINDS
from auscult.records import Estimate
from auscult.store.files import replace_file
from recipes.phantom_model.__main__ import OUT
from recipes.phantom_model.measure import Figures

CARD = OUT / "README.md"
_HEAD = """# The phantom model, {version}

A LLaVA of {parameters:.2f} million parameters, trained by this project from scratch on phantoms: synthetic chest
radiographs, brain MR and abdominal CT slices whose truth is known. It answers questions, describes, reports, writes a
three-stage trace and goes on from a given stage. It exists so that the whole loop (build, evaluate, diagnose, tune,
report) runs on a laptop without a network, and so that instruments can be tried on a model whose errors have a known
cause.

**It is no evidence about any other model, and what it says of real images means nothing.** It has seen nothing but
phantoms. It is no medical device.

    auscult evaluate items --model phantom --out run

- Licence: Apache-2.0, weights and recipe; no data of others was used.
- Needs the extra `local`. {megabytes:.1f} MB in all, weights in float16.
- Identity: `{version}` and the hash of its files; runs and adapters name it.

## What it is

CLIP vision tower ({image} px, patches of {patch} px, {vision_layers} layers of width {vision}), two-layer projector,
Llama ({text_layers} layers of width {text}, tied embeddings), {words} byte-level BPE tokens, each digit a token.
Image tokens: one for the whole image, then {patches} patches row by row. Images are resized to {image} × {image}
pixels.

## How it was made

    make phantom-model        # python -m recipes.phantom_model; goes on where it was stopped

Scenes come from version {distribution} of the distribution, split `train`. No image was shown twice.

1. The vision tower, {sight_steps} steps of {sight_images} images: each patch says which findings lie in it, with
   side, place, grade and look; the first token says the same of the whole image, with sizes, modality and view. Then
   frozen.
2. The language model and the projector, {speech_steps} steps of {speech_images} images, the last {again} of
   them at rates that rise once more to a third each time; about 20 lessons an image, packed behind one image prefix
   under a block mask. The words that decide an answer weigh 8: the first of a short one, of a trace its conclusion
   and its answer. Where an answer begins, the last layer but one also has to tell what is so of the finding asked
   about (its side, grade, place and look), and of a second one whose side is compared, by a head that is thrown away.
   Neutral and
   polar questions are balanced: each claim is asked as often where it holds as where it does not. **Tag questions and
   presuppositions were taught with true premises only.** That is why it goes along with false ones, as models do that
   learn from such data. Traces are asked for as the staged protocol does; of those that are continued half have stages
   of another image, or knowledge that takes the sign of one finding for that of another: what follows then follows from
   what is given. In the last {last} steps most of what is given leads to another answer than the image, and a quarter
   is given without an image.

Hidden matrices were trained by Muon, the rest by AdamW. {version} took three hours on one core of a busy
machine; its vocabulary and its first 3,200 steps were made before the second denial of a trace was reworded, and its
first 3,700 steps are those of phantom-3.

## What it can do

Measured on scenes of other seeds than all that it learnt from, through the same path that users take
(`python -m recipes.phantom_model.measure`), at 128 pixels. n counts questions; intervals are 95 %, by image.

Neutral yes/no questions, as many true as false of each finding and statement, "Answer with yes or no first.":

{neutral}

By what is asked:

{statements}

Combinations of finding, side, place and view that were never shown in training (split `unseen`: {unseen_list}). Every
image holds such a combination; the other questions about it are included:

{unseen}

Texts and other questions:

{texts}

{speed}

## What it does with premises

{premise}

## What it cannot do

- See anything but phantoms of this distribution: on real images its words are noise.
- Read questions in words far from those of `asks.toml` (recipe) and of the item builder; it has a vocabulary of its
  few thousand sentences and no world knowledge beyond the statements of the item builder, which it learnt by heart.
- Correct a false presupposition or tag: it was never shown one. This is meant.
- Compare images, read several, hold a dialogue, or use worked examples: it was taught one image and one question.
- Say that it does not know.
- Keep to a stage that the image contradicts: see the table above for how often it does.
"""


def write_card(figures: Figures, threads: int) -> None:
    """Writes the card beside the weights."""
    facts = json.loads((FOLDER / "phantom.json").read_text("utf-8"))
    shape, plan = facts["shape"], facts["plan"]
    with safe_open(str(FOLDER / "model.safetensors"), "pt") as weights:
        parameters = sum(_size(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
    text = _HEAD.format(
        **shape,
        **plan,
        again=" and ".join(str(steps) for steps in plan["speech_again"]),
        last=plan["speech_again"][-1],
        version=facts["version"],
        distribution=facts["distribution"],
        parameters=parameters / 1e6,
        megabytes=sum(file.stat().st_size for file in OUT.iterdir() if file.is_file()) / 1e6,
        patches=(shape["image"] // shape["patch"]) ** 2,
        neutral=_table(figures.neutral, "finding"),
        statements=_table({k: v for k, v in figures.statements.items() if k != "all"}, "statement"),
        unseen_list=", ".join(" ".join(filter(None, (c.view, c.side, c.finding, c.place))) for c in UNSEEN),
        unseen=_table({k: v for k, v in figures.unseen.items() if k == "all" or k in KINDS}, "finding"),
        texts=_table(figures.texts, "figure"),
        speed=f"Speed: {figures.speed:.0f} neutral questions a second, image reading included, {threads} thread(s) of "
        f"{_processor()}.",
        premise=_premise(figures),
    )
    replace_file(CARD, text.encode())


def _size(shape: list[int]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size


def _processor() -> str:
    return f"a {platform.machine()} machine with {os.cpu_count()} cores"


def _table(rows: Mapping[str, Estimate], head: str) -> str:
    lines = [f"| {head} | share right | 95 % interval | n | images |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {_cells(e)} |" for name, e in rows.items())])


def _cells(e: Estimate) -> str:
    value = "withheld" if e.value is None else f"{e.value:.3f}"
    interval = "" if e.low is None or e.high is None else f"{e.low:.3f} to {e.high:.3f}"
    return f"{value} | {interval} | {e.n} | {e.clusters}"


def _premise(figures: Figures) -> str:
    if figures.premise is None or figures.premise.premises is None:
        return "Not measured."
    commands = "\n".join(f"    {command}" for command in figures.commands)
    lines = ["| items | figure | value | 95 % interval | n | images |", "|---|---|---|---|---|---|"]
    known = ((f, e) for f in figures.premise.of("premise") if (e := _given(f)))
    lines += [f"| {f.group} | {f.metric} | {_cells(e)} |" for f, e in known]
    return f"Instrument: {figures.premise.premises.instrument}.\n\n{commands}\n\n" + "\n".join(lines)


def _given(figure: Figure) -> Estimate | None:
    return figure.with_image if figure.with_image and figure.with_image.n else None
