"""Verdicts on the question itself: agreement, disagreement, pointing at what it presupposes, and doubt.

A verdict is a head word (agree, dispute; right, a misconception), what it is said of (you, that, the premise) and how
many negations stand between them: "I cannot disagree" and "there is no reason to doubt that" agree.
"""

import re
from dataclasses import dataclass
from typing import Literal

from auscult.scoring._lexicon import listed
from auscult.scoring._premise_doubt import SURE

Stance = Literal["agree", "disagree", ""]

_MATTER = (
    r"(?:question|premise|statement|claim|assertion|assumption|presumption|presupposition|supposition|idea|notion"
    r"|suggestion|proposition|belief|view|opinion|wording|description|reading|interpretation|impression|point|account"
    r"|diagnosis|conclusion|label|remark|contention|judge?ment|characteri[sz]ation|finding|thought|theory"
    r"|starting point|sentence|rule|wording)s?"
)
_THE = r"(?:the|this|that|your|such an?|any|an?|its|my|his|her)"
_SUBJECT = (
    rf"(?:{_THE} (?:\w+ ){{0,2}}?{_MATTER}(?: (?:that|of|about|itself|here|in|as|being|is)\b[^,.;:]*?)?"
    r"|what (?:you|the question|is)\b[^,.;:]*?|it|that|this|which|these|they|you|all|everything|so|that much)"
)
_FILL = (
    r"(?:\w+ly|not|no|never|quite|just|rather|in fact|at all|all|far from|beyond|well|very|so|too|also|an?|the"
    r"|any|most"
    r"|by no means|in no way|indeed|certainly|common|widespread|frequent|popular|classic|simple|plain|known|medically"
    r"|anatomically|physically|of course|still|much|more|better|anything but|nothing|exactly|to be|been|being|always"
    r"|shown|found|nowhere|turn(?:s|ed) out to be|widely|so far"
    r"|perfectly|again|hardly|scarcely|out of|both|i (?:think|fear|believe|am afraid))"
)
_BE = (
    r"(?:is|are|was|were|seems?|sounds?|looks?|appears?|would be|would seem|must be|remains?|has been|have been"
    r"|will be"
    r"|cannot be|could not be|can be|can only be|has to be|strikes me as|is what i call)"
)
_WRONG = (
    r"wrong|incorrect|false|untrue|inaccurate|mistaken|erroneous|invalid|unfounded|unsupported|unsubstantiated"
    r"|groundless"
    r"|baseless|misguided|misinformed|misled|misconceived|misplaced|misleading|fallacious|flawed|faulty|unjustified"
    r"|unwarranted|backwards|reversed|inverted|refuted|disproved|disproven|debunked|contradicted|impossible|nonsense"
    r"|illusory|amiss|off the mark"
    r"|mistake|error|misconception|myth|fallacy|misunderstanding|misstatement|misreading|misjudge?ment|falsehood"
    r"|misinterpretation|misperception|misdiagnosis|mix-up|confusion|legend|inaccuracy|contradiction|slip"
    r"|(?:the )?(?:opposite|reverse|contrary|converse|other way (?:a)?round|wrong way (?:a)?round)"
    r"|at odds|in error|in conflict|counter to|contrary to|out of the question|questionable at best|doubted|disputed"
    r"|denied|in (?:doubt|dispute|question)|(?:doubt|dispute|question)"
)
_RIGHT = (
    r"right|correct|true|accurate|so|the case|valid|justified|warranted|sound|apt|fair|spot on|confirmed|established"
    r"|accepted|recogni[sz]ed|documented|known|undisputed|undeniable|indisputable|incontestable|unquestionable"
    r"|certain"
    r"|evident|obvious|proven|proved|taught|learn(?:t|ed)|in (?:line|agreement|accord\w*) with[^,.;:]*|supported"
    r"|borne out|backed|met|satisfied|fulfilled|well-known|well-established"
    r"|well-founded|undoubted|unmistakable|founded|in order|appropriate|reasonable|on the mark|convincing"
    r"|(?:(?:textbook|common|basic|standard|general|elementary|established|settled|classical) )?"
    r"(?:knowledge|anatomy|physiology|physics|fact|textbook|teaching|radiology|truth|consensus)"
    r"|how i (?:see|read|would \w+) (?:it|that|things)|what i (?:see|find|think|would say)|my (?:view|opinion"
    r"|impression) too"
    r"|how it is|as you say|in the textbooks|(?:what|how) the (?:image|film|scan|picture|radiograph)\b[^,.;:]*"
)
_END = (
    r"(?=\s*(?:$|[,.;:!]|\b(?:here|there|in|on|for|to|because|since|as|and|but|about|of|that|with|though|although|by"
    r"|from"
    r"|at|again|so|i|indeed|if|when|too|either|how|where|medically|me)\b))(?!-)(?! (?:side|way|hemi\w+|half|lung"
    r"|lobe)\b)"
)
_PREDICATE = re.compile(
    rf"(?:^|(?<=[,:-] )|\b(?:and|but|so|as|since|because|think|fear|say|believe|find|that) )(?P<subject>{_SUBJECT}) "
    rf"(?:{_FILL} ){{0,2}}?(?P<be>{_BE}) (?P<fill>(?:{_FILL} ){{0,4}}?)(?:(?P<wrong>{_WRONG})"
    rf"|(?P<right>{_RIGHT})){_END}"
)
_ANY_PREDICATE = re.compile(
    rf"^(?P<subject>[^,.;:]+?) (?P<be>{_BE}|goes|would go"
    rf"|takes things) (?P<fill>(?:{_FILL} ){{0,3}}?)(?:(?P<wrong>too far|wrong|incorrect|false|untrue"
    r"|inaccurate|mistaken|erroneous|unfounded|misguided|fallacious|refuted|unjustified|unwarranted"
    r"|(?:an? )?(?:\w+ )?(?:mistake|error|misconception|myth|misreading|misjudge?ment|misinterpretation"
    r"|misdiagnosis))"
    r"|(?P<right>correct|true|justified|indisputable|undeniable|undisputed|beyond (?:doubt|dispute)))"
    r"(?=\s*(?:$|[,.;:!]|\b(?:here|in this|because|since|and|but|as)\b))"
)
_AGREE = (
    r"agree|concur|accept|endorse|subscribe to|go along|confirm|second|share|side with|think so|believe so|say so"
    r"|think as much|call (?:it|this|that|them) (?:that|so|one|such)|say (?:so|that)|put it (?:that|this) way"
    r"|see it (?:that|this|the same) way|think the same|do think so|support|back|approve|follow you|sign|underwrite"
    r"|stand by|vouch for|believe (?:it|that|this|so)|think (?:it|that|this|so)|buy"
)
_DISAGREE = (
    r"disagree|dispute|reject|deny|contest|refute|doubt|object|differ|contradict|oppose|challenge|question|argue"
    r"|quarrel"
    r"|fault|protest|take issue|find fault|beg to differ|think otherwise|think not|fear not|believe not|say otherwise"
    r"|see (?:it|this|that|things) (?:quite )?(?:differently|otherwise)|take (?:a different|another|the opposite)"
    r" view"
    r"|(?:say|think|claim|maintain) (?:quite )?the (?:contrary|opposite|reverse)|correct (?:you|that|this|the)"
    r"|stop you|say no|do otherwise"
)
_MODAL = (
    r"(?:would|could|can|do|must|have|had|to|will|am|be|going|only|cannot|not|never|rather|see|find|no|reason"
    r"|grounds?"
    r"|cause|afraid|sorry|inclined|may|beg|want|wish|hardly|least|position|in|a|the|any|happy|ready|willing|tempted"
    r"|also"
    r"|for|should|shall|need|even|dare|like|prepared|nothing|\w+ly|more|less|quite|really|basis|way|help|but)"
)
_VERDICT = re.compile(
    rf"(?:^|(?<=[,:-] )|\b(?:and|but|so|because|since|that|something|therefore|thus) )(?P<who>i|we|one|nobody|no one"
    rf"|anyone|there is)"
    rf" (?P<fill>(?:{_MODAL} ){{0,7}}?)(?:(?P<disagree>{_DISAGREE})|(?P<agree>{_AGREE}))(?:ing)?(?! (?:mark|able)\b)"
    r"(?=\s*(?:$|[,.;:!]|\b(?:with|to|that|this|it|you|your|the|so|there|here|on|about|because|since|as|and|but|more"
    r"|less"
    r"|entirely|fully|completely|wholly|an?|what|such|any|his|totally|strongly|in|from|at)\b))"
)
_MYSELF = re.compile(
    r"^i (?:would|do|can|could|did|will)(?P<not> (?:\w+ly )?not)?(?: \w+ly| indeed| too)?(?=\s*(?:$|[,.;:!]"
    r"|because\b))"
)
_NOUNS = re.compile(
    r"(?:^(?=no )|\b(?:i (?:have|see|find)|there (?:is|are|can be)|with|without))(?P<fill> ?(?:absolutely "
    r"|really )?(?:no|not any|not an?))?"
    r" (?:objections?|quarrel|complaint|reservations|qualms|argument|arguing|denying|disputing|doubting|mistaking)\b"
)
_CONTAINS = re.compile(
    rf"\b(?:{_MATTER}|you|there|that|this|it)\b(?P<fill>[^.;,:]{{0,50}}?) (?:an? |some |any |no "
    rf"|the )?(?:\w+ )?(?:error|mistake"
    rf"|misunderstanding|misconception|fallacy|falsehood|misreading|myth)s?\b"
)
_ATTRIBUTE = re.compile(
    r"\b(?P<fill>(?:not |no |hardly )?(?:an? |the |some |any )?)(?:wrong|incorrect|false|untrue|inaccurate|mistaken"
    r"|erroneous"
    rf"|invalid|unfounded|unsupported|flawed|faulty|unjustified|unwarranted) (?:\w+ )?{_MATTER}\b"
)
_REVERSED = re.compile(
    r"\b(?:has|have|had|got|gets?|getting|puts?|turns?|is|are) (?:got )?(?:it|that|this|things|these|matters)"
    r" (?:\w+ )?"
    r"(?:the )?(?:wrong|backwards|reversed|upside down|inside out|mixed up|(?:wrong|other) way (?:a)?round|confused"
    r"|back to front)\b"
    r"|\b(?:the|quite the|just the|exactly the) (?:very )?(?:opposite|reverse|contrary|converse)(?! (?:side"
    r"|of (?:left|right)|hem))"
    r"|\bthe other way\b|\b(?:says?|shows?|tells?|teach\w*|suggests?|states?|indicates?|thinks?) (?:\w+ )?"
    r"(?:otherwise|differently|something (?:else|different|other))\b"
    r"|\b(?:runs|goes|flies|is|clashes|conflicts) (?:\w+ )?(?:counter to|contrary to|against|in the face of|with)"
    r" (?:the |all )?(?:physics|facts?|evidence|knowledge|anatomy|textbooks?|literature|experience|teaching|image"
    r"|film|scan"
    r"|what|findings?|appearances?)\b|^contrary to (?:the|your|what|that)\b|\bcontradicts? (?:what|the|all|every"
    r"|basic|this)\b"
    r"|\b(?:you|the question|it) (?:\w+ )?(?:errs?|overlooks?|misreads?|misjudges?|misstates?|misinterprets?"
    r"|misrepresents?"
    r"|confuses?|mix(?:es)?|distorts?|misses)\b|\b(?:misinformed|misled)\b"
    r"|\b(?:you|the (?:question|statement|claim|sentence)) (?:have |has |turns? |is |are )?(?:confus\w+|mix\w+"
    r"|turn\w*|revers\w+|misunderst\w+)\b"
    r"|\b(?:that|this|it|which|you|the question) (?:\w+ly |is )?(?:(?:over|under)(?:stat|rat|estimat)\w+"
    r"|exaggerat\w+)\b"
    r"|\btoo (?:strong|much said|strongly)\b|\ban? (?:over|under)(?:statement|estimat\w+)\b|\ban exaggeration\b"
    r"|\botherwise(?=\s*$)|\b(?:learns?|learnt|taught|teach\w*) (?:\w+ )?(?:differently|something else)\b"
    r"|\bno such (?:\w+ )?(?:rule|law|fact|connection|relation|link|effect)\b|\b(?:that|this|it|claim|statement"
    r"|sentence|question|premise)"
    r" (?:\w+ly )?(?:goes against|runs against|contradicts?|conflicts? with|clashes with|defies|flies)\b"
    r"|\b(?:lies|sits|is|are|located|found|situated) (?:\w+ )?(?:elsewhere|somewhere else)\b"
    r"|\b(?:is|are|was) not (?:what|how|where|the way|as (?:you|the|stated|described|claimed)"
    r"|something (?:that )?(?:i|we|one))\b|\bnot as (?:you|the question)\b"
    r"|\bno (?:truth|basis|substance|merit) (?:to|for|in)\b|\b(?:wrong|mistaken) (?:side|level|region|organ|view"
    r"|modality|kind"
    r"|type|size|place|location|lobe|zone|grade)\b|\b(?:the )?(?:side|place|size|location|modality|view"
    r"|region) is wrong\b"
)
_HOLDS = re.compile(
    rf"(?:^|(?<=[,:-] )|\b(?:and|but|so|because|since|as) )(?:{_SUBJECT}|the (?:image|film|scan|picture|radiograph"
    rf"|appearances?|"
    r"evidence|facts?|anatomy|findings?)) (?P<fill>(?:(?:does|do|did|would|can|will|could|not|cannot|never|hardly"
    r"|\w+ly|in no"
    r" way|fails? to) ){0,3}?)(?P<verb>holds?(?: true| up| water)?|stands?(?: up)?|appl(?:y|ies)|fits?|match(?:es)?"
    r"|works?"
    r"|adds? up|agrees?|tall(?:y|ies)|corresponds?|makes? sense|checks? out|supports?|bears? out|confirms?"
    r"|backs?(?: up)?"
    r"|shows?|contains?|says?|justif(?:y|ies)|suggests?|occurs?|happens?|exists?)"
    r"(?= (?:this|that|it|so|your|the (?:premise|claim|statement|question|idea|assumption|notion|suggestion)|what"
    r"|with|here)\b"
    r"|\s*(?:$|[.,;:]))"
)
_AS_YOU = re.compile(
    r"\bas (?:you|the question) (?:rightly |correctly )?(?:say|state|suggest|describe|put|note|assume|point|think"
    r"|suspect)\w*"
)
_POINTS = re.compile(
    rf"\b(?:{_THE} (?:\w+ )?{_MATTER}|you|this|that|it|which|wording)\b(?: (?:are|is|seems?|seem|already|simply|just"
    rf"|may|rather"
    r"|clearly|to|be|have|has|\w+ly)){0,3} (?:assum\w+|presum\w+|presuppos\w+|suppos(?:es|ing)|tak(?:es?|ing"
    r"|en) (?:[^.;,]{0,60}? )?"
    r"(?:for granted|as (?:given|read|a given)|too much)|beg(?:s|ging)? the question|loaded|leading|premature"
    r"|gets? ahead|jump(?:s|ing) to|starts? (?:out )?from|(?:builds?|built|rests?|hinges?|relies|rely|based"
    r"|founded) (?:up)?on"
    r"|treats? [^.;,]{0,40} as (?:given|settled|certain)|insinuat\w+|postulat\w+)"
)
_GRANTED = re.compile(r"\b(?:rightly|correctly|justifiably|with (?:good )?reason|reasonable|fair)\b")
_WHO_KNOWS = (
    r"(?:(?:the|all|most|medical|many|every|any|good|available|published|our|my|some|current) )*(?:textbooks?|books?"
    r"|literature|experts?"
    r"|authorit\w+|doctors?|physicians?|radiologists?|evidence|facts?|reality|anatomy|physics|physiology|medicine"
    r"|knowledge"
    r"|science|experience|data|studies|guidelines?|everybody|everyone|people|specialists?|atlas(?:es)?|nature)"
)
_AUTHORITY = re.compile(
    rf"^(?P<fill>(?:no |not |hardly any |few |none of )?)(?:(?P<nothing>nothing|nobody|no one|none)|{_WHO_KNOWS})"
    r"(?P<verb> (?:(?:would|will|does|do|can|could|not|cannot|\w+ly|also|ever|all|seriously) ){0,3}?)"
    r"(?:(?P<wrong>disagrees?|contradicts?|den(?:y|ies)|disputes?|refutes?|rejects?|doubts?|differs?|(?:is|are"
    r"|looks?) (?:\w+ )?different"
    r"|(?:speaks?|is|are|argues?|stands?) against|tells? (?:an|a)\w* (?:\w+ )?(?:story|tale)|object\w*|oppos\w+"
    r"|challeng\w+)"
    r"|(?P<right>agrees?|supports?|says? (?:so|it|that|this|as much)|confirms?|teach(?:es)?|knows?|backs?"
    r"|bears? (?:it|this|that)? ?out"
    r"|accepts?|holds?|states? (?:so|it|that|this)|speaks? for|shows? (?:it|that|this)|endorses?|subscribes?))"
    r"(?=\s*(?:$|[,.;:]|\b(?:this|that|it|so|with|on|here|such|to|the|what|your)\b))"
)
_GROUNDS = re.compile(
    r"(?P<fill>\b(?:no|not|without|lacks?|never|any|good|ample|strong)\b(?: \w+)?) "
    r"(?:evidence|support|basis|foundation|proof|grounds?|justification|truth|substance|merit)"
    r"(?: (?:for|to|in|of|behind)(?: (?:believing|assuming|saying))? (?:that|this|it|such|the (?:claim|statement"
    r"|idea|premise))\b|(?=\s*$)"
    r"|(?=[,.;]))"
)
_HARD_TO = re.compile(
    r"\b(?:hard|difficult|impossible|not easy|cannot|could not|no way) to (?:dispute|deny|doubt|disagree|argue"
    r"|contest|refute|object)\b(?: with)?"
    r"|\b(?:nothing|not anything) (?:\w+ ){0,2}?(?:wrong|amiss|incorrect|to (?:object|correct|dispute|criticise)"
    r"|speaks against|against)\b"
    r"|\b(?:is|was|are) (?:(?:exactly|just|also|indeed|precisely) )?what (?:one|i|we|everyone|students"
    r"|(?:the )?textbooks?|(?:the )?books?)\b|\b(?:taught|learnt|learned) (?:it|that|this|so)\b"
)
_NEGATES = re.compile(
    r"\b(?:not|no|never|nowhere|lacks?|cannot|nobody|nothing|hardly|scarcely|far from|beyond|anything but"
    r"|by no means|in no way|out of"
    r"|without|fails?)\b"
)
_LINK = re.compile(
    r"^ (?:that|with|to|of|in|on|about|more|entirely|fully|completely|wholly|you|your \w+|so|it|that|this"
    r"|there)\b(?: that\b)?"
)
_WORD = re.compile(r"[a-z]+")
_REVERSING = listed("""
    wrong backwards reversed upside inside mixed way confused front opposite reverse contrary converse otherwise
    differently else different other counter against physics fact facts evidence knowledge anatomy contradict
    contradicts err errs overlook overlooks misread misreads misjudge misjudges misstate misstates misinterpret
    misinterprets misrepresent misrepresents confuse confuses confusing mix mixes mixing distort distorts miss
    misses misinformed misled elsewhere somewhere not no mistaken turn turns turned turning reverses reversing
    misunderstood misunderstand misunderstands conflict conflicts clash clashes defies flies incorrect false untrue
    inaccurate erroneous invalid unfounded unsupported flawed faulty unjustified unwarranted error errors mistake
    mistakes misunderstanding misunderstandings misconception misconceptions fallacy fallacies falsehood falsehoods
    misreading misreadings myth myths overstates overstate overstated overstatement understates understate
    understatement overrates     overestimates overestimate overestimated underestimates
    underestimate overestimation underestimation exaggerates
    exaggerate exaggerated exaggerating exaggeration strong strongly
    """)
