"""How a model is tuned, and where each value comes from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from auscult.engine.limits import check_bounds
from auscult.errors import UserError, known_names
from auscult.records import STAGES, Bounds

_MLP = ("gate_proj", "up_proj", "down_proj")
_SEES = ("q_proj", "k_proj", "v_proj", "out_proj", "projection_layer", "qkv", "proj")
_LEADS = ("linear", "linear_1", "linear_2", "linear_fc1", "linear_fc2", "proj", "mlp.0", "mlp.2")
LAYERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "language": {
        "attention": ("q_proj", "k_proj", "v_proj", "o_proj"),
        "linear": ("q_proj", "k_proj", "v_proj", "o_proj", *_MLP),
    },
    "connector": {"attention": _LEADS, "linear": _LEADS},
    "vision": {"attention": _SEES, "linear": (*_SEES, "fc1", "fc2", *_MLP, "linear_fc1", "linear_fc2")},
}
"""Part of a model → targets → its layers, by the ends of the names that they have in any family."""
Form = Literal["answer", "trace"]
FORMS: Mapping[str, tuple[Form, ...]] = {"answer": ("answer",), "trace": ("trace",), "both": ("answer", "trace")}
"""What is learnt → in which forms an item is put."""


@dataclass(frozen=True, kw_only=True)
class TuningOptions:
    """How a model is tuned. Loss is on what it is to say alone, and the mean of all tokens of a step by their weights.

    Attributes:
        split: part of the item set: train, validation, test or all; where not given train, if it is split, else all.
        learn: what it is to say: answer (to the question as it is put directly), trace (the item's gold trace, three
            stages and the answer, as the staged protocol puts the question), both (each item directly, and again in
            stages where it has a gold trace).
        stage_weights: what a token of visual recognition, knowledge recall, reasoning and the answer of a trace weighs;
            a stage of weight 0 is read and not learnt. Headers weigh 1.
        epochs: how often each pair is learnt from.
        rank: of the adapter.
        alpha: the adapter is added alpha / rank times.
        dropout: share of the adapter's inputs that is dropped.
        adapt: parts of the model that are adapted, with commas between: language, connector (what leads from what
            sees to it), vision (what sees).
        targets: what is adapted of these: linear (all linear layers of their blocks), attention (those of attention,
            and all of the connector).
        learning_rate: greatest, after the warm-up; then it falls as a cosine to 0.
        warmup: share of the steps over which it rises.
        batch: pairs an optimiser step, in whole images where they fit.
        steps: optimiser steps an epoch, over which its images are dealt evenly, whatever ``batch`` says; where not
            given, as many as ``batch`` comes to.
        clip: greatest norm of the gradients.
        seed: of the first weights of the adapter, the order, the images that are held out.
        held_out: share of the images that is held out to see when to stop; 0: nothing is, and the last step is kept.
        patience: times in turn that the loss on these is no better, after which it stops; 0: it never stops early.
        checks: how often an epoch it is looked at.
        pack: whether the pairs of an image share it in one sequence; where not given, if the model can.
        tokens: most tokens of a sequence; a longer pair has one of its own.
        gradient_checkpointing: whether activations are computed twice, for less memory; where not given, on a GPU.
        save_every: seconds between two checkpoints.
    """

    split: str | None = None
    learn: str = "answer"
    stage_weights: str = "1,1,1,1"
    epochs: Annotated[int, Bounds(1)] = 3
    rank: Annotated[int, Bounds(1)] = 16
    alpha: Annotated[int, Bounds(1)] = 32
    dropout: Annotated[float, Bounds(0, 0.9)] = 0.0
    adapt: str = "language"
    targets: str = "linear"
    learning_rate: Annotated[float, Bounds(0)] = 2e-4
    warmup: Annotated[float, Bounds(0, 1)] = 0.03
    batch: Annotated[int, Bounds(1)] = 64
    steps: Annotated[int | None, Bounds(1)] = None
    clip: Annotated[float, Bounds(0)] = 1.0
    seed: Annotated[int, Bounds(0)] = 0
    held_out: Annotated[float, Bounds(0, 0.5)] = 0.05
    patience: Annotated[int, Bounds(0)] = 3
    checks: Annotated[int, Bounds(1)] = 4
    pack: bool | None = None
    tokens: Annotated[int, Bounds(1)] = 4096
    gradient_checkpointing: bool | None = None
    save_every: Annotated[float, Bounds(0)] = 60.0

    def check(self) -> None:
        """Refuses settings that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        check_bounds(self)
        if not self.learning_rate:
            raise UserError("learning-rate must be more than 0: at 0 nothing is learnt")
        if self.targets not in LAYERS["language"]:
            raise UserError(f"--targets '{self.targets}' is unknown; known: {', '.join(LAYERS['language'])}")
        for part in self.adapted:
            if part not in LAYERS:
                raise UserError(f"--adapt '{part}' is unknown; {known_names(part, LAYERS)}")
        if self.learn not in FORMS:
            raise UserError(f"--learn '{self.learn}' is unknown; known: {', '.join(FORMS)}")
        if self.weights != (1, 1, 1, 1) and self.learn == "answer":
            raise UserError(f"--stage-weights {self.stage_weights} are of traces; add --learn trace")

    @property
    def adapted(self) -> tuple[str, ...]:
        """The parts of the model that are adapted."""
        return tuple(part.strip() for part in self.adapt.split(","))

    @property
    def weights(self) -> tuple[float, ...]:
        """What a token of each stage and of the answer weighs.

        Raises:
            UserError: these are not four numbers.
        """
        try:
            found = tuple(map(float, self.stage_weights.split(",")))
        except ValueError:
            found = ()
        if len(found) != len(STAGES) + 1 or not all(map(Bounds(0).hold, found)) or not any(found):
            raise UserError(
                f"--stage-weights '{self.stage_weights}': four numbers of 0 or more, for example 1,1,1,1: of visual "
                "recognition, knowledge recall, reasoning, answer; at least one is more than 0"
            )
        return found


