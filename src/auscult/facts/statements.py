"""What a text says of any words, clause by clause: the one reading of denial and doubt under all readers of answers.

Knows no question and no answer. ``Passage`` cuts a text into clauses; ``Statement.says`` tells of the words at a
place whether they are said to be so, not to be so, or perhaps.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from auscult.facts._clauses import Hit, Mention, clauses
from auscult.facts._general import is_general
from auscult.facts._layout import arranged
from auscult.facts._recast import in_sentences, phrases, recast
from auscult.facts._scope import CONCEPT, Said, described, said
from auscult.facts.lexicon import Roles, lexicon
from auscult.facts.tokens import Words, folded, sentences, words

__all__ = ["Hit", "Passage", "Statement"]

_DENYING = frozenset({"no", "not", "without", "non"})
_GOVERNING = frozenset({"of", "for", "from", "that", "to"})
_DOUBTS = frozenset({"doubt_before", "doubt_after"})
_TURNING = _DOUBTS | {"deny_before", "deny_after", "not_now_before", "turn"}
_ANY = frozenset({"a", "an", "any", "in"})
_CONCEPT = Roles(finding=CONCEPT)


@dataclass(slots=True)
class Statement:
    """One clause.

    Attributes:
        norms: tokens of the whole text, in normal form.
        first: first token of the clause.
        end: token after it.
        hits: phrases of the lexicon in it, and the words that were asked for.
        sentence: number of its sentence.
        asks: whether its sentence is a question.
        general: whether its sentence tells what is so in general ("an effusion can be seen in heart failure").
        bare: whether nothing in it denies, doubts or takes back: all that it names is said to be there.
    """

    norms: Sequence[str]
    first: int
    end: int
    hits: list[Hit]
    sentence: int
    asks: bool
    general: bool
    bare: bool

    @property
    def words(self) -> Sequence[str]:
        """Its tokens in normal form."""
        return self.norms[self.first : self.end]

    def says(self, token: int, doubts: bool = True) -> Said:
        """What it says of the word at a token: present, absent, uncertain, or not_now (asked, feared, somebody's else).

        A word outside of every phrase must have been asked for in ``Passage.statements``.

        Args:
            token: in the whole text.
            doubts: whether doubt counts; without, what may be is said to be.
        """
        if self.bare:
            return "present"
        hits = self.hits if doubts else [h for h in self.hits if h.roles.triggers.isdisjoint(_DOUBTS)]
        for n, hit in enumerate(hits):
            if hit.start <= token < hit.end:
                if not hit.roles.speaks and not _DENYING.isdisjoint(self.norms[hit.start : token]):
                    return "absent"  # "no change in", asked about a change
                mention = Mention(hit.roles.finding or CONCEPT, n, hit.start, hit.end, roles=hit.roles)
                found = said(hits, mention, self.norms)
                gone = any(h.roles.comparison == "resolved" and not described(h, self.norms) for h in hits[n + 1 :])
                before = hits[n - 1] if n else None
                gone = gone or (before is not None and before.roles.comparison == "resolved")  # "resolution of the ..."
                return "absent" if gone and found == "present" else found
        return "present"

    def has(self, *kinds: str) -> bool:
        """Whether a trigger of one of these kinds stands in it; see ``lexicons/triggers.toml``."""
        return any(not hit.roles.triggers.isdisjoint(kinds) for hit in self.hits)


class Passage:
    """A text cut into tokens and sentences.

    Attributes:
        text: as given.
        plain: in lower case and plain characters, each at its place.
        tokens: in normal form, tables and forms told in words. Its ``norms`` may be changed before ``statements``.
        spans: token ranges of its sentences.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = folded(text)
        self.tokens: Words = arranged(self.plain, words(self.plain))
        self.spans = sentences(text, self.tokens)

    def statements(self, asked: Callable[[str], bool]) -> Iterator[list[Statement]]:
        """Its sentences, each as its statements.

        Args:
            asked: whether a word in normal form is one whose standing will be asked for with ``says``.
        """
        lex = lexicon()
        norms = self.tokens.norms
        hits = _with_asked(phrases(norms, lex), norms, asked)
        for number, (first, end, own) in enumerate(in_sentences(hits, self.spans)):
            asks = norms[end - 1] == "?"
            general = (norms[first] in _ANY or asked(norms[first])) and is_general(
                own, self.plain, self.tokens, first, end
            )
            parts = clauses(recast(own, norms, end)) if own else []
            bounds = [first, *(p[0].start for p in parts[1:]), end]
            yield [
                Statement(norms, low, high, part, number, asks, general, not any(map(_turns, part)))
                for part, low, high in zip(parts or [[]], bounds, bounds[1:], strict=False)
            ]


def _turns(hit: Hit) -> bool:
    roles = hit.roles
    return bool(roles.comparison) or roles.normal is not None or not roles.triggers.isdisjoint(_TURNING)


def _with_asked(hits: list[Hit], norms: Sequence[str], asked: Callable[[str], bool]) -> list[Hit]:
    """Hits with one for every word that is asked for; a phrase that names no finding is taken apart for it."""
    known = lexicon().trie
    wanted = [n for n, norm in enumerate(norms) if asked(norm)]
    if not wanted:
        return hits
    found: list[Hit] = []
    at = 0
    for hit in hits:
        while at < len(wanted) and wanted[at] < hit.start:
            found.append(Hit(wanted[at], wanted[at] + 1, _CONCEPT))
            at += 1
        inside = at
        while at < len(wanted) and wanted[at] < hit.end:
            at += 1
        if inside == at or _whole(hit, norms, wanted[at - 1] == hit.end - 1):
            found.append(hit)
            continue
        for n in range(hit.start, hit.end):
            roles = known.get((norms[n],))
            if n in wanted[inside:at] and (roles is None or roles.triggers):
                roles = _CONCEPT
            if roles is not None:
                found.append(Hit(n, n + 1, roles))
    found += [Hit(n, n + 1, _CONCEPT) for n in wanted[at:]]
    return found


def _whole(hit: Hit, norms: Sequence[str], last: bool) -> bool:
    """Whether a phrase stays whole though words of it are asked for: a finding, or what denies ("free of").

    ``last``: whether its last word is asked for: "has not increased".
    """
    if "not_a_denial" in hit.roles.triggers:
        return not last or _DENYING.isdisjoint(norms[hit.start : hit.end])
    if norms[hit.start] in _DENYING and hit.end > hit.start + 1:
        return not hit.roles.speaks and norms[hit.end - 1] in _GOVERNING
    return hit.roles.speaks or ("deny_before" in hit.roles.triggers and norms[hit.end - 1] in _GOVERNING)
