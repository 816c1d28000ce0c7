"""Which part of a reply is the answer: not what was thought before it, nor what others would say after it.

The marks are data (``thinking.toml``, ``turns.toml``). Every step is linear in the length of the reply.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auscult.facts.reply.phrases import table
from auscult.facts.reply.typography import typography, without_markup, without_tags
from auscult.facts.reply.wording import contains

LONGEST = 50_000
"""Characters of an answer beyond which nothing is read in it."""
_JSON_ANSWER = re.compile(
    r"""["'](?:final[_ ]?)?(?:answer|response|prediction|choice|option|label)["']\s*:\s*"""
    r"""(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|\[\s*["']?([^"'\[\]\n]*)["']?\s*\]|([\w.%-]+))""",
    re.I,
)
_JSON_NAMES = (
    "answer", "finalanswer", "response", "finalresponse", "prediction", "choice", "finalchoice", "option",
    "selectedoption", "selection", "label", "class", "classification", "verdict",
)  # fmt: skip
_NAMES = ("name", "finding", "condition", "abnormality", "feature", "structure", "item", "label", "question")
_VALUES = ("present", "presence", "detected", "visible", "exists", "value", "status", "result", "answer")
_FENCE = re.compile(r"^```[a-z]*\s*\n(.*?)\n?```$", re.S | re.I)
_BOX = re.compile(r"\\boxed\s*\{")
_SPECIAL = re.compile(r"<\|[^|<>]{1,40}\|>|</?[a-z_]{1,20}>|<bos>")
_NO_THOUGHT = 40  # characters up to which a text that ends in a closing mark alone is the answer itself
_LOOP = 1200  # characters at the end of a reply that must repeat a stretch of at most a sixth of them
_HEADS = ("analysis", "thinking")
_UNTOUCHED = re.compile(r"[\w ,.'%()/!?-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, taken apart.

    Attributes:
        answer: what is put forward as the answer, in one typography; line breaks, bullets, tables and emphasis stay.
        thought_open: it ends in a thought that was never closed; ``answer`` is then what stands outside of it, mostly
            nothing.
        thought: it holds a thought.
        talks_on: it goes on with somebody else's turn, which was cut off.
        too_long: the answer is longer than anything that is read (``LONGEST``); ``answer`` is empty.
    """

    answer: str
    thought_open: bool = False
    thought: bool = False
    talks_on: bool = False
    too_long: bool = False

    @property
    def nothing(self) -> Literal["too long", "cut short", "empty"]:
        """Why there is no answer, where there is none."""
        return "too long" if self.too_long else "cut short" if self.thought_open else "empty"


def answer_part(text: str) -> Reply:
    """Takes a reply apart. Never raises."""
    if _UNTOUCHED.fullmatch(text) and text[:8].lower() not in _HEADS:  # most answers hold nothing to take off
        return _reply(text)
    text, thought, thought_open = without_thought(text)
    text, talks_on = _own_turn(text)
    text = _without_loop(text)
    if len(text) > LONGEST:
        return Reply("", thought_open, thought, talks_on, too_long=True)
    text = typography(text)
    if "<" in text or "\\" in text:
        text = without_tags(_unpacked_tags(text))
    if "{" in text or text.lstrip("` \n\tjson").startswith("["):
        text = _unpacked_json(text)
    return _reply(text, thought_open, thought, talks_on)


def _reply(text: str, thought_open: bool = False, thought: bool = False, talks_on: bool = False) -> Reply:
    too_long = len(text) > LONGEST
    return Reply("" if too_long else text.strip(), thought_open, thought, talks_on, too_long)


def plain(text: str) -> str:
    """The answer of a reply without markdown: for readers of words. Line breaks stay."""
    return without_markup(answer_part(text).answer)


@lru_cache(maxsize=1)
def _thought_marks() -> tuple[re.Pattern[str], frozenset[str]]:
    """A pattern for every mark of thinking, and those that close."""
    pairs = table("thinking")["pairs"]
    closing = frozenset(close.lower() for _, close in pairs)
    marks = sorted({mark for pair in pairs for mark in pair}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, marks)), re.I), closing


@lru_cache(maxsize=1)
def _answer_tag() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(table("thinking")["answer_tags"])
    return re.compile(rf"<(?:{names})>", re.I), re.compile(rf"</(?:{names})>", re.I)


def without_thought(text: str) -> tuple[str, bool, bool]:
    """Text outside of thoughts, whether there was one, and whether the last was left open."""
    text, began, open_ = _without_headed_thought(text)
    if not contains(text, ("<", "[", "◁")):
        return text, began, open_
    marks, closing = _thought_marks()
    kept: list[str] = []
    start, inside, found, opened = 0, False, False, False
    for m in marks.finditer(text):
        found = True
        closes = m[0].lower() in closing
        if closes and not inside:
            kept = []  # the opening mark stood in the prompt, or an earlier closing mark in the thought
        elif not closes and not inside:
            kept.append(text[start : m.start()])
        if closes or not inside:
            start = m.end()
        inside = not closes
        opened = opened or inside
    if not inside:
        kept.append(text[start:])
    elif (tag := _answer_tag()[0].search(text, start)) is not None:
        kept, inside = [text[tag.start() :]], False
    if not found:
        return text, began, open_
    outside = " ".join(kept)
    if not opened and not outside.strip() and start <= _NO_THOUGHT:  # "no.</think>": all that was said
        outside = marks.sub(" ", text)
    return outside, True, inside or open_


def _without_headed_thought(text: str) -> tuple[str, bool, bool]:
    """The same for thoughts that begin a reply under a heading, or as gpt-oss without its special tokens."""
    head = text.lstrip()[:40].lower()
    for opening, closing in table("thinking")["at_the_start"]:
        if not head.startswith(opening):
            continue
        glued = text.lstrip()[len(opening) : len(opening) + 1]
        if opening == "analysis" and not glued.strip():
            continue
        at = text.lower().rfind(closing)
        if at >= 0:
            return text[at + len(closing) :].lstrip(" :*\n"), True, False
        if opening in table("thinking")["never_an_answer"] or (opening == "analysis" and glued.isupper()):
            return "", True, True
    return text, False, False


@lru_cache(maxsize=1)
def _turn_marks() -> re.Pattern[str]:
    """A pattern whose group tells who speaks: ``end``, ``asks``, ``model`` or ``reply``."""
    told = table("turns")

    def group(name: str, anywhere: list[str], in_a_new_line: list[str]) -> str:
        parts = [re.escape(m) for m in sorted(anywhere, key=len, reverse=True)]
        parts += [rf"(?<![^\n])[ \t]*{re.escape(m)}" for m in sorted(in_a_new_line, key=len, reverse=True)]
        return rf"(?P<{name}>{'|'.join(parts)})"

    return re.compile(
        "|".join(
            [
                group("asks", told["asks"], told["asks_in_a_new_line"]),
                group("model", told["answers"], told["answers_in_a_new_line"]),
                group("end", told["ends"], []),
                rf"(?<![^\s?])(?P<reply>{'|'.join(map(re.escape, told['replies']))})",
            ]
        )
    )


def _without_loop(text: str) -> str:
    """A reply without the repetitions in which its model was caught until it was stopped; one of them stays."""
    tail = text[-_LOOP:]
    if len(tail) < _LOOP:
        return text
    period = next((p for p in range(1, _LOOP // 6) if tail[p:] == tail[:-p]), 0)
    if not period:
        return text
    unit, end = tail[-period:], len(text)
    while end >= period and text.startswith(unit, end - period):
        end -= period
    return text[: end + period]


@lru_cache(maxsize=1)
def _turn_needles() -> tuple[str, ...]:
    told = table("turns")
    return tuple(mark for name in told if name != "replies" for mark in told[name])


def _own_turn(text: str) -> tuple[str, bool]:
    """The model's own first turn, and whether something follows it.

    Marks before the model said anything are an echo of the prompt: a question put at the very start, or announced with
    a colon, is passed over as far as a mark of the answer follows it.
    """
    if not contains(text, _turn_needles()):
        return text, False
    start, said, echo = 0, False, False
    for m in _turn_marks().finditer(text):
        if echo:
            if m.lastgroup in ("model", "reply"):
                start, said, echo = m.end(), False, False
            continue
        said = said or any(c.isalnum() for c in _SPECIAL.sub("", text[start : m.start()]))
        if m.lastgroup == "reply":
            continue
        echo = m.lastgroup == "asks" and (not said or text[max(0, m.start() - 20) : m.start()].rstrip().endswith(":"))
        if said and not echo:
            return text[start : m.start()], True
        if m.lastgroup != "asks":
            start = m.end()
    return text[start:], False


def _unpacked_tags(text: str) -> str:
    r"""``<answer>C</answer>`` and ``\boxed{C}`` as lines of their own, "Final answer: C"."""
    opening, closing = _answer_tag()
    if opening.search(text):
        text = closing.sub("\n", opening.sub("\nFinal answer: ", text))
    if "\\boxed" not in text:
        return text
    parts = _BOX.split(text)
    return parts[0] + "".join("\nFinal answer: " + _box(part) for part in parts[1:])


def _box(text: str) -> str:
    """A text whose first brace that has no partner is a line break: where a box ends."""
    depth = 0
    for i, c in enumerate(text[:2000]):
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return text[:i] + "\n" + text[i + 1 :]
    return text


def _unpacked_json(text: str) -> str:
    """The answer that JSON holds, or its entries as lines "name: value"; other text as it stands."""
    fenced = _FENCE.match(text.strip())
    body = fenced[1] if fenced else text
    for candidate in (body, body[body.find("{") : body.rfind("}") + 1]):
        try:
            found = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        told = _told(found)
        if told is not None and candidate is not body:
            before, after = body[: body.find("{")], body[body.rfind("}") + 1 :]
            told = f"{before}\nFinal answer: {told}{after}" if _answer_entry(found) is not None else ""
        if told:
            return told
    if (m := list(_JSON_ANSWER.finditer(text))) and text.lstrip("` \n\tjson").startswith("{"):
        return next(g for g in m[-1].groups() if g is not None)
    if m:
        return text + "\nFinal answer: " + next(g for g in m[-1].groups() if g is not None)
    return text


def _answer_entry(found: object) -> object:
    """What stands under "answer" or the like; the innermost of a list of one."""
    while isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, dict):
        named = {"".join(c for c in str(k).lower() if c.isalnum()): v for k, v in found.items()}
        return next((named[name] for name in _JSON_NAMES if named.get(name) not in (None, "")), None)
    return None


def _told(found: object) -> str | None:
    """JSON as lines of text: the entry of the answer alone, if there is one."""
    if not isinstance(found, dict | list):
        return None
    try:
        entry = _answer_entry(found)
        lines = list(_lines(found if entry is None else entry, ""))
    except RecursionError:
        return None
    return "\n".join(lines)


def _lines(value: object, name: str) -> Iterator[str]:
    """Entries as "name: value"; names of outer objects stand before inner ones."""
    if isinstance(value, dict):
        keys = {str(key).lower(): key for key in value}
        what = next((keys[k] for k in _NAMES if k in keys), None)
        said = next((keys[k] for k in _VALUES if k in keys), None)
        if what is not None and said is not None and not isinstance(value[said], dict | list):
            yield f"{_word(value[what])}: {_word(value[said])}"  # {"finding": "mass", "present": false}
            value = {key: inner for key, inner in value.items() if key not in (what, said)}
        for key, inner in value.items():
            yield from _lines(inner, f"{name} {key}".replace("_", " ").strip())
    elif isinstance(value, list) and all(not isinstance(v, dict | list) for v in value):
        yield from _lines(", ".join(map(_word, value)), name)
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, name)
    else:
        yield f"{name}: {_word(value)}" if name else _word(value)


def _word(value: object) -> str:
    """A JSON value in words: true is yes, false no, null nothing stated."""
    if value is None:
        return "not stated"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
