"""Clinical text → facts, sentence by sentence, from the lexicons alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from auscult.facts._clauses import Hit, Mention, clauses, mentions
from auscult.facts._describe import describe, settle, sizes
from auscult.facts._exceptions import without_excepted
from auscult.facts._general import is_general
from auscult.facts._layout import arranged
from auscult.facts._questions import ASKING, left_open
from auscult.facts._recast import in_sentences, phrases, recast
from auscult.facts._scope import CONCEPT, Said, image_denied, said
from auscult.facts.lexicon import NORMAL_STUDY, Lexicon, Roles, is_a, lexicon
from auscult.facts.tokens import Words, folded, listed, sentences, words
from auscult.records import Fact, Presence

_SILENT_SECTIONS = listed(
    "indication indications history clinical_history clinical_information clinical_indication reason_for_exam "
    "reason_for_examination reason_for_study comparison comparisons recommendation recommendations question "
    "clinical_details clinical_data request plan exam_reason past_medical_history family_history social_history "
    "clinical_question knowledge_recall"
)
_SPOKEN_SECTIONS = listed(
    "findings finding impression impressions conclusion conclusions opinion result results report interpretation "
    "visual_recognition reasoning technique examination exam procedure study answer summary observation observations "
    "diagnosis"
)
_ENLARGED_NODE_MM = 10
_NODES = {f"{of}lymph node": f"{of}lymphadenopathy" for of in ("", "mediastinal ", "hilar ", "abdominal ")}
_HEADED = frozenset({":", "]"})
_MARKS = frozenset("-*•#.()[")
_ELSEWHERE = listed(
    "prior previous earlier comparison compared recommend recommended recommendation follow followup correlation "
    "correlate correlated further obtain repeat dedicated well suggest suggested consider would should if"
)
_BARE = listed(
    "a an the this that these it its everything all is are was appear look seem remain image study examination "
    "entirely completely overall otherwise grossly no normal unremarkable within limit healthy and with not abnormal . "
    ", : ! # * yes chest brain abdomen abdominal scan film essentially - ) ( 1 2 3 4"
)


def read_facts(text: str, context: str = "") -> list[Fact]:
    """The facts that a clinical text states, in order.

    What is only asked, feared, expected, remembered or said of somebody else makes no fact. "Normal" and "clear" make
    an absent fact of what they exclude there ("the lungs are clear": ``lung opacity`` absent); a study called normal as
    a whole makes ``normal study``. "Effusion?", half a sentence with a question mark, leaves its finding uncertain.

    Args:
        text: a report, caption or answer, of any length.
        context: text that tells which organ a bare "mass" lies in (the question of an answer); it makes no facts.
    """
    return list(_read(text, context))


@lru_cache(maxsize=1_024)
def _read(text: str, context: str) -> tuple[Fact, ...]:
    """An annotation is read for its labels, for what is known of it and for each check, one soon after the other."""
    lex = lexicon()
    plain = folded(text)
    tokens = arranged(plain, words(plain))
    hits = phrases(tokens.norms, lex)
    region = _region(hits, lex)
    if not region and context:
        region = region_of_text(context, lex)
    found: list[Fact] = []
    silent = False
    for number, (first, end, own) in enumerate(in_sentences(hits, sentences(text, tokens))):
        silent, body = _section(tokens, first, end, silent)
        if silent or not own or _asks(tokens, body, end):
            continue
        own = [h for h in own if h.start >= body]
        if not own or is_general(own, plain, tokens, body, end):
            continue
        own = recast(own, tokens.norms, end)
        sentence = _Sentence(plain, tokens, body, end, number)
        region = _region(own, lex) or region
        stated = without_excepted(list(sentence.facts(own, lex, region)), own, tokens, plain, (body, end))
        found += left_open(stated, own, tokens, body, end)
    return tuple(_once(found or _short(tokens, lex)))


def _short(tokens: Words, lex: Lexicon) -> list[Fact]:
    """How the image was made, where an answer of one word says nothing else."""
    spoken = [n for n, norm in enumerate(tokens.norms) if norm.isalnum()]
    if len(spoken) != 1:
        return []
    at = spoken[0]
    return [
        Fact(finding=kind, presence="present", attributes=(value,), start=tokens.starts[at], end=tokens.ends[at])
        for kind, value in lex.short.get(tokens.norms[at], ())
    ]


def presence_of(sentence: str, start: int, end: int) -> Presence:
    """What a sentence says of the concept at characters ``start`` to ``end``: any words, known or not.

    Returns:
        present, absent, uncertain; or unmentioned where it is only asked, feared, remembered or said of somebody else.
    """
    lex = lexicon()
    plain = folded(sentence)
    tokens = arranged(plain, words(plain))
    covered = [n for n in range(len(tokens.norms)) if tokens.ends[n] > start and tokens.starts[n] < end]
    if not covered:
        return "unmentioned"
    low, high = covered[0], covered[-1] + 1
    own = Hit(low, high, Roles(finding=CONCEPT))
    hits = [Hit(a, b, r) for a, b, r in lex.trie.find(tokens.norms[:low])]
    hits += [own, *(Hit(a + high, b + high, r) for a, b, r in lex.trie.find(tokens.norms[high:]))]
    bounds = next(((a, b) for a, b in sentences(sentence, tokens) if a <= low < b), (0, len(tokens.norms)))
    inside = [h for h in hits if h is own or (h.start >= bounds[0] and h.end <= bounds[1])]
    for clause in clauses(inside):
        named = mentions(clause, lex, "", tokens.norms)
        mention = next((m for m in named if m.roles is own.roles), None)
        if mention is None:
            continue
        describe(clause, named, (), tokens, lex)
        answer = said(clause, mention, tokens.norms)
        if mention.comparison == "resolved":
            return "absent"
        return "unmentioned" if answer == "not_now" else answer
    return "unmentioned"


def canonical(term: str) -> str | None:
    """The canonical name of a finding (``cardiomegaly`` of "enlarged heart"); None where it is unknown."""
    lex = lexicon()
    phrase = tuple(words(folded(term)).norms)
    if name := lex.names.get(" ".join(phrase)):
        return name
    roles = lex.trie.get(phrase)
    if roles and roles.finding:
        return roles.finding
    facts = read_facts(term)
    return facts[0].finding if len({f.finding for f in facts}) == 1 else None


def region_of_text(text: str, lex: Lexicon) -> str:
    """The organ that a text speaks of; empty where it names none or several regions."""
    return _region([Hit(*h) for h in lex.trie.find(words(folded(text)).norms)], lex)


def _region(hits: list[Hit], lex: Lexicon) -> str:
    """The organ that a stretch of text speaks of; empty where it names none or several regions."""
    found: dict[str, str] = {}
    for hit in hits:
        roles = hit.roles
        organ = roles.organ or lex.organ_of_place.get(roles.place, "")
        region = lex.region_of_organ.get(organ, "") if organ else lex.region_of_finding.get(roles.finding, "")
        if region in ("pleura", "heart", "mediastinum", "diaphragm"):
            region, organ = "lung", "lung"
        if region and region not in ("general", "device", "bone", "soft tissue"):
            found.setdefault(region, organ or region)
    return next(iter(found.values())) if len(found) == 1 else ""


def _section(tokens: Words, first: int, end: int, silent: bool) -> tuple[bool, int]:
    """Whether a sentence stands under a header that states nothing (indication, comparison), and where its words start.

    A header is up to four words and a colon, or in square brackets (the stages of a trace).
    """
    norms = tokens.norms
    if not silent and _HEADED.isdisjoint(norms[first : first + 6]):
        return False, first
    start = first
    while start < end and (norms[start] in _MARKS or norms[start].isdigit()):
        start += 1
    for n in range(start + 1, min(start + 5, end)):
        if norms[n] in _HEADED:
            name = "_".join(norms[start:n])
            if name in _SILENT_SECTIONS:
                return True, n + 1
            if name in _SPOKEN_SECTIONS:
                return False, n + 1
            return False, first
    return silent, first


def _asks(tokens: Words, first: int, end: int) -> bool:
    """Whether a sentence is a question."""
    return tokens.norms[end - 1] == "?" and first < end and tokens.norms[first] in ASKING


class _Sentence:
    """One sentence on its way to facts."""

    def __init__(self, plain: str, tokens: Words, first: int, end: int, number: int) -> None:
        self.plain, self.tokens, self.first, self.end, self.number = plain, tokens, first, end, number
        self.low, self.high = tokens.starts[first], tokens.ends[end - 1]

    def facts(self, hits: list[Hit], lex: Lexicon, region: str) -> Iterator[Fact]:
        """Its facts, clause by clause."""
        norms = self.tokens.norms
        if norms[self.end - 1] == "?":
            # ", right?" asks for consent and is no side
            hits = [h for h in hits if not (h.end == self.end - 1 and h.roles.side and norms[h.start - 1] == ",")]
        measured = self._sizes()
        parts = _rejoined(clauses(hits), norms)
        bounds = [*(p[0].start for p in parts[1:]), self.end][: len(parts)]
        begin = self.first
        for clause, bound in zip(parts, bounds, strict=True):
            yield from self._acquisition(clause)
            named = mentions(clause, lex, region, norms)
            own = [m for m in measured if begin <= m[0] < bound]
            named += _measured_nodes(clause, named, own)
            begin = bound
            if not named:
                yield from self._whole_study(clause)
                continue
            yield from self._whole_study(clause[: min(m.at for m in named)], alone=False)
            describe(clause, named, own, self.tokens, lex)
            yield from self._stated(clause, named, lex)

    def _sizes(self) -> list[tuple[int, int, float]]:
        """Lengths as token ranges."""
        found = []
        for start, end, mm in sizes(self.plain, self.low, self.high):
            low = bisect_left(self.tokens.starts, start, self.first, self.end)
            high = bisect_right(self.tokens.ends, end, low, self.end)
            if high > low:
                found.append((low, high, mm))
        return found

    def _stated(self, clause: list[Hit], named: list[Mention], lex: Lexicon) -> Iterator[Fact]:
        norms = self.tokens.norms
        answers: list[Said] = [said(clause, m, norms) for m in named]
        for n, (mention, answer) in enumerate(zip(named, answers, strict=True)):
            if answer == "not_now":
                continue
            presence: Literal["present", "absent", "uncertain"] = answer
            if mention.comparison == "resolved" and not mention.inverted:
                presence = "absent"
            elif presence == "present" and self._alternative(named, answers, n):
                presence = "uncertain"
            if presence == "absent" and mention.elsewhere and not mention.side:
                mention.side, mention.place = mention.elsewhere[0]  # "effusion: none on the left"
            if mention.lender and (answers[named.index(mention.lender)] == "absent") != (answer == "absent"):
                mention.side = mention.place = ""  # no list: one is denied and the other is there
            settle(mention, presence, lex, self.plain[self.low : self.high])
            fact = self._fact(mention, presence)
            if fact.finding == "abnormality" and not set(fact.attributes) - {"acute"}:
                flipped: Literal["present", "absent", "uncertain"] = (
                    "absent" if presence == "present" else "present" if presence == "absent" else "uncertain"
                )
                fact = replace(fact, finding=NORMAL_STUDY, presence=flipped, attributes=())
            yield fact
            if presence == "present":
                yield from self._elsewhere(mention, lex)
            if presence != "absent":
                yield from self._perhaps(mention, lex)

    def _elsewhere(self, mention: Mention, lex: Lexicon) -> Iterator[Fact]:
        """Where a finding is said not to be, if it is not said where it is: "the effusion is not on the left"."""
        for side, place in mention.elsewhere:
            if (side and mention.side) or (not side and mention.place):
                continue
            there = replace(mention, side=side, place=place, attributes=[], size_mm=None, comparison="")
            settle(there, "absent", lex, self.plain[self.low : self.high])
            if there.side or there.place:
                yield self._fact(there, "absent")

    def _perhaps(self, mention: Mention, lex: Lexicon) -> Iterator[Fact]:
        """Where a finding is said to be perhaps, if it is not said where it is: "the effusion may be on the left"."""
        for side, place in mention.perhaps:
            if (side and mention.side) or (not side and mention.place):
                continue
            there = replace(mention, side=side or mention.side, place=place or mention.place)
            settle(there, "uncertain", lex, self.plain[self.low : self.high])
            if there.side or there.place:
                yield self._fact(there, "uncertain")

    def _alternative(self, named: list[Mention], answers: list[Said], n: int) -> bool:
        """Whether this is one of two possibilities: "atelectasis or infiltrate"."""
        for a, b in ((n - 1, n), (n, n + 1)):
            if a < 0 or b >= len(named) or answers[a] not in ("present", "uncertain") or named[a].inverted:
                continue
            between = self.tokens.norms[named[a].high : named[b].low]
            if "or" in between and len(between) <= 5 and "and" not in between:
                return not is_a(named[a].finding, named[b].finding) and not is_a(named[b].finding, named[a].finding)
        return False

    def _fact(self, mention: Mention, presence: Literal["present", "absent", "uncertain"]) -> Fact:
        return Fact(
            finding=mention.finding,
            presence=presence,
            side=mention.side,
            place=mention.place,
            attributes=tuple(sorted(set(mention.attributes))),
            size_mm=mention.size_mm,
            comparison=mention.comparison,
            start=self.tokens.starts[mention.low],
            end=self.tokens.ends[mention.high - 1],
            sentence=self.number,
        )

    def _acquisition(self, clause: list[Hit]) -> Iterator[Fact]:
        """How the image was made, where the sentence speaks of this image and not of another."""
        norms = self.tokens.norms
        if not any(h.roles.acquisition for h in clause) or not _ELSEWHERE.isdisjoint(norms[self.first : self.end]):
            return
        for n, hit in enumerate(clause):
            for kind, value in hit.roles.acquisition:
                answer = said(clause, Mention(kind, n, hit.start, hit.end), norms)
                if answer == "not_now":
                    continue
                if answer == "absent" or image_denied(clause, n, norms):
                    answer = "absent" if image_denied(clause, n, norms) else "present"
                yield Fact(
                    finding=kind,
                    presence=answer,
                    attributes=(value,),
                    start=self.tokens.starts[hit.start],
                    end=self.tokens.ends[hit.end - 1],
                    sentence=self.number,
                )

    def _whole_study(self, clause: list[Hit], alone: bool = True) -> Iterator[Fact]:
        """What "Normal." and "Unremarkable radiograph" say: said of no organ, it is said of everything.

        ``alone``: the clause names no finding.
        """
        for n, hit in enumerate(clause):
            if hit.roles.normal is None or "study" not in hit.roles.normal:
                continue
            others = [
                h for h in clause if h.roles.organ and h.roles.organ not in ("study", "chest", "brain", "abdomen")
            ]
            whole = any(
                h.roles.organ == "study" or any(k == "modality" for k, _ in h.roles.acquisition) for h in clause
            )
            if others or not (whole or alone and _BARE.issuperset(self.tokens.norms[self.first : self.end])):
                continue
            answer = said(clause, Mention(NORMAL_STUDY, n, hit.start, hit.end), self.tokens.norms)
            if answer == "not_now":
                continue
            yield Fact(
                finding=NORMAL_STUDY,
                presence=answer,
                start=self.tokens.starts[hit.start],
                end=self.tokens.ends[hit.end - 1],
                sentence=self.number,
            )


def _rejoined(parts: list[list[Hit]], norms: Sequence[str]) -> list[list[Hit]]:
    """Clauses with "but on the right" joined to the one before it, where that says "not on the left"."""
    found: list[list[Hit]] = []
    for part in parts:
        if found and norms[part[0].start] not in ("not", "none") and _only_where(part) and _not_where(found[-1]):
            found[-1] += part
        else:
            found.append(part)
    return found


def _only_where(clause: list[Hit]) -> bool:
    return any(h.roles.side for h in clause) and not any(h.roles.speaks or h.roles.triggers for h in clause)


def _not_where(clause: list[Hit]) -> bool:
    """Whether a clause names a finding and then only denies a side of it."""
    denials = [n for n, h in enumerate(clause) if "deny_before" in h.roles.triggers]
    named = [n for n, h in enumerate(clause) if h.roles.speaks]
    sides = [n for n, h in enumerate(clause) if h.roles.side]
    return bool(denials and named and sides) and named[-1] < denials[0] < sides[-1]


def _measured_nodes(
    clause: list[Hit], named: list[Mention], measured: Sequence[tuple[int, int, float]]
) -> list[Mention]:
    """Lymph nodes that are measured and not small: the length alone says that they are enlarged."""
    if not any(mm >= _ENLARGED_NODE_MM for _, _, mm in measured) or any("adenopathy" in m.finding for m in named):
        return []
    nodes = [n for n, h in enumerate(clause) if h.roles.organ.endswith("lymph node")]
    return [
        Mention(_NODES[clause[n].roles.organ], n, clause[n].start, clause[n].end, roles=clause[n].roles)
        for n in nodes[:1]
    ]


def _once(facts: list[Fact]) -> list[Fact]:
    """In order of the text; how the image was made is said once."""
    seen = set()
    found = []
    for fact in sorted(facts, key=lambda f: (f.start, f.end)):
        key = (fact.finding, fact.presence, fact.attributes)
        if fact.finding in ("modality", "view", NORMAL_STUDY):
            if key in seen:
                continue
            seen.add(key)
        found.append(fact)
    return found
