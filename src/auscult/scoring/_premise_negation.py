"""Every way of denying brought to a plain one: failing to see, lacking, excluding, not bearing out become "no".

Classes of verbs and negators, each with a scope that ends at its object; what is left speaks the language that the
readers of facts and of words know. Doubts ("cannot exclude") become "possible", double negations are resolved.
"""

import re

_CONTRACTED = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\b(?:can't|can not)\b", "cannot"),
        (r" for the life of me\b", ""),
        (r"\b(cannot|could not) possibly\b", r"\1"),
        (r"\bwon't\b", "will not"),
        (r"n't\b", " not"),
        (r"\bi'm\b", "i am"),
        (r"\b(i|we|you|they)'d\b", r"\1 would"),
        (r"\b(i|we|you|they)'ll\b", r"\1 will"),
        (r"\b(i|we|you|they)'ve\b", r"\1 have"),
        (r"\b(we|you|they)'re\b", r"\1 are"),
        (r"\b(it|that|this|there|here|what|which|he|she)'s\b", r"\1 is"),
    )
)
_ADVERB = r"(?:(?:\w+ly|even|also|just|quite|really|still|here|at all|so much as|for certain|with certainty) ){0,2}"
_SEE = (
    r"(?:see(?:ing)?|find(?:ing)?|identify(?:ing)?|spot(?:ting)?|detect(?:ing)?|discern(?:ing)?|mak(?:e|ing) out"
    r"|recogni[sz](?:e|ing)|locat(?:e|ing)|notic(?:e|ing)|observ(?:e|ing)|visuali[sz](?:e|ing)|appreciat(?:e|ing)"
    r"|perceiv(?:e|ing)|discover(?:ing)?|pick(?:ing)? (?:out|up)|distinguish(?:ing)?|com(?:e|ing) across"
    r"|trac(?:e|ing)|point(?:ing)? (?:to|out)|pinpoint(?:ing)?|glimps(?:e|ing))"
)
_SEEN = (
    r"(?:seen|found|identified|spotted|detected|discerned|made out|recogni[sz]ed|located|noticed|observed"
    r"|visuali[sz]ed"
    r"|appreciated|perceived|discovered|picked (?:out|up)|distinguished|traced|had|demonstrated|shown)"
)
_WHO = r"(?:(?:i|we|one|you|the (?:reader|radiologist|eye)) )?(?:(?:am|was|are|were|have|had|is|has|been) ){0,2}"
_UNABLE = (
    r"(?:(?:cannot|(?:could|can|do|does|did|would|will|have|has|had) not)"
    rf"(?: {_ADVERB}(?:be able to|been able to|manage to|managed to|succeed in|succeeded in))?"
    r"|unable to|incapable of|not (?:able|possible|in a position) to|impossible(?: for me)? to"
    r"|never|fail(?:s|ed|ing)? (?:to|in)|failed to|struggl(?:e|es|ed|ing) to)"
)
_NOBODY = r"(?:nobody|no one|no-one|no (?:reader|radiologist|physician|observer|expert)|none of us)"
_ASIDE = r"(?! (?:how|whether|which|what|where|why|if|who|when|that|well|clearly)\b)"
_PRONOUN = (
    r"(?:one|any|it|that|them|such a thing|(?:anything|something) (?:like (?:it|that)|of (?:the|that) (?:kind|sort)))"
)
_STOP = r"(?=\s*(?:$|[,.;:!]|\b(?:on|in|at|here|there|because|since|and|but|as|within|anywhere|either)\b))"
_STATED = (
    r"(?:that|this|it|so|what|you|your|the (?:claim|premise|statement|question|idea|assumption|notion|suggestion))\b"
)
_OUT = r"(?:exclude|rule out|dismiss|discount|refute|discard)"
_OUTED = r"(?:excluded|ruled out|dismissed|discounted|refuted|discarded)"
_BE = (
    r"(?:is|are|was|were|has been|have been|(?:can|may|could) (?:\w+ly )?be|seems?|appears?|remains?|looks?)(?:"
    r" to be)?"
)
_SHOW = (
    r"(?:bear out|support|substantiate|corroborate|back(?: up)?|justify|warrant|show|reveal|demonstrate|display"
    r"|depict"
    r"|contain|include|feature|exhibit|possess|harbou?r|suggest|indicate|point to|prove|document|hold|offer|provide"
    r"|portray|amount to|qualify as|constitute|represent|resemble|look like|speak for|fit with)"
)
_LIKENS = (
    r"(?:suggest\w*|indicat\w*|points? (?:to(?:wards?)?)|resembl\w+|looks? like|pass(?:es)? for|amounts? to"
    r"|counts? as"
    r"|corresponds? to|hints? at|speaks? (?:for|in favou?r of)|supports?|shows?|in (?:keeping|line) with"
    r"|(?:consistent|compatible|to do) with|reminiscent of|typical of|in favou?r of|justif(?:y|ies)|warrants?"
    r"|makes? me think of|to call|(?:that )?(?:i|we|one) (?:would|could|can|should|might) call|of)"
)
_CALL = r"(?:call|label|term|classify|class|diagnose|name|speak of|consider|describe|read|regard|report|record|take)"

