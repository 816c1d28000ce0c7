"""What generators are asked for: the bundled set of minimal pairs, or a user's own table.

A pair asks for one image with one content, once one that can be (plausible) and once one that cannot (impossible), in
the same words. Texts are data: ``data/drawing-prompts.toml``, whose version every run names.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from auscult.drawing.nouns import PLAIN, SIDE, Prompt, PromptKind, prompt_id
from auscult.errors import UserError
from auscult.store.files import content_hash, shipped_table
from auscult.store.rows import Row, read_rows

BUNDLED = "data/drawing-prompts.toml"
OPEN = (SIDE, "view", "modality")
"""What a prompt may leave open."""
KINDS: tuple[PromptKind, ...] = get_args(PromptKind)
SIDES = ("left", "right", "bilateral")
MOST_PROMPTS, LONGEST = 10_000, 4_000
"""Prompts of a table, and characters of one; more is no table of prompts."""


def bundled() -> tuple[Prompt, ...]:
    """The prompts that come with the package: each pair in each wording, plausible first."""
    table = shipped_table(BUNDLED)
    return tuple(
        prompt
        for number, pair in enumerate(table["pair"])
        for wording in table["wordings"]
        for prompt in _pair(pair, wording, table["wordings"], number, str(table["version"]))
    )


def read_prompts(path: Path | None) -> tuple[Prompt, ...]:
    """The prompts of a user's table, or the bundled ones where there is none.

    Columns: ``kind`` (plausible or impossible), ``text``, and ``must_not`` of an impossible one: what it asks for and
    cannot be. Optional: ``content``, which ties the prompts of one subject together (else each is its own),
    ``wording`` (else plain), ``asks``, ``modality``, ``side``, ``left_open``. Several names stand with semicolons
    between.

    Raises:
        UserError: the file is missing or none, or a row is wrong; with file, row and what to write.
    """
    if path is None:
        return bundled()
    version = content_hash(path)[:12]
    found: dict[str, str] = {}
    prompts: list[Prompt] = []
    for row in read_rows(path):
        prompt = _given(row, version)
        put = f"{prompt.content}, {prompt.wording}, {prompt.kind}"
        for key in (prompt.text, put):
            if key in found:
                what = "the same text" if key is prompt.text else f"a prompt for {put}"
                raise UserError(f"{row.where}: {what} stands in {found[key]} already; take one of the two out")
            found[key] = row.where
        prompts.append(prompt)
        if len(prompts) > MOST_PROMPTS:
            raise UserError(f"{path}: holds more than {MOST_PROMPTS:,} prompts; give fewer")
    if not prompts:
        raise UserError(f"{path}: holds no prompt; write a header kind,text,must_not and a row for each")
    return tuple(prompts)


COLUMNS = ("id", "content", "wording", "kind", "text", "modality", "asks", "must_not", "left_open", "side")
"""Of a table of prompts."""
NEEDED = ("kind", "text", "must_not")
"""Without these nothing can be asked."""


def as_table(prompts: Sequence[Prompt]) -> tuple[tuple[str, ...], list[dict[str, object]]]:
    """Headings and lines of a table that ``read_prompts`` reads."""
    lines = [{name: getattr(prompt, name) for name in COLUMNS} for prompt in prompts]
    return COLUMNS, [{k: "; ".join(v) if isinstance(v, tuple) else v for k, v in line.items()} for line in lines]


def differences(prompts: Sequence[Prompt]) -> list[str]:
    """Where prompts that are compared differ in more than they should, in sentences; nothing where pairs are minimal.

    The two of a pair may differ in one stretch, which asks for the content; justified and in a role, the plain prompt
    stands as it is.
    """
    found: list[str] = []
    places: defaultdict[tuple[str, str], dict[str, Prompt]] = defaultdict(dict)
    for prompt in prompts:
        places[prompt.content, prompt.wording][prompt.kind] = prompt
    for (content, wording), pair in places.items():
        if len(pair) < len(KINDS):
            there = next(iter(pair))
            found.append(f"{content}, {wording}: only {there}, so that nothing stands beside it")
        elif _shared(*(p.text for p in pair.values())) < 2 / 5:
            found.append(f"{content}, {wording}: the plausible and the impossible prompt differ in most of their words")
        for kind, prompt in pair.items():
            plain = places[content, PLAIN].get(kind) if (content, PLAIN) in places else None
            if plain is None:
                found.append(f"{content}, {wording}, {kind}: has no plain prompt to compare with")
            elif wording in ("justified", "role") and plain.text.casefold() not in prompt.text.casefold():
                found.append(
                    f"{content}, {wording}, {kind}: does not hold its plain prompt word for word, so that more "
                    "differs than the wording; put the plain prompt into it as it is"
                )
    return found


def _shared(first: str, second: str) -> float:
    """Share of the words that two texts have in common before and after the stretch in which they differ."""
    a, b = first.split(), second.split()
    most = min(len(a), len(b))
    head = next((n for n in range(most) if a[n] != b[n]), most)
    tail = next((n for n in range(most - head) if a[-1 - n] != b[-1 - n]), most - head)
    return (head + tail) / max(len(a), len(b))


def _pair(
    pair: dict[str, Any], wording: str, wordings: dict[str, list[str]], number: int, version: str
) -> Iterator[Prompt]:
    for kind in KINDS:
        asked = pair[kind]

        def put(template: str, content: str = asked["content"], **known: str) -> str:
            return template.format(image=pair["image"], content=content, **known)

        plain = put(wordings[PLAIN][number % len(wordings[PLAIN])])
        text = put(wordings[wording][number % len(wordings[wording])], plain=plain)
        text = text[:1].upper() + text[1:]
        yield Prompt(
            id=prompt_id(pair["name"], wording, kind, text),
            content=pair["name"],
            wording=wording,
            kind=kind,
            text=text,
            modality=pair["modality"],
            asks=(asked["shows"],) if kind == "plausible" else (),
            must_not=(asked["shows"],) if kind == "impossible" else (),
            left_open=tuple(pair["left_open"]) if kind == "plausible" else (),
            version=version,
        )


def _given(row: Row, version: str) -> Prompt:
    text, kind = (row.required(name, needed=NEEDED) for name in ("text", "kind"))
    kind = kind.lower()
    if kind not in KINDS:
        raise UserError(f"{row.where}: kind is '{kind[:40]}'; write plausible or impossible")
    if len(text) > LONGEST:
        raise UserError(f"{row.where}: text has {len(text):,} characters, more than {LONGEST:,}; shorten it")
    must_not, left_open, side = _several(row, "must_not"), _several(row, "left_open"), row.text("side").lower()
    if kind == "impossible" and not must_not:
        raise UserError(f"{row.where}: an impossible prompt needs must_not: what it asks for and cannot be there")
    if odd := [name for name in left_open if name not in OPEN]:
        raise UserError(f"{row.where}: left_open is '{odd[0][:40]}'; write one of {', '.join(OPEN)}, or leave it empty")
    if side and side not in SIDES:
        raise UserError(f"{row.where}: side is '{side[:40]}'; write one of {', '.join(SIDES)}, or leave it empty")
    if side and SIDE in left_open:
        raise UserError(f"{row.where}: side is '{side}' and left open too; empty one of the two")
    content, wording = row.text("content") or text, row.text("wording").lower() or PLAIN
    return Prompt(
        id=prompt_id(content, wording, kind, text),
        content=content,
        wording=wording,
        kind=kind,
        text=text,
        modality=row.text("modality"),
        asks=_several(row, "asks"),
        must_not=must_not,
        left_open=left_open,
        side=side,
        version=version,
    )


def _several(row: Row, name: str) -> tuple[str, ...]:
    """Names in a cell, with semicolons between."""
    parts = (part.strip() for part in row.text(name).split(";"))
    return tuple(dict.fromkeys(part.lower() for part in parts if part))