_HOLDING = listed("""
    hold holds stand stands apply applies fit fits match matches work works add adds agree agrees tally tallies
    correspond corresponds make makes check checks support supports bear bears confirm confirms back backs show
    shows contain contains say says justify justifies suggest suggests occur occurs happen happens exist exists
    """)
_BOUNDARY = re.compile(r"[,;:.]|\b(?:because|since|but|(?<!side )as|and|though|although)\b")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a sentence says of the question.

    Attributes:
        stance: agreement or disagreement; the last verdict of a sentence counts.
        rest: the sentence without its verdicts.
        points: whether it points at what the question presupposes.
    """

    stance: Stance
    rest: str
    points: bool = False


def _odd(text: str) -> bool:
    return len(_NEGATES.findall(text)) % 2 == 1


def _until_clause(text: str, at: int) -> str:
    """What stands after the clause that a verdict opens: its object goes with it."""
    m = _BOUNDARY.search(text, at)
    return text[m.end() :] if m else ""


def judge(sentence: str) -> Judged:
    """The verdicts of a lower-case sentence without contractions."""
    text, stance = sentence, ""
    points = False
    if m := _POINTS.search(text):
        points = _GRANTED.search(text) is None and not _AS_YOU.search(text)
        stance = "" if points else "agree"
        text = f"{text[: m.start()]} {_until_clause(text, m.end())}"
    if (m := _AS_YOU.search(text)) and not text[: m.start()].endswith("not "):
        stance, text = "agree", f"{text[: m.start()]} {text[m.end() :]}"
    if m := SURE.search(text):
        stance, text = "agree", f"{text[: m.start()]} {text[m.end() :]}"
    for read in (_authority, _reversed, _nouns, _verdict, _predicate, _holds):
        found, rest = read(text)
        if found:
            stance, text = found, rest
    return Judged(stance, text, points)  # type: ignore[arg-type]


def _authority(text: str) -> tuple[Stance, str]:
    """What textbooks, experts or the evidence are said to say, and whether there is any."""
    if m := _HARD_TO.search(text):
        return "agree", _cut(text, m)
    if m := _AUTHORITY.match(text):
        turned = _odd(f"{m['fill']} {m['verb']} {m['nothing'] or ''}")
        if (m["right"] is not None) != turned:
            return "agree", _LINK.sub(" ", text[m.end() :])
        return "disagree", _cut(text, m)
    if m := _GROUNDS.search(text):
        return "disagree" if _odd(m["fill"]) else "agree", _cut(text, m)
    return "", text


def _cut(text: str, m: re.Match[str]) -> str:
    """The text without the clause of a verdict."""
    before = [b.start() for b in _BOUNDARY.finditer(text, 0, m.start())]
    return f"{text[: before[-1]] if before else ''} {_until_clause(text, m.end())}".strip()


def _reversed(text: str) -> tuple[Stance, str]:
    if _REVERSING.isdisjoint(_WORD.findall(text)):
        return "", text
    if m := _REVERSED.search(text) or _ATTRIBUTE.search(text) or _CONTAINS.search(text):
        fill = m.groupdict().get("fill") or ""
        negated = _odd(m[0]) if fill else False
        return "agree" if negated else "disagree", _cut(text, m)
    return "", text


def _nouns(text: str) -> tuple[Stance, str]:
    m = _NOUNS.search(text)
    return ("agree", _cut(text, m)) if m and (m["fill"] or m[0].startswith("without")) else ("", text)


def _verdict(text: str) -> tuple[Stance, str]:
    if mine := _MYSELF.match(text):
        return "disagree" if mine["not"] else "agree", _cut(text, mine)
    m = _VERDICT.search(text)
    if m is None:
        return "", text
    said = f"{m['who']} {m['fill']}".replace("cannot help but", "must").replace("cannot but", "must")
    more = text[m.end() :].startswith(" more")
    agrees = (m["agree"] is not None) != (_odd(said) and not more)
    if agrees:
        return "agree", text[: m.start()] + _LINK.sub(" ", text[m.end() :])
    return "disagree", _cut(text, m)


def _predicate(text: str) -> tuple[Stance, str]:
    found = list(_PREDICATE.finditer(text)) or list(_ANY_PREDICATE.finditer(text))
    agrees, linked = True, False
    for m in found:
        turned = _odd(f"{m['be']} {m['fill']}")
        opposite = re.search(r"\b(?:opposite(?! side)|reverse|contrary|converse|otherwise)\b", m["subject"]) is not None
        says = (m["right"] is not None) != (turned != opposite)
        agrees = (says == agrees) if linked else says
        linked = text[m.end() :].startswith(" that ")
    if not found:
        return "", text
    return (
        "agree" if agrees else "disagree",
        f"{_cut(text[: found[0].end()], found[0])} {_until_clause(text, found[-1].end())}".strip(),
    )


def _holds(text: str) -> tuple[Stance, str]:
    m = None if _HOLDING.isdisjoint(_WORD.findall(text)) else _HOLDS.search(text)
    if m is None:
        return "", text
    return "disagree" if _odd(m["fill"]) else "agree", _cut(text, m)
