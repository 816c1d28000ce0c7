"""Whether an answer gives what a presupposition asks for, of that thing: then it takes it for granted too."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from auscult.facts.lexicon import GRADES
from auscult.facts.phrasebook import phrasebook
from auscult.facts.reply import stem, words
from auscult.facts.statements import Statement
from auscult.facts.vocabulary import vocabulary
from auscult.records import Item
from auscult.scorers.premise.evidence import premise_words
from auscult.scorers.premise.sentences import Sentence, passage_of

_PIECES = re.compile(r"[:;]|,(?! (?:and|or|right|left)\b)|\bbut\b")
_KINDS = ("modality", "region", "side", "place", "cause", "measure")
_PRONOUNS = premise_words("pronoun")
_SHOWS = premise_words("shows")
_LONGEST = 14
"""Words of a piece without a verb that can be an answer."""


def gives(item: Item, sentences: Sequence[Sentence]) -> Sentence | None:
    """The sentence that gives what is asked for, of what is presupposed; None where there is none."""
    if item.premise_form != "presupposition":
        return None
    question = passage_of(item.question.lower()).tokens.norms
    kinds = {k for _, _, found in phrasebook("asked").find(question) for k in found}
    kind = next((k for k in _KINDS if k in kinds), None)
    if kind is None:
        return None
    if kind == "cause":
        return next((s for s in sentences if _reason(s, item)), None)
    first = True
    for sentence in sentences:
        if sentence.general or not sentence.text:
            continue
        for piece in _PIECES.split(sentence.text):
            for statements in passage_of(piece).statements(lambda _: False):
                if any(_given(s, kind) and _of_it(s, kind, question, first) for s in statements):
                    return sentence
        first = False
    return None


def _given(statement: Statement, kind: str) -> bool:
    for hit in statement.hits:
        roles = hit.roles
        values = {
            "modality": any(k == "modality" for k, _ in roles.acquisition),
            "region": roles.organ not in ("", "study") or bool(roles.place),
            "side": bool(roles.side),
            "place": bool(roles.place or roles.side),
            "measure": not set(GRADES).isdisjoint(roles.attributes) or "well-defined" in roles.attributes,
        }
        if values[kind] and statement.says(hit.start) == "present":
            return True
    hits = phrasebook("asked").find(list(statement.norms), statement.first, statement.end)
    return not statement.has("deny_before", "doubt_before") and any(f"gives_{kind}" in k for _, _, k in hits)


def _of_it(statement: Statement, kind: str, question: Sequence[str], first: bool) -> bool:
    """Whether a clause is a piece that only answers, or has what the question speaks of as its subject."""
    spoken = [w for w in statement.words if w.isalnum()]
    verb = _verb(statement)
    if verb is None:
        return first and len(spoken) <= _LONGEST
    subject = statement.norms[statement.first : verb]
    if (
        kind == "modality"
        and statement.norms[verb] in _SHOWS
        and not any(_given(s, kind) for s in _before(statement, verb))
    ):
        return False
    if spoken[0] in _PRONOUNS:
        return True
    content = set(subject) - vocabulary().empty
    return not content or not content.isdisjoint(question)


def _verb(statement: Statement) -> int | None:
    """The first token of a clause that is a verb."""
    known = vocabulary().auxiliary | premise_words("modal")
    told = {h.start for h in statement.hits if "verb" in h.roles.triggers}
    return next((n for n in range(statement.first, statement.end) if n in told or statement.norms[n] in known), None)


def _before(statement: Statement, verb: int) -> Iterator[Statement]:
    hits = [h for h in statement.hits if h.end <= verb]
    if hits:
        yield replace(statement, hits=hits, end=verb)


def _reason(sentence: Sentence, item: Item) -> bool:
    """Whether a sentence gives a reason for what is asked."""
    if not sentence.text or sentence.doubts or sentence.lead == "no" or sentence.stance == "disagree":
        return False
    said = passage_of(sentence.text)
    found = {k for _, _, kinds in phrasebook("asked").find(said.tokens.norms) for k in kinds}
    stances = {k for _, _, kinds in phrasebook("stances").find(said.tokens.norms) for k in kinds}
    if said.tokens.norms[0] in ("because", "due", "owing", "caused"):
        return True
    if stances & {"negates", "doubts"}:
        return False
    about = {stem(w) for w in words(item.question)} - {stem(w) for w in vocabulary().empty}
    shared = len(about & {stem(w) for w in words(sentence.text)}) / max(1, len(about))
    pronoun = said.tokens.norms[0] in _PRONOUNS
    verb = any(_verb(x) is not None for clauses in said.statements(lambda _: False) for x in clauses)
    if len(said.tokens.norms) < _LONGEST and (pronoun or shared or not verb):
        return True
    opens = any(a <= 1 and "gives_cause" in kinds for a, _, kinds in phrasebook("asked").find(said.tokens.norms))
    if "gives_cause" in found and (shared > 0.3 or pronoun or opens):
        return True
    return item.category == "distorted knowledge" and shared >= 0.5 and "can" not in said.tokens.norms
