"""What the fact checker says of one stage of an answer; no language model.

Visual recognition: looks and findings, against the gold stage, the case's facts and its annotation. Knowledge recall:
what is said of how findings look, against the gold stage and a list from radiology. Reasoning: what it repeats of the
two stages that it stands on, and what it draws from them: a finding follows where a look that is told of is one of its
own. A sentence in which nothing can be read leaves a stage open, unless something else in it is wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from auscult.facts import compare, read_facts
from auscult.facts.appearances import ANY, NORMAL, Appearance, is_look, read_appearances
from auscult.facts.lexicon import ACQUISITION, SWEEPING, lexicon
from auscult.facts.looks import CheckedLook, Known, Look, compare_looks, looks
from auscult.facts.recalled import Recalled, disagrees, read_recalled
from auscult.facts.tokens import folded, sentences, words
from auscult.records import Answer, Case, Fact, Item, Trace
from auscult.scorers.judges._fact_verdict import fact_verdict
from auscult.scorers.scoring import score
from auscult.scorers.selection import rules_for

VERSION = "3"
Outcome = Literal["supported", "contradicted", "open"]
_FEWEST = 3
"""Words of a sentence that says something."""


@dataclass(frozen=True, slots=True)
class Told:
    """One statement of a stage.

    Attributes:
        start: where its words begin in the stage.
        end: behind them.
        stands: by all that is known.
        why: what differs, in a word.
        in_gold: whether the gold stage bears it out.
        in_case: whether facts and annotation of the case do.
        case_open: whether these leave it undecided.
    """

    start: int
    end: int
    stands: Outcome
    why: str = ""
    in_gold: bool = False
    in_case: bool = False
    case_open: bool = True


@dataclass(frozen=True, slots=True)
class StageVerdict:
    """What is said of a stage.

    Attributes:
        told: its statements; none where nothing can be read.
        unread: sentences in which nothing could be read.
        named: share of the gold stage's statements that it makes; None where the gold stage makes none.
    """

    told: tuple[Told, ...]
    unread: tuple[str, ...] = ()
    named: float | None = None

    @property
    def stands(self) -> Outcome:
        """Contradicted where a statement is; supported where each is and nothing is unread."""
        if any(t.stands == "contradicted" for t in self.told):
            return "contradicted"
        return "supported" if not self.unread and all(t.stands == "supported" for t in self.told) else "open"


def stage_verdict(stage: str, item: Item, case: Case, answer: Answer, trace: Trace) -> StageVerdict:
    """The fact checker's verdict on one stage of a trace."""
    known = _Known(item, case)
    if stage == "visual_recognition":
        return _vision(known, trace.visual_recognition)
    if stage == "knowledge_recall":
        return _knowledge(known, trace.knowledge_recall)
    return _reasoning(known, answer, trace)


class _Known:
    """What is known of an item: its gold stages, and its case's facts and annotation."""

    def __init__(self, item: Item, case: Case) -> None:
        self.item, self.case, self.gold = item, case, item.trace
        self.exhaustive = case.exhaustive or item.tags.get("exhaustive") == "yes"
        self.context = " ".join([item.question, *case.tags.values()])
        told = read_facts(case.annotation) if case.annotation else []
        acquired = read_facts(f"{case.tags.get('modality', '')}.")
        self.facts = (*case.facts, *told, *(f for f in acquired if f.finding in ACQUISITION))
        self.seen = [k for f in self.facts if (k := Known.finding(f)) is not None]
        self.seen += _read(case.annotation, "").known
        present = [f for f in self.facts if f.presence == "present" and f.finding not in ACQUISITION | SWEEPING]
        self.all_seen = self.exhaustive and bool(self.facts) and all(f.finding in looks() for f in present)

    def fact_stands(self, claims: Sequence[Fact], more: Sequence[Fact] = ()) -> list[tuple[Outcome, str]]:
        """How facts stand to those of the case and some more; how an image was made is never made up."""
        checked = compare(claims, [*self.facts, *more], exhaustive=self.exhaustive)
        found: list[tuple[Outcome, str]] = []
        for c in checked[: len(claims)]:
            unsure = c.status != "contradicted" and c.fact.finding in ACQUISITION
            made_up = c.hallucination and not unsure
            right = c.status == "supported"
            found.append(
                ("contradicted", c.difference) if made_up else ("supported" if right else "open", c.difference)
            )
        return found


