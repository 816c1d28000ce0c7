"""Doubt: whether a whole sentence is uncertain, and whether it says nothing else."""

import re

from auscult.scoring._lexicon import listed
from auscult.scoring._polarity import carries_content, tokens

_OF_DOUBT = listed("about it all completely entirely fully absolutely answer say tell call way")
_MAYBE = re.compile(r"\b(?:may|might|could(?! not)|possibly|perhaps|maybe|potentially|conceivably|presumptively)\b")
SURE = re.compile(
    r"\b(?:there (?:is|can be) |i have |with |of (?:this|that) )?(?:without|beyond|no|little|not (?:a|any)|hardly"
    r" any)"
    r"(?: (?:a|an|any|the|all|reasonable|slightest|real|shadow of an?|possible))* (?:doubt|question|dispute)\b"
    r"(?: at all)?(?: (?:about|of|that|in)(?: (?:it|that|this)\b)?)?"
)
_HEDGES = re.compile(
    r"\b(?:not|cannot be|hard to be|never be|difficult to be|impossible to be|far from) (?:\w+ly |so |too |quite "
    r"|at all |yet |fully |one hundred percent )*"
    r"(?:sure|certain|confident|convinced|persuaded|positive about|clear|decided|settled|conclusive|definite)\b"
    r"(?! (?:how|why|when|which)\b)|\b(?:unsure|uncertain|uncertainty|unclear|undecided|inconclusive|indeterminate"
    r"|ambiguous"
    r"|equivocal|debatable|arguabl[ey]|conceivabl[ey]|imaginable|doubtful|dubious|borderline|toss-?up"
    r"|open (?:question|to (?:question|debate|doubt))"
    r"|left open|leave (?:it|that|this) open|jury|(?:in|of) two minds|torn|on the fence|wonder(?:ing)?|hesitat\w+"
    r"|hesitant"
    r"|best guess|i guess|guessing|guesswork|speculat\w+|either way|may or may not|might or might not|not swear"
    r"|low confidence"
    r"|not commit|i suppose|not out of the question|(?:one|among|some)(?: of)?(?: the| several| many"
    r"| other)? (?:possibilit\w+|options?|alternatives|differentials?)|fifty-fifty|50[/-]50"
    r"|not (?:entirely )?ruled out)\b"
    r"|\b(?:raises?|consider|leaves?|see|there is|as|with|be) (?:\w+ )?(?:an? |the |some )?(?:\w+ )?(?:possibility"
    r"|chance|suspicion|suggestion) (?:of|that)\b"
    r"|\bwithout (?:being |any )?(?:\w+ )?(?:sure|certain|certainty|conviction|committing)\b"
    r"|\bnot with (?:any )?certainty\b"
    r"|\bneither (?:confirm|exclude|deny|prove|affirm|accept|rule)\w*\b|\bmy doubts\b|\bif anything\b"
    r"|\b(?:i )?lean(?:ing)? to"
    r"|\btoo (?:faint|blurred|unclear|subtle|vague|close|early) to\b|\b(?:could|might|may) (?:\w+ )?(?:argue"
    r"|just as well|equally)\b"
    r"|\bremains? (?:\w+ )?open\b|\b(?:hard|difficult|tricky|not easy|impossible) to (?:say|tell|judge|know|decide"
    r"|be)\b(?! (?:how|why|when)\b)"
    r"|\b(?:say|tell|know) for (?:sure|certain)\b|\bwhether\b[^.;]*\b(?:is|remains)\b|\bperhaps\b[^.;]*\bperhaps\b"
    r"|\byes\s*(?:/|or|and|and/or|&)\s*no\b|\b(?:it|that) depends\b|\bneither yes nor no\b|\bboth (?:are )?possible\b"
    r"|\bupper limits? of (?:the )?normal\b|\bhigh[- ]normal\b"
    r"|\bif (?:any|present|at all|real|it exists|(?:it|this|that) is (?:\w+ )?(?:an?|one|real|there)|there is"
    r" (?:any|one)|so)\b"
    r"|\b(?:some|a|considerable|real|slight|any|room for|remaining|my) doubts?\b|\bquestion mark\b|\bopen mind\b"
    r"|\b(?:in|to) mind\b"
    r"|\bdifferential\b|\b(?:should|could|may|must|to|would|can) (?:also )?be considered\b|\bconsideration\b"
    r"|\b(?:at (?:best|most)|only) suspected\b"
    r"|\b(?:further|another|more|additional|second|other) (?:imaging|views?|tests?|images?|studies|reading|films?"
    r"|look|opinion)\b[^.;]*\b(?:need\w*|required"
    r"|necessary|have to|must|would|to (?:be|decide|confirm|tell|settle))\b|\bneeds? (?:to be confirmed|confirmation"
    r"|another|a further|a second)\b"
    r"|\bneed (?:another|a further|more|additional)\b|\bnot (?:bet|insist|put money|vouch)\b|\bthinkable\b"
    r"|\btentative\w*|\bprovisional\w*"
    r"|\b(?:low|little|limited) confidence\b|\bsome would\b|\bothers? (?:not|would)\b|\bneither be\b"
    r"|\bpossible\b(?! to\b)|\bpossibilit\w+|\bpossibly\b"
    r"|\bsuspicion\b|\bonly (?:guess|suspect|surmise)\b|\bpending\b|\bnot (?:be )?(?:confirmed|certain|proven)\b"
    r"|\b(?:cannot|could not|unable to) (?:\w+ )?(?:decide|settle|choose|commit)\b|\bopinions (?:differ|vary)\b"
    r"|\blook (?:it|that) up\b"
    r"|^if\b|\b(?:assuming|supposing|provided)(?: that)? (?:it|this|there|that|the)\b"
)
_WORD = re.compile(r"[a-z]+")
_DOUBTING = listed("""
    sure certain certainty confident convinced persuaded positive clear decided settled conclusive definite unsure
    uncertain uncertainty unclear undecided inconclusive indeterminate ambiguous equivocal debatable arguable
    arguably conceivable conceivably imaginable doubtful dubious borderline toss tossup open jury minds torn fence
    wonder wondering hesitate hesitates hesitation hesitant guess guessing guesswork speculate speculative
    speculation either might may swear confidence commit committing suppose question possibility possibilities
    option options alternatives differential differentials fifty ruled say tell judge know decide whether perhaps
    yes upper high depends neither possible if assuming supposing provided chance suspicion suggestion doubts anything
    lean     leaning too could opinions look settle choose conviction doubt mark mind considered consideration suspected
    further another more additional second need needs bet insist put vouch thinkable tentative tentatively
    provisional provisionally some others possible possibly surmise suspect pending confirmed proven
    """)  # what a doubt cannot do without: far cheaper to look for than the patterns


def hedges(sentence: str) -> bool:
    """Whether a whole sentence is in doubt: "I am not sure that ...", "it may or may not be there"."""
    if _DOUBTING.isdisjoint(_WORD.findall(sentence)):
        return False
    return _HEDGES.search(SURE.sub(" ", sentence)) is not None


def only_doubts(sentence: str) -> bool:
    """Whether nothing is left of a doubting sentence without its doubt: "I am not sure.", "Hard to tell."."""
    rest = _HEDGES.sub(" ", sentence)
    return not any(carries_content(w) and w not in _OF_DOUBT for w in tokens(rest))


def may_be(sentence: str) -> bool:
    """Whether a verdict is given as a possibility: "that might be right"."""
    return _MAYBE.search(sentence) is not None
