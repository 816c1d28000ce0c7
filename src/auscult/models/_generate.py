"""Calls → replies with a loaded ``transformers`` model: prompts, groups that share a prefix, plain generation.

It needs ``torch``; nothing but ``local`` imports it.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from jinja2 import TemplateError
from PIL import Image as Pixels
from transformers import BatchFeature, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from auscult.models._prefix import MAX_ROWS, MAX_TOKENS, Pick, Prefix, most_likely, shared_length
from auscult.models._sampling import Sampler
from auscult.models.branching import unbranchable
from auscult.models.margins import FirstLogits, FirstPick, Leaning
from auscult.models.prompting import conversation, decoded, images_prepared_once, rendered
from auscult.records import Call, Decoding, Reply

SHARING = {
    "llava": ("llama", "mistral", "qwen2"),
    "llava_next": ("llama", "mistral", "qwen2"),
    "idefics3": ("llama",),
    "gemma3": ("gemma3_text",),
}
"""Families and their text models for which answers off a shared prefix are tested to equal answers one at a time."""


class _Said(NamedTuple):
    """New tokens of an answer, the yes-margin of the first one, and how many tokens of its prompt were cached."""

    tokens: list[int]
    yes_margin: float | None
    cached: int = 0


class Answerer:
    """Answers calls with a model that is loaded. Not safe for threads: one thread at a time.

    Args:
        model: from ``AutoModelForImageTextToText``, in evaluation mode, on its device.
        processor: from ``AutoProcessor``, with a chat template.
        identity: of the model: with the call it seeds sampling.
    """

    def __init__(self, model: Any, processor: Any, identity: str) -> None:
        self._model, self._processor, self._identity = model, processor, identity
        self._text_config = model.config.get_text_config()
        self._shares = can_share(model.config)
        ends = model.generation_config.eos_token_id
        self._ends = frozenset([ends] if isinstance(ends, int) else ends)
        self._leaning = Leaning(processor.tokenizer)
        self._rows = MAX_ROWS
        self._image_token: int | None = getattr(model.config, "image_token_id", None)
        self._kept: tuple[object, Prefix] | None = None

    def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Answers calls, in order; calls with the same images and decoding are answered together."""
        groups: dict[object, list[int]] = {}
        for i, call in enumerate(calls):
            groups.setdefault((tuple(image.sha256 for image in call.images), call.decoding), []).append(i)
        replies: dict[int, Reply] = {}
        with torch.inference_mode():
            for members in groups.values():
                replies |= zip(members, self._group([calls[i] for i in members]), strict=True)
        return [replies[i] for i in range(len(calls))]

    def _group(self, calls: Sequence[Call]) -> list[Reply]:
        started = time.perf_counter()
        replies: dict[int, Reply] = {}
        prompts: dict[int, BatchFeature] = {}
        for i, prompt in enumerate(self._prompts(calls)):
            if isinstance(prompt, Reply):
                replies[i] = prompt
            else:
                prompts[i] = prompt
        decoding = calls[0].decoding
        for i, said in self._answer({i: calls[i] for i in prompts}, prompts, decoding):
            if isinstance(said, Reply):
                replies[i] = said
                continue
            text, finish = self._read(said.tokens, decoding)
            replies[i] = Reply(
                text=text,
                finish=finish,
                tokens_in=prompts[i]["input_ids"].shape[1],
                tokens_out=len(said.tokens),
                tokens_cached=said.cached,
                yes_margin=said.yes_margin,
                seconds=time.perf_counter() - started,
            )
        return [replies[i] for i in range(len(calls))]

    def _prompts(self, calls: Sequence[Call]) -> Iterator[BatchFeature | Reply]:
        """Model inputs of each call of a group; for a call that cannot be put, the reply that says why."""
        try:
            opened = {image.sha256: decoded(image) for image in calls[0].images}
        except (OSError, ValueError, Pixels.DecompressionBombError) as error:
            yield from (_rejected(f"the image cannot be read: {error}") for _ in calls)
            return
        longest = getattr(self._text_config, "max_position_embeddings", None)
        with images_prepared_once(self._processor):
            for call in calls:
                try:
                    prompt = rendered(self._processor, conversation(call, opened))
                except (TemplateError, ValueError, TypeError) as error:
                    yield _rejected(f"the chat template or the processor refuses the messages: {error}")
                    continue
                tokens = prompt["input_ids"].shape[1]
                if longest and tokens > longest:
                    yield _rejected(f"a prompt of {tokens} tokens; the model reads at most {longest}")
                else:
                    yield prompt

    def _answer(
        self, calls: Mapping[int, Call], prompts: Mapping[int, BatchFeature], decoding: Decoding
    ) -> Iterator[tuple[int, _Said | Reply]]:
        """What was said to each prompt, or a reply that says why there is nothing."""
        if prompts and self._shares:
            ids = {i: prompt["input_ids"][0].tolist() for i, prompt in prompts.items()}
            if length := shared_length(list(ids.values()), self._image_token):
                yield from self._branch(calls, prompts, ids, length)
                return
        for i, prompt in prompts.items():
            yield i, self._generate(prompt, calls[i])

    def _branch(
        self, calls: Mapping[int, Call], prompts: Mapping[int, BatchFeature], ids: Mapping[int, list[int]], length: int
    ) -> Iterator[tuple[int, _Said | Reply]]:
        """Answers that share a prefix; where the GPU has too little memory for the rows of a batch, half as many."""
        first, decoding = next(iter(prompts)), calls[next(iter(prompts))].decoding
        try:
            prefix, cached = self._reached(calls[first], prompts[first], ids[first][:length])
        except torch.OutOfMemoryError as error:
            self._kept = None
            yield from ((i, _out_of_memory(error)) for i in ids)
            return
        waiting, rests = list(ids), {i: tokens[length:] for i, tokens in ids.items()}
        while waiting:
            rows = _batch(waiting, rests, self._rows)
            pick = FirstPick(self._pick([calls[i] for i in rows]), self._leaning)
            try:
                answers = prefix.answers([rests[i] for i in rows], decoding.max_tokens, self._ended(decoding), pick)
            except torch.OutOfMemoryError as error:
                torch.cuda.empty_cache()
                if len(rows) > 1:
                    self._rows = len(rows) // 2
                    continue
                yield rows[0], _out_of_memory(error)
            else:
                for i, new, margin in zip(rows, answers, pick.margins or (), strict=True):
                    yield i, _Said(new, margin, cached if i == first else length)
            waiting = waiting[len(rows) :]

    def _reached(self, call: Call, prompt: BatchFeature, tokens: list[int]) -> tuple[Prefix, int]:
        """The prefix of some tokens, and how many of them were computed for the group before: one of the same images.

        Raises:
            torch.OutOfMemoryError: there is no room for it.
        """
        images = tuple(image.sha256 for image in call.images)
        if self._kept and self._kept[0] == images and (cached := self._kept[1].reach(tokens, self._image_token)):
            return self._kept[1], cached
        self._kept = None  # before another one takes its memory
        self._kept = images, Prefix(self._model, self._placed(prompt), len(tokens))
        return self._kept[1], 0

    def _pick(self, calls: Sequence[Call]) -> Pick:
        """How the next tokens of some calls are chosen; sampling is seeded by the call, not by those beside it."""
        if calls[0].decoding.temperature == 0:
            return most_likely
        return Sampler(calls[0].decoding, [self._seed(call) for call in calls], self._model.device)

    def _seed(self, call: Call) -> int:
        return int(call.key(self._identity)[:15], 16)

    def _generate(self, prompt: BatchFeature, call: Call) -> _Said | Reply:
        """One call by ``model.generate``; sampling is seeded by the call, not by what came before it."""
        how: dict[str, Any] = {"do_sample": False}
        if call.decoding.temperature > 0:
            how = {
                "do_sample": True,
                "temperature": call.decoding.temperature,
                "top_p": call.decoding.top_p,
                "top_k": 0,
            }
        start = prompt["input_ids"].shape[1]
        ended = self._ended(call.decoding)
        device, seen = self._model.device, FirstLogits(self._leaning)
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(self._seed(call))
            try:
                ids = self._model.generate(
                    **self._placed(prompt),
                    **how,
                    max_new_tokens=call.decoding.max_tokens,
                    logits_processor=LogitsProcessorList([seen]),
                    stopping_criteria=StoppingCriteriaList([_Ended(lambda ids: ended(ids[start:]))]),
                )
            except torch.OutOfMemoryError as error:
                torch.cuda.empty_cache()
                return _out_of_memory(error)
        return _Said(ids[0, start:].tolist(), seen.margins[0] if seen.margins else None)

    def _placed(self, prompt: BatchFeature) -> BatchFeature:
        """A copy on the model's device, pixels in its number format; only then do the pixels take its memory."""
        return BatchFeature(dict(prompt)).to(self._model.device, dtype=self._model.dtype)

    def _ended(self, decoding: Decoding) -> Callable[[Sequence[int]], bool]:
        """Whether an answer is over: an end token, or one of the stop strings in its text."""

        def ended(new: Sequence[int]) -> bool:
            return new[-1] in self._ends or (bool(decoding.stop) and _cut(self._text(new), decoding.stop) is not None)

        return ended

    def _read(self, new: list[int], decoding: Decoding) -> tuple[str, str]:
        """Text of an answer up to its end token or stop string, and why it ended."""
        over = bool(new) and new[-1] in self._ends
        text = self._text(new[:-1] if over else new)
        cut = _cut(text, decoding.stop)
        return (text if cut is None else text[:cut]).strip(), "stop" if over or cut is not None else "length"

    def _text(self, ids: Sequence[int]) -> str:
        text: str = self._processor.tokenizer.decode(ids, skip_special_tokens=True)
        return text