OWN = "chosen here: published for neither MedHallTune nor ClinHallu"
LLAVA = "LLaVA 1.5's recipe for LoRA (arXiv 2310.03744, finetune_lora.sh)"
SOURCES: Mapping[str, str] = {
    "learn": "MedHallTune (arXiv 2502.20780) learns answers; ClinHallu (arXiv 2606.14697) learns traces",
    "stage_weights": f"{OWN}: every token weighs the same",
    "epochs": "MedHallTune (arXiv 2502.20780): LoRA, 3 epochs",
    "rank": f"{OWN}; QLoRA (arXiv 2305.14314) found no effect of the rank where all linear layers are adapted",
    "alpha": f"as in {LLAVA}, twice its rank",
    "dropout": f"{OWN}: none, so that packed pairs are learnt from as they would be apart",
    "adapt": "LLaVA 1.5's recipe for LoRA (arXiv 2310.03744) leaves its vision tower as it is",
    "targets": "QLoRA (arXiv 2305.14314): all linear layers of the language model are needed to match full tuning",
    "learning_rate": LLAVA,
    "warmup": LLAVA,
    "batch": f"{OWN}: half of {LLAVA}, as medical sets are smaller",
    "clip": "the Trainer of transformers",
    "held_out": OWN,
    "patience": OWN,
    "checks": OWN,
    "optimiser": "AdamW without weight decay, betas .9 and .999; " + LLAVA,
}
"""Setting → where its default is from; a value that was given is the user's."""
CHANGES_NOTHING = frozenset({"save_every"})
"""Settings that the adapter does not depend on."""
LATER = frozenset({"adapt"})
"""Settings that adapters and cells of grids were made without; at their usual value they are not part of a name."""


def depended_on(options: TuningOptions) -> dict[str, Any]:
    """The settings that an adapter depends on, as folders and cells are known by them."""
    usual = asdict(TuningOptions())
    return {
        name: value
        for name, value in asdict(options).items()
        if name not in CHANGES_NOTHING and not (name in LATER and value == usual[name])
    }


def sources(options: TuningOptions) -> dict[str, str]:
    """Where the value of each setting is from."""
    usual = TuningOptions()
    return {
        name: why if getattr(options, name, None) == getattr(usual, name, None) else "given"
        for name, why in SOURCES.items()
    }
