"""Which options a stretch of text names, and whether it takes them, rejects them or only calls them possible."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from auscult.facts.lexicon import lexicon
from auscult.facts.options import Options
from auscult.facts.reply import contains, stem
from auscult.facts.reply.phrases import any_of, table
from auscult.facts.spoken import spoken_pieces, without_articles
from auscult.facts.statements import Passage
from auscult.facts.vocabulary import vocabulary

_SAYS = {"present": "taken", "absent": "rejected", "uncertain": "doubted", "not_now": "doubted"}
_DENYING = frozenset({"no", "not", "without", "none", "non", "neither", "never", "absent", "negative"})
_KINDS = frozenset({"deny_before", "deny_after", "doubt_before", "doubt_after", "not_now_before"})
_AGAINST = re.compile(r"\b(?:unlike|(?:compared|in comparison|relative) (?:with|to))\b[^,.;]{0,80},", re.I)
_OTHERWISE = frozenset({"than", "unlike"})
_IS = frozenset({"is", "are", "was", "were", "appear", "look", "remain", "seem"})
_NOT_CHOSEN = frozenset({"wrong", "incorrect", "excluded"})
_SPARED = frozenset({"spared", "normal", "clear", "unaffected", "unremarkable", "uninvolved", "healthy", "intact"})
_NEW_CLAUSE = frozenset({"so", "hence", "thus", "therefore", "while", "whereas"})
_NOTHING = "nothing"
_LETTERS_FOR_DIGITS = str.maketrans("0123456789", "abcdefghij")
_WOULD_STILL = (["be"], ["fit"], ["explain"], ["match"])
_HEDGES = frozenset({"may", "might", "could", "possibly", "possible", "perhaps", "maybe", "uncertain", "unclear"})
_BETWEEN = frozenset({"and", "or", "versus", "vs"})
_PART_OF_ALL = 3
"""Options from which on a row of all of them ("axial, coronal or sagittal") is the question's list and no answer."""


_LONE_LETTER = re.compile(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z0-9])")
_LETTER_AFTER_WORD = re.compile(r"(?<=[a-z]\s)([A-Z])(?![\w'])")


@dataclass(slots=True)
class Named:
    """Options by what a stretch says of them, in order of appearance."""

    taken: list[int] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    doubted: list[int] = field(default_factory=list)
    joined_by_or: bool = False

    def __bool__(self) -> bool:
        return bool(self.taken or self.rejected or self.doubted)

    def put(self, index: int, kind: str) -> None:
        """Says ``taken``, ``rejected`` or ``doubted`` of an option; of one that was taken, the last word counts."""
        if kind != "taken" and index in self.taken:
            self.taken.remove(index)
        own = getattr(self, kind)
        if index not in own:
            own.append(index)

    def add(self, other: "Named") -> None:
        """Takes in what another stretch says."""
        for name in ("taken", "rejected", "doubted"):
            own = getattr(self, name)
            own += [i for i in getattr(other, name) if i not in own]
        self.joined_by_or |= other.joined_by_or


@dataclass(frozen=True, slots=True)
class _Letters:
    """Patterns for bare letters. In each, the letter is the last group that matched."""

    named: re.Pattern[str]
    row: re.Pattern[str]
    denied: re.Pattern[str]