class _Ended(StoppingCriteria):  # type: ignore[misc]
    """Ends ``model.generate`` of one prompt when a function of all its tokens says so."""

    def __init__(self, ended: Callable[[Sequence[int]], bool]) -> None:
        self._ended = ended

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **kwargs: Any) -> torch.Tensor:
        return torch.tensor([self._ended(ids) for ids in input_ids.tolist()], device=input_ids.device)


def can_share(config: Any) -> bool:
    """Whether answers of a model with this configuration are tested to branch off a shared prefix unchanged.

    Not where it cannot be branched at all, or a text model other than Gemma 3 looks back through a sliding window.
    """
    text = config.get_text_config()
    return (
        text.model_type in SHARING.get(config.model_type, ())
        and not unbranchable(config)
        and (text.model_type == "gemma3_text" or getattr(text, "sliding_window", None) is None)
    )


def _batch(waiting: Sequence[int], rests: Mapping[int, Sequence[int]], rows: int) -> list[int]:
    """The next rows to answer together: at most ``rows`` and ``MAX_TOKENS`` tokens, at least one row."""
    batch: list[int] = []
    tokens = 0
    for i in waiting[:rows]:
        tokens += len(rests[i])
        if batch and tokens > MAX_TOKENS:
            break
        batch.append(i)
    return batch


def _cut(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop string begins."""
    return min((at for stop in stops if (at := text.find(stop)) >= 0), default=None)


def _rejected(why: str) -> Reply:
    return Reply(failure="rejected", detail=" ".join(why.split()))


def _out_of_memory(error: Exception) -> Reply:
    return Reply(failure="server_error", detail=" ".join(f"too little GPU memory: {error}".split())[:300])