_RULES = tuple(
    (re.compile(needle), re.compile(pattern), plain)
    for needle, pattern, plain in (
        # double negations and doubts
        ("help|miss|overlook|escap|ignor", rf"\b{_WHO}cannot (?:help (?:but )?|but )(?={_SEE})", "i "),
        (
            "miss|overlook|escap|ignor",
            rf"\b(?:(?:{_WHO}(?:cannot|could not)|{_NOBODY} (?:can|could|would|will)|hard to|impossible to)"
            r" (?:miss|overlook|ignore)|(?:cannot|could not|impossible to|hard to) be (?:missed|overlooked|ignored))",
            "i see",
        ),
        ("not", r"\bnot (?:\w+ly )?(?:free|devoid|void|clear|empty|bare) (?:of|from)\b", "showing"),
        ("not", r"\b(?:does|do|did) not lack\b|\bnot (?:without|lacking)\b", "shows"),
        ("not|never", r"\b(?:not|never) (?:absent|missing|nonexistent)\b", "present"),
        ("rul", r"\b(rul(?:e|es|ed|ing)) ((?:an? |the |any )?(?:\w+[ -]){0,3}?\w+) out\b", r"\1 out \2"),
        (
            "not|unable|hard|difficult|reluctant|hesita",
            rf"\b(?:cannot|(?:could|would|do|does|did|will) not|not able to|unable to|(?:hard|difficult|impossible"
            rf"|reluctant) to|hesitate to) {_ADVERB}{_OUT}\b",
            "sees possible",
        ),
        (
            "not",
            rf"\b(?:cannot|(?:could|can|may|should|must|would) not) be {_ADVERB}{_OUTED}\b"
            rf"|\b(?:is|are|was|were|has|have) not (?:yet )?(?:been )?{_ADVERB}{_OUTED}\b",
            "is possible",
        ),
        # perception and ability
        ("out", r"\bmake ((?:an? |the |any )?(?:\w+[ -]){0,3}?\w+) out\b", r"make out \1"),
        (
            "look|search|hunt|seek|sought",
            r"\b(?:in vain )?(?:(?:i|we|my|the|our|a) )?(?:have |do |did )?(?:look|search|hunt|seek|sought)\w*"
            r"(?: \w+ly| hard)?(?: for)? (?:an? |any |the )?(?P<o>[^,.;]+?)"
            r",? (?:in vain|without (?:any )?(?:success|result|finding \w+)|to no avail|unsuccessfully|fruitless\w*"
            r"|(?:and|but) (?:found|find|saw|see) (?:none|nothing|no such \w+|it not)"
            r"|(?:came up|comes up|was|is|proved|remain\w*|end\w*|return\w*|yield\w*|found|finds|turned up)"
            r" (?:empty\W?\w*|fruitless|unsuccessful|negative|nothing|none|in vain|with nothing)|fail(?:s|ed))\b",
            r"there is no \g<o>",
        ),
        (
            "not|un|fail|imposs|never|incap|strug",
            rf"\b{_WHO}{_UNABLE} {_ADVERB}{_SEE} {_PRONOUN}{_STOP}",
            "there is none",
        ),
        (
            "not|un|fail|imposs|never|incap|strug",
            rf"\b{_WHO}{_UNABLE} {_ADVERB}{_SEE}{_ASIDE} (?=\w)(?:any |an? |the |such an? |much )?",
            "there is no ",
        ),
        (
            "no",
            rf"\b{_NOBODY} (?:(?:can|could|would|will|should) )?{_ADVERB}{_SEE} {_PRONOUN}{_STOP}",
            "there is none",
        ),
        ("no", rf"\b{_NOBODY} (?:(?:can|could|would|will|should) )?{_ADVERB}{_SEE} (?:any |an? )?", "there is no "),
        (
            "see|find|make out|spot|detect|identify|discern|recogni|locat",
            rf"\b(?:i|we|one|you) (?:(?:can|could|do|did|would) )?{_ADVERB}{_SEE} (?:it|one|that|some){_STOP}",
            "there is one",
        ),
        ("nothing", r"\bnothing (?:of (?:the|that) (?:kind|sort)|like (?:it|that|this))\b", "none"),
        ("nothing", rf"\bnothing (?:(?!and\b|but\b)[\w-]+ ){{0,6}}?{_LIKENS} (?:any |an? )?(?!note\b)", "there is no "),
        ("elud|escap|evad", r"\b(?:escapes?|eludes?|evades?) (?:me|us|my \w+|detection|notice)\b", "is absent"),
        (
            "nowhere|not to be|cannot be|not be",
            rf"\b(?:(?:is|are) )?nowhere(?: to be {_SEEN})?\b"
            rf"|\b(?:(?:is|are) not to be|cannot be|could not be) {_ADVERB}{_SEEN}\b",
            "is absent",
        ),
        (
            "not (?:ex|app|occ|feat|among|part|some)",
            r"\b(?:does|do) not (?:exist|occur|feature|appear(?=\s*(?:$|[,.;:!]|\b(?:in|on|here|at|anywhere"
            r"|within|and"
            r"|but)\b)))\b(?! to\b)"
            r"|\b(?:is|are) not (?:among (?:the|my) findings|part of (?:the|this) \w+|something (?:that )?i \w+)",
            "is absent",
        ),
        # lack and exclusion
        (
            "exclu|rul|dismiss|discount|refut|discard|reject",
            rf"\b(?:{_WHO}(?:can|could|may|would|will|am able to) {_ADVERB}|(?:lets?|allows?|permits?) (?:me|us"
            rf"|one) (?:to )?"
            rf"|(?<=\bi )|(?<=\bwe ))(?:{_OUT}|reject)\b (?!{_STATED})(?:any |an? |the )?",
            "there is no ",
        ),
        (
            "exclud|ruled|dismissed|discounted|refuted|discarded|lacking|missing|wanting|nonexist|non-exist|out of"
            "|imagin|invent|fict",
            rf"\b{_BE} {_ADVERB}(?:{_OUTED}|lacking|missing|wanting|nonexistent|non-existent"
            r"|out of the question|imaginary|invented|fictitious)\b(?! (?:in|from) the question)",
            "is absent",
        ),
        ("spare|avoid", r"\b(?:spares|avoids|leaves out|stays clear of) (?=the |either |both )", "is not in "),
        (
            "exclud|rules|lack|preclud|negat|disprov|against|contradict|void|free|bare|empty|spared|odds|compat"
            "|consist"
            "|refut|discount|dismiss|short of|clear of",
            r"\b(?:excludes|rules out|discounts|dismisses|refutes|lacks?|lacking|precludes?|negates|disproves"
            r"|(?:argues?|speaks?|tells?|weighs?|goes|militates?|is|are) (?:\w+ly )?against|contradicts"
            r"|(?:(?:is|are|remains?|appears?|looks?) )?(?:\w+ly )?(?:devoid|void|free|bare|empty|clear) (?:of|from)"
            r"|(?:(?:is|are|remains?) )?spared (?:by|from|of)"
            r"|(?:(?:is|are) )?(?:at odds|inconsistent|incompatible|not compatible|not consistent) with)"
            rf" (?!{_STATED})(?:any |an? |the )?",
            "shows no ",
        ),
        # not bearing out, not calling
        (
            "not|fail|nor",
            rf"\b(?:(?:does|do|did|can|could|would|will) not|cannot|fail(?:s|ed)? to) {_ADVERB}{_SHOW}"
            rf" (?!{_STATED}(?:\s*$|[,.;:]| (?:is|that)\b))(?!what\b)"
            r"(?:(?:the )?(?:presence|existence|diagnosis|idea|claim|notion) of |calling (?:it|this|that) "
            r"|(?:that )?there (?:is|being) )?(?:any |an? |the )?",
            "shows no ",
        ),
        (
            "not",
            rf"\b(?:i|we|one|you) (?:(?:would|could|should|will|do|did|shall) (?:rather )?not|cannot)"
            rf" {_ADVERB}{_CALL}"
            r" (?:(?:it|this|that|these|them) (?:as )?(?!(?:that|so|one|such|wrong|right|correct|true)\b)(?:an? "
            r"|any )?(?=\w)|(?:an?|any) )",
            "there is no ",
        ),
        (
            "call|label|speak|describ",
            rf"\bi (?:would|could|should|can|do) {_ADVERB}{_CALL} (?:it|this|that|them) (?!(?:that|so|one|such)\b)",
            "it is ",
        ),
        # said of a thing named before
        (
            "vain",
            r"^(?:.*?\bin vain\b[^,.;]*?\bfor|(?:[^,.;]*?\b)?in vain) (?:does one |do i |i )?(?:\w+ for )?(?:an? "
            r"|any |the )?(?=\w)",
            "there is no ",
        ),
        (
            "fail",
            r"\b(?:tr(?:y|ied)|attempt\w*) to (?:find|see|spot|make out|identify|locate) (?:an? |any "
            r"|the )?(?P<o>[^,.;]+?),? (?:and|but) (?:have )?failed\b",
            r"there is no \g<o>",
        ),
        (
            "of ",
            r"^of (?:an? |any |the )?(?P<o>[^,.;]+?),? (?:i|we|one|there) (?:can )?(?:see|sees|find|finds|is"
            r"|are) (?:nothing|none|not|no \w+)\b",
            r"there is no \g<o>",
        ),
        (
            "something",
            r"\b(?:is|are) (?:something|one thing) (?:that |which )?(?:i|we|one) (?:cannot|do not|could not|fail to"
            r"|never) \w+",
            "is absent",
        ),
        (
            "not",
            r"\b(?:does|do) not (?:figure|belong|come into it)\b|\b(?:is|are) not (?:real|there)\b(?! to\b)",
            "is absent",
        ),
        ("no place", r"\b(?:has|have) no place\b", "is absent"),
        (
            "not",
            r"\b(?:this|that|it|there|these) (?:cannot|could not|can never) (?:\w+ly )?be (?!\w+(?:ed|en)\b|found"
            r"|made|sure|certain|right|true|correct|so\b)",
            "this is not ",
        ),
        ("miss", r"^(?:i|we) miss (?:an? |any |the )?", "there is no "),
        ("hardly|scarcely", r"^(?:hardly|scarcely) (?=\w)", "not "),
        # being something else
        (
            "differ|distinct|other than|deviat|unlike",
            r"\b(?:(?:is|are) )?(?:(?:differs?|different|distinct|deviates?) from|unlike)\b(?! (?:side|place|view))",
            "is not",
        ),
        ("other than", r"(?<!no )(?<!nothing )(?<!none )\b(?:something |anything |a \w+ |one )?other than\b", "not"),
        (
            "rather|more",
            r"^(?:(?:this|that|it) is )?(?:rather|more (?:like(?:ly)?)?) ?(?:an? )?[^,.;]+? than (?:an? )?(?=\w)",
            "there is no ",
        ),
        (
            "no (?:one|it|any|that|them|this|such)",
            r"\bshows no (?:one|it|any|that|them|this|such(?: thing)?)\W*$",
            "shows none",
        ),
        (
            "that (?:i|one|we) ",
            r"(?<=\w) that (?:i|one|we) (?:can|could|might|would be able to|am able to|are able to) (?:\w+ )?\w+\W*$",
            "",
        ),
        (
            "non-?exist|impossible|out of the question|untenable",
            r"\b(?:makes?|renders?|making|rendering) (?:an? |any |the )?(?P<o>[^,.;]+?)"
            r" (?:non-?existent|impossible|out of the question|untenable)",
            r"shows no \g<o>",
        ),
        # small negators
        ("far from", r"\b(?:is |are )?far from (?:being )?(?=\w+)(?!it\b|the truth|certain|sure|clear)", "is not "),
        ("anything but", r"\banything but\b", "not"),
        (
            "no means|no way|no account|no respect|least|remotely",
            r"\b(?:by no means|in no (?:way|respect)|on no account|not (?:in the least|remotely))\b",
            "not",
        ),
        ("hardly|scarcely|barely", r"\b(?:hardly|scarcely|barely) (?:any|an?)\b", "no"),
        ("hardly|scarcely", r"(?<=\w )(?:hardly|scarcely)\b", "not"),
        (
            "trace|hint|sign|shadow|single|vestige|shred",
            r"\b(?:not (?:an?|the (?:slightest|least)|even an?)|no|zero|never an?) (?:\w+ )?"
            r"(?:trace|hint|sign|single|vestige|shred|evidence|suspicion|indication)s?(?: (?:of|for))?\b(?: an?\b)?",
            "no",
        ),
    )
)
_ANY = re.compile("|".join(f"(?:{needle.pattern})" for needle, _, _ in _RULES))
_LACKS = re.compile(
    r"\b(?:is|are|was|were|remains?|appears?|looks?|seems?|has been|stays?) (?:\w+ly )?"
    r"(?:spared|unaffected|uninvolved|untouched|not (?:affected|involved)|free|empty)\W*$"
)
_NORMAL = re.compile(
    r"\b(?:is|are|was|were|remains?|appears?|looks?|seems?)(?: to be)? (?:(?:entirely|completely|perfectly|both) )?"
    r"(?:normal|unremarkable|clear|healthy|intact|preserved|without (?:abnormalit(?:y|ies)|findings?|lesions?))\W*$"
)
_WORD = re.compile(r"[a-z]+")


def expanded(text: str) -> str:
    """Lower-case text without contractions."""
    if "'" in text or "can not" in text or "cannot" in text:
        for pattern, plain in _CONTRACTED:
            text = pattern.sub(plain, text)
    return text


def plainly(sentence: str) -> str:
    """A lower-case sentence without contractions, its denials plain."""
    if _ANY.search(sentence) is None:
        return sentence
    for needle, pattern, plain in _RULES:
        if needle.search(sentence):
            sentence = pattern.sub(plain, sentence)
    return sentence


def of_spared(clause: str, name: str, where: frozenset[str]) -> str:
    """Says what a spared place is spared of: "the left lung is spared" becomes "the left lung shows no nodule".

    ``where``: words of the place that is asked about, which need only be called normal.
    """
    if where and (m := _NORMAL.search(clause)) and not where.isdisjoint(_WORD.findall(clause[: m.start()])):
        return _NORMAL.sub(f" shows no {name}", clause)
    return _LACKS.sub(f" shows no {name}", clause)