@lru_cache(maxsize=1)
def _letters() -> _Letters:
    told = table("choosing")
    end = r"(?=[).,;:!\]]|\s*$|\s*\n|\s+(?:because|since|as|for|and|or|but|based|given|with|due)\b)"
    elsewhere = any_of(word for language in table("languages").values() for word in language["option"])
    noun = rf"(?<!\w)(?i:options?|choices?|answers?|letters?|alternatives?)\s+\(?|(?i:{elsewhere})\s*\(?"
    return _Letters(
        named=re.compile(
            rf"(?:{noun})([A-Z])(?![A-Za-z0-9'’])|(?i:\boption\s+\(?)([b-z])\b|(?i:\boption\s+\(?)(a)\b(?!\s+[a-z])|\(([A-Z])\)"
            rf"|\b(?i:{any_of(told['before_a_letter'])})\s+(?i:option\s+)?\(?([A-Z]){end}"
        ),
        row=re.compile(r"(?:^|\s)\(?([A-Z])\)?(\s*[,/]\s*|\s+(?:and|or|&)\s+)\(?([A-Z])(?=\W|$)"),
        denied=re.compile(
            r"\b(?:not|nor|never|than|neither|rather than|unlike)\s+(?:(?:an?|the|option|choice)\s+)?\(?$|n't\s+\(?$",
            re.I,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Mention:
    """An option named by words: its index, its words from ``start`` to ``end``, and whether "or" leads to it."""

    index: int
    end: int
    start: int
    after_or: bool = False


def named(stretch: str, options: Options, asked: frozenset[str] = frozenset()) -> Named:
    """What a stretch of plain text names, by words and by letters; ``asked`` are the stems of the question."""
    found = _by_words(stretch, options, asked)
    found.add(_by_letter(stretch, options))
    return found


def _by_words(stretch: str, options: Options, asked: frozenset[str]) -> Named:
    pieces = spoken_pieces(without_articles(_AGAINST.sub("", stretch)))
    said = [w for w, _ in pieces]
    rows: list[list[_Mention]] = []
    counted = table("choosing")["numbering"]
    at, last_end = 0, -1
    while at < len(said):
        found = options.at(said, at)
        if found is None or (said[at].isdigit() and at and said[at - 1] in counted):  # "figure 3" is no option 3
            at += 1
            continue
        between = set(said[last_end:at])
        if rows and between <= _BETWEEN and (between or pieces[at][1]):
            rows[-1].append(_Mention(*found, at, "or" in between))
        else:
            rows.append([_Mention(*found, at)])
        at = last_end = found[1]
    whole = [n for n, row in enumerate(rows) if len({m.index for m in row}) == len(options.forms) >= _PART_OF_ALL]
    rows = rows[whole[-1] + 1 :] if whole else rows
    named = Named()
    told = _told([m for row in rows for m in row], pieces)
    for row in rows:
        before, after = _before(said, row[0]), _after(said, row[-1].end, asked)
        for mention in row:
            before = before if mention.after_or or mention is row[0] else ""
            kind = before or after or told.get(mention.start, "taken")
            if kind != _NOTHING:
                named.put(mention.index, kind)
            named.joined_by_or |= mention.after_or and kind not in ("rejected", _NOTHING)
    return named


def _told(mentions: list[_Mention], pieces: list[tuple[str, str]]) -> dict[int, str]:
    """Place of a mention → how it stands by the language around it, each mention one word for those who read that."""
    if not mentions or _turning().isdisjoint(w for w, _ in pieces):
        return {}
    marks = {f"zq{str(m.start).translate(_LETTERS_FOR_DIGITS)}": m for m in mentions}
    place = {m.start: (mark, m.end) for mark, m in marks.items()}
    parts: list[str] = []
    at = 0
    while at < len(pieces):
        word, broken = pieces[at]
        word, end = place.get(at, (word, at + 1))
        parts += [";" if word in _NEW_CLAUSE else broken, word]
        at = end
    statements = Passage(" ".join(parts)).statements(marks.__contains__)
    clauses = [clause for sentence in statements for clause in sentence]
    return {
        marks[norm].start: _SAYS[clause.says(token)]
        for clause in clauses
        for token, norm in enumerate(clause.words, clause.first)
        if norm in marks
    }


def _before(said: list[str], mention: _Mention) -> str:
    """What the words before a row of options say of all of them: "unlike CT or MRI"."""
    return "" if _OTHERWISE.isdisjoint(said[max(0, mention.start - 2) : mention.start]) else "rejected"


def _after(said: list[str], end: int, asked: frozenset[str]) -> str:
    """What the words after a row of options say of all of them; ``_NOTHING`` where it is what they would be like."""
    after = said[end : end + 5]
    if after[:1] == ["would"] and after[1:2] not in _WOULD_STILL:
        return _NOTHING
    verb = next((n for n, word in enumerate(after[:3]) if word in _IS), None)
    if verb is None:
        return ""
    spared = after[verb + 1 : verb + 2]
    if spared == ["not"]:
        denied = after[verb + 2 : verb + 3]
        return "rejected" if verb == 0 or not asked.isdisjoint(map(stem, denied)) else ""
    wrong = verb == 0 and not _NOT_CHOSEN.isdisjoint(spared)
    return "rejected" if wrong or (not _SPARED.isdisjoint(spared) and asked.isdisjoint(map(stem, spared))) else ""


@lru_cache(maxsize=1)
def _turning() -> frozenset[str]:
    """One word of each phrase that denies, doubts or takes back: without any of them all that is named is taken."""
    told = (p for p, roles in lexicon().trie if roles.triggers & _KINDS or roles.comparison == "resolved")
    return frozenset({max(phrase, key=len) for phrase in told} | _HEDGES | _DENYING)


def _by_letter(stretch: str, options: Options) -> Named:
    found = Named()
    if not _LONE_LETTER.search(stretch):
        return found
    patterns = _letters()
    if len(options.letters) >= _PART_OF_ALL:
        stretch = _all_letters(tuple(options.letters)).sub(" ", stretch)
    together: set[int] = set()
    for m in patterns.row.finditer(stretch):
        if (one := options.letters.get(m[1])) is not None and (other := options.letters.get(m[3])) is not None:
            doubted = not _HEDGES.isdisjoint(stretch[m.end() : m.end() + 25].lower().replace(".", "").split())
            for member in (one, other):
                found.put(member, "doubted" if doubted else "taken")
            together |= {one, other}
            found.joined_by_or |= "or" in m[2]
    for m in patterns.named.finditer(stretch):
        group = m.lastindex or 0
        index = options.letters.get(m[group].upper())
        if index is not None and index not in together:
            denied = patterns.denied.search(stretch[max(0, m.start(group) - 40) : m.start(group)])
            near = stretch[max(0, m.start(group) - 25) : m.end() + 25]
            if denied:
                found.put(index, "rejected")
            else:
                found.put(index, "taken" if _HEDGES.isdisjoint(near.lower().strip(".,;").split()) else "doubted")
    if options.lettered:  # "group B", where B is an option's whole text
        indices = [options.letters.get(m[1]) for m in _LETTER_AFTER_WORD.finditer(stretch)]
        found.add(Named([i for i in indices if i is not None and i in options.lettered]))
    found.taken = [i for i in found.taken if i not in found.rejected]
    return found


@lru_cache(maxsize=32)
def _all_letters(letters: tuple[str, ...]) -> re.Pattern[str]:
    """A row of all letters ("A, B, C, or D"): the list of options, and no answer."""
    return re.compile(r"\(?" + r"\)?(?:\s*[,/]\s*(?:(?:or|and)\s+)?|\s+(?:or|and)\s+)\(?".join(letters) + r"(?!\w)\)?")


@lru_cache(maxsize=1024)
def negative_of(forms: tuple[tuple[str, ...], ...]) -> dict[int, int]:
    """Index of an option → index of the one that is its exact denial: "effusion" → "no effusion"."""
    if len(forms) == 2 and all(len(form) == 1 for form in forms):  # of two that exclude each other
        one, other = (stem(form[0]) for form in forms)
        if other in vocabulary().rivals.get(one, ()):
            return {0: 1, 1: 0}
    return {i: j for i, f in enumerate(forms) for j, g in enumerate(forms) if _is_denial(f, g)}


def _is_denial(form: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(form) == len(other) == 1:
        return vocabulary().opposites.get(stem(form[0]), {}).get(stem(other[0]), False)
    return bool(form) and other == ("no", *form)


@lru_cache(maxsize=1024)
def collective(forms: tuple[tuple[str, ...], ...]) -> frozenset[int]:
    """Options that stand for several or none of the others ("both", "none of the above")."""
    marks = set(table("choosing")["collective"])
    return frozenset(i for i, form in enumerate(forms) if marks & set(form) and len(form) <= 4)


def asks(sentence: str) -> bool:
    """Whether a sentence is put as a question."""
    return contains(sentence[-3:], ("?",))