def _vision(known: _Known, text: str) -> StageVerdict:
    read = _read(text, known.context)
    seen, facts = read.seen, read.facts
    gold_text = known.gold.visual_recognition
    gold_read = _read(gold_text, known.context)
    gold = gold_read.known
    named = [k for f in facts if (k := Known.finding(f)) is not None]
    by_gold = compare_looks(seen, gold, exhaustive=known.exhaustive and bool(gold), named=named, told=read.shown)
    by_case = compare_looks(seen, known.seen, exhaustive=known.all_seen, named=named, told=read.shown)
    told = [_seen(*pair) for pair in zip(by_gold, by_case, strict=True)]
    gold_facts = gold_read.facts
    stands, of_gold = known.fact_stands(facts, gold_facts), compare(facts, gold_facts, exhaustive=False)
    of_case = known.fact_stands(facts)
    for fact, (outcome, why), g, (in_case, _) in zip(facts, stands, of_gold, of_case, strict=False):
        if outcome == "open" and fact.finding in ACQUISITION:
            continue  # nobody says how the image was made
        told.append(
            Told(fact.start, fact.end, outcome, why, g.status == "supported", in_case == "supported", in_case == "open")
        )
    starts = [*(t.start for t in told), *(f.start for f in facts)]
    return StageVerdict(tuple(told), tuple(_unread(text, starts)), _named(gold_text, text))


def _seen(gold: CheckedLook, case: CheckedLook) -> Told:
    """A look by the gold stage and by the case; a difference from what the gold stage tells goes before both."""
    plainly = gold.outcome == "contradicted" and gold.difference != "object"
    outcomes = (gold.outcome, case.outcome)
    stands: Outcome = "open"
    if plainly:
        stands = "contradicted"
    elif "supported" in outcomes:
        stands = "supported"
    elif "contradicted" in outcomes:
        stands = "contradicted"
    why = gold.difference if plainly or not case.difference else case.difference
    a = gold.seen
    return Told(
        a.start, a.end, stands, "" if stands == "supported" else why,
        gold.outcome == "supported", case.outcome == "supported", case.outcome == "open",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    """What a text says: looks in plain words, and findings. What one reader tells better is not told by the other.

    Attributes:
        seen: looks that are told by no finding.
        facts: findings that are told by no look.
        shown: all looks of something that is not as it should be, told by a finding too or not.
    """

    seen: tuple[Appearance, ...]
    facts: tuple[Fact, ...]
    shown: tuple[Appearance, ...]

    @property
    def known(self) -> list[Known]:
        """As something that others are held against."""
        told = [*self.shown, *(a for a in self.seen if not a.rest and a not in self.shown)]
        return [Known.seen(a) for a in told if a.presence != "uncertain"]


@lru_cache(maxsize=4096)
def _read(text: str, context: str) -> _Read:
    """A look stands where a word for tone or shape is in no finding; else the finding does; a change of an organ both.

    "Patchy infiltrates" are a finding, "hazy white patch" a look, though "hazy" alone is read as an opacity.
    """
    seen, facts = read_appearances(text), [f for f in read_facts(text, context) if f.start < f.end]
    kept, gone = [], set()
    for a in seen:
        inside = [n for n, f in enumerate(facts) if a.start <= f.start < a.end and f.finding not in ACQUISITION]
        named = [n for n in inside if not is_look(text[facts[n].start : facts[n].end])]
        plain = [w for w in a.words if not any(facts[n].start <= w[0] < facts[n].end for n in inside)]
        weak = a.form in ("", ANY) and not a.tone and not a.edge  # "areas of consolidation"
        if a.rest and all(facts[n].finding in SWEEPING for n in inside):
            kept.append(a)
            gone |= {*inside}
        elif not weak and (any(not _describes(text[low:high]) for low, high in plain) or _opaque(a, named)):
            kept.append(a)
            gone |= {*inside} - {*named}
        elif (a.change and a.change != NORMAL) or not inside:
            kept.append(a)
    shown = tuple(a for a in seen if a.presence == "present" and a.change != NORMAL and _is_something(a))
    return _Read(tuple(kept), tuple(f for n, f in enumerate(facts) if n not in gone), shown)


def _is_something(a: Appearance) -> bool:
    """Whether a look is of something in an organ, or of a change of it, and not of the organ as a whole."""
    return bool(a.form or a.change or (a.tone and (a.side or a.place or a.size_mm)))


def _opaque(a: Appearance, named: Sequence[int]) -> bool:
    """Whether a look is told by words of a look alone, and is there: "the base is opaque"."""
    return a.presence == "present" and bool(a.tone) and not named


@lru_cache(maxsize=1024)
def _describes(word: str) -> bool:
    """Whether a word for a look is one by which findings are described too: "patchy", "round"."""
    roles = lexicon().trie.get(tuple(words(folded(word)).norms))
    return roles is not None and bool(roles.attributes)


def _named(gold: str, text: str) -> float | None:
    """Share of the gold stage's looks, and of the findings that it names, that a text tells."""
    facts = _read(gold, "").facts
    wanted = [a for a in _read(gold, "").seen if not a.rest]
    if not wanted and not facts:
        return None
    have = _read(text, "").known
    looks_told = sum(c.outcome == "supported" for c in compare_looks(wanted, have, exhaustive=False))
    checked = compare(facts, _read(text, "").facts, exhaustive=False)[: len(facts)]
    return (looks_told + sum(c.status == "supported" for c in checked)) / (len(wanted) + len(facts))


def _knowledge(known: _Known, text: str) -> StageVerdict:
    gold_text = known.gold.knowledge_recall
    gold, claims = read_recalled(gold_text, known.context), read_recalled(text, known.context)
    told = [_recalled(claim, gold) for claim in claims]
    same = {_plain(s) for _, _, s in _sentences(gold_text)}
    for start, end, sentence in _sentences(text):
        if _plain(sentence) in same and not any(start <= t.start < end for t in told):
            told.append(Told(start, end, "supported", in_gold=True, in_case=True, case_open=False))
    mine = [c for c in claims if not c.denied]
    wanted = [g for g in gold if not g.denied]
    named = sum(any(c.finding == g.finding and disagrees(g, mine) == "" for c in mine) for g in wanted)
    return StageVerdict(
        tuple(told), tuple(_unread(text, [t.start for t in told])), named / len(wanted) if wanted else None
    )


def _recalled(claim: Recalled, gold: Sequence[Recalled]) -> Told:
    found, general, a = disagrees(claim, gold), disagrees(claim, []), claim.seen
    stands: Outcome = "open" if found is None else "contradicted" if found else "supported"
    in_gold = found == "" and any(g.finding == claim.finding for g in gold)
    return Told(a.start, a.end, stands, found or "", in_gold, general == "", general is None)


def _reasoning(known: _Known, answer: Answer, trace: Trace) -> StageVerdict:
    """What it repeats, what it draws, and what it ends in."""
    text = trace.reasoning
    base = _Base(known, trace)
    seen, facts = _read(text, known.context).seen, _read(text, known.context).facts
    general = {(r.seen.start, r.seen.end): r for r in read_recalled(text, known.context)}
    told = []
    true_looks = compare_looks(seen, known.seen, exhaustive=known.all_seen)
    for c, true_look in zip(compare_looks(seen, base.seen, exhaustive=base.whole), true_looks, strict=True):
        if base.right and true_look.outcome == "supported":
            c = true_look
        a = c.seen
        recalled = general.get((a.start, a.end))
        if c.outcome != "supported" and recalled is not None:  # "a white patch is a consolidation": knowledge, or both
            told.append(_recalled(recalled, base.knowledge))
        else:
            told.append(Told(a.start, a.end, c.outcome, c.difference))
    for fact, (true, _) in zip(facts, known.fact_stands(facts), strict=True):
        if not _aside(fact, text):
            follows: tuple[Outcome, str] = (
                ("supported", "") if base.right and true == "supported" else base.follows(fact)
            )
            told.append(Told(fact.start, fact.end, *follows))
    ends = list(_conclusion(known, base, answer, trace, facts))
    unread = [
        s
        for s in _unread(text, [t.start for t in told])
        if not (ends and f" {_plain(trace.answer)} " in f" {_plain(s)} ")
    ]
    return StageVerdict((*told, *ends), tuple(unread), _named(known.gold.reasoning, text))


def _aside(fact: Fact, text: str) -> bool:
    """Whether a fact of a reasoning is left out: how the image was made, and a denial that is meant of a side only.

    "An effusion on the right is not seen, only on the left" is read as a denial without a side.
    """
    if fact.finding in ACQUISITION:
        return True
    low, high = next((a, b) for a, b, _ in _sentences(text) if a <= fact.start < b)
    somewhere = any(
        roles.side or roles.place for _, _, roles in lexicon().trie.find(words(folded(text[low:high])).norms)
    )
    return fact.presence == "absent" and not fact.side and not fact.place and somewhere


class _Base:
    """The two stages that a reasoning stands on."""

    def __init__(self, known: _Known, trace: Trace) -> None:
        view = trace.visual_recognition
        self.known = known
        found = _read(view, known.context)
        told, self.appearances, self.facts, self.seen = found.seen, found.shown, found.facts, found.known
        self.seen += [k for f in self.facts if (k := Known.finding(f)) is not None]
        starts = [*(a.start for a in told), *(f.start for f in self.facts)]
        self.whole = bool(starts) and not _unread(view, starts)
        self.knowledge = read_recalled(trace.knowledge_recall, known.context)
        self.right = known.gold != Trace() and all(
            _is_gold(given, gold, judge(known, given))
            for given, gold, judge in (
                (view, known.gold.visual_recognition, _vision),
                (trace.knowledge_recall, known.gold.knowledge_recall, _knowledge),
            )
        )

    def follows(self, fact: Fact) -> tuple[Outcome, str]:
        """Whether a finding follows from the looks that are told of."""
        named = compare([fact], self.facts, exhaustive=False)[0]
        if named.status in ("supported", "contradicted"):
            return ("supported", "") if named.status == "supported" else ("contradicted", named.difference)
        may = self._looks(fact)
        if may is None or fact.presence == "uncertain":
            return "open", ""
        shown = [k for k in self.seen if k.present and not _calls_normal(k)]
        as_if = Known(may, True, fact.side, fact.place, "", fact.size_mm)
        alike = [a for a in self.appearances if not as_if.differs(a) and (_tells(as_if, a) or (a.form and not a.tone))]
        here = [a for a in alike if not as_if.elsewhere(a)]
        if fact.presence == "absent":
            if any(may[0].matches(a) for a in here):
                return "contradicted", "presence"
            return ("supported", "") if self.whole else ("open", "")
        if here:
            return "supported", ""
        if alike:
            return "contradicted", as_if.elsewhere(alike[0])
        return ("contradicted", "presence") if self.whole or not shown else ("open", "")

    def _looks(self, fact: Fact) -> tuple[Look, ...] | None:
        """What a finding looks like by the recalled knowledge, else by the list."""
        told = [r for r in self.knowledge if r.finding == fact.finding and not r.denied]
        own, usual = tuple(Look.of(r.seen) for r in told), looks().get(fact.finding, ())
        mistaken = any(disagrees(r, []) for r in told)
        return own if mistaken else (*own, *usual) or None


def _is_gold(given: str, gold: str, verdict: StageVerdict) -> bool:
    """Whether a stage is the gold one, or says all that it says and nothing wrong."""
    return _plain(given) == _plain(gold) or (verdict.stands == "supported" and verdict.named == 1)


def _calls_normal(known: Known) -> bool:
    return any(NORMAL in look.change for look in known.looks)


def _tells(known: Known, a: Appearance) -> bool:
    return any(look.tells(a) for look in known.looks)


def _conclusion(known: _Known, base: _Base, answer: Answer, trace: Trace, facts: Sequence[Fact]) -> Iterator[Told]:
    """The answer: from the gold stages only the reference follows; from others, what the reasoning found of it."""
    end = len(trace.reasoning)
    if not trace.answer:
        return
    if base.right:
        right = _is_right(known.item, known.case, answer, trace)
        if right is not None:
            yield Told(end, end, "supported" if right else "contradicted", "" if right else "answer")
        return
    says = {"yes": "present", "no": "absent"}.get(trace.answer.strip(" .!").lower())
    if says is None or known.item.answer_type != "yes_no":
        return
    asked = [f for f in read_facts(_as_statement(known.item.question)) if f.finding not in ACQUISITION]
    for fact in asked[:1]:
        found = {c.status for c in compare([fact], facts, exhaustive=False)[:1]}
        if found & {"supported", "contradicted"}:
            agrees = ("supported" in found) == (says == "present")
            yield Told(end, end, "supported" if agrees else "contradicted", "" if agrees else "answer")


def _as_statement(question: str) -> str:
    """A question as what it asks about, for the reader of facts."""
    return question.strip().rstrip("?") + "."


def _is_right(item: Item, case: Case, answer: Answer, trace: Trace) -> bool | None:
    """Whether the answer is the reference, by the rule that leads for its type; None where no rule can say."""
    alone = replace(answer, text=trace.answer, status="ok")
    for rule in rules_for([item.answer_type]):
        if item.answer_type in rule.instrument.leads and rule.applies(item):
            found = score(rule, item, alone)
            value = found.values.get(rule.instrument.primary.name)
            return None if found.status != "ok" or value is None else value >= 1
    if _plain(trace.answer) == _plain(item.reference):
        return True
    return {"supported": True, "contradicted": False}.get(fact_verdict(item, case, trace.answer).verdict)


def _sentences(text: str) -> Iterator[tuple[int, int, str]]:
    """Its sentences with their places."""
    tokens = words(folded(text))
    for first, end in sentences(text, tokens):
        low, high = tokens.starts[first], tokens.ends[end - 1]
        yield low, high, text[low:high]


def _unread(text: str, starts: Sequence[int]) -> list[str]:
    """Sentences in which no statement begins that was read."""
    return [
        sentence
        for low, high, sentence in _sentences(text)
        if len(sentence.split()) >= _FEWEST and not any(low <= start < high for start in starts)
    ]


def _plain(text: str) -> str:
    return " ".join(words(folded(text)).norms).strip(" .")
