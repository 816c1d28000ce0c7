"""What people ask of a diagnosis: does it see, does it know, does it conclude, does it follow, how sure is that."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from auscult.diagnosis.diagnosis import Diagnosis, Section, What
from auscult.diagnosis.effects import GOLD_EYES, NOT_TOLD
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports import natural
from auscult.reports.diagnosis.words import NOT_SHOWN, SAYS_JUDGE, answer_words, gained, more, number, of_100
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.questions.sure import FEWEST

TELLS_EYES = f"--arms default,{GOLD_EYES}"
"""What to run, where what right eyes would give is not told."""
SMALL = 0.05
"""A share of all answers that is no problem."""
FOLLOWS, HARDLY = 0.8, 0.5
"""Share of given stages from which a model is said to follow them, and below which it hardly does."""
PLANTED: Mapping[What, str] = {"eyes": "planted_vr", "knowledge": "planted_kr"}
"""Stage → the arm in which an error is planted in it."""
_ASKED: Mapping[What, str] = {
    "eyes": "Does it see what is there?",
    "knowledge": "Does it know the medicine?",
    "reasoning": "Does it draw the right conclusion?",
}
_WRONG: Mapping[What, str] = {"eyes": "describes the image wrongly", "knowledge": "recalls something false"}
_GIVEN: Mapping[What, str] = {"eyes": "a correct description of the image", "knowledge": "the correct knowledge"}
_BAR: Mapping[What, str] = {"eyes": "wrong of the image", "knowledge": "wrong of medicine"}


def questions(found: Diagnosis) -> tuple[Verdict, ...]:
    """All of them, those that were measured answered; problems first, so that no short view leaves them out."""
    stages = (_stage(found, "eyes"), _stage(found, "knowledge"), _reasoning(found))
    asked = (*(v for v in stages if v is not None), _follows(found), _sure(found))
    return tuple(sorted(asked, key=lambda v: v.word != "problem"))


def few_images(found: Diagnosis) -> str:
    """That no stage can be named, where what is independent is too little for it; empty where it is enough."""
    return f"Too few {several(found)} to tell which stage costs most." if found.clusters < FEWEST else ""


def by_itself(found: Diagnosis) -> Estimate | None:
    """Right answers with nothing given: the model's own; None where that was not asked."""
    return next((f.estimate for f in found.of("arm", group="baseline") if f.label == "accuracy"), None)


def planted(found: Diagnosis) -> bool:
    """Whether errors were to be planted in what is given, even if none could be."""
    return any(arm.arm in PLANTED.values() for arm in found.arms)


def several(found: Diagnosis) -> str:
    """What is independent, in the plural: images, patients."""
    return say.count(2, found.unit).partition(say.NBSP)[2]


def estimate_of(found: Diagnosis, section: Section, what: What = "") -> Estimate | None:
    """The figure of a section about a stage; None where it was not measured."""
    one = found.one(section, what)
    return one.estimate if one else None


def untold(found: Diagnosis, what: What) -> str:
    """Why no arm of this run tells what a right stage would give; empty where one does."""
    one = found.one("if_right", what)
    return one.estimate.withheld if one and one.remark == NOT_TOLD else ""


def gain_of(found: Diagnosis, what: What) -> Estimate | None:
    """What a right stage brings, in the arm whose accuracy is shown; None where that was not measured or not told."""
    level = found.one("if_right", what)
    one = found.one("gain", what, level.group if level else None)
    return None if one is None or untold(found, what) else one.estimate


def still_wrong(found: Diagnosis) -> Estimate | None:
    """What is wrong with eyes and knowledge right."""
    both = estimate_of(found, "if_right", "both")
    if both is None:
        return None

    def rest(share: float | None) -> float | None:
        return None if share is None else 1 - share

    return replace(
        both,
        name="still wrong with both right",
        value=rest(both.value),
        low=rest(both.high),
        high=rest(both.low),
        worst=rest(both.best),
        best=rest(both.worst),
    )


def _stage(found: Diagnosis, what: What) -> Verdict | None:
    """Eyes or knowledge: how often it is wrong, and what a right one brings; None where neither is known."""
    rate, gain, why = estimate_of(found, "rate", what), gain_of(found, what), untold(found, what)
    if rate is None and gain is None and not why:
        return None
    said, short = [], []
    if rate is not None and natural.known(rate):
        left = _left_open(rate)
        said.append(f"It {_WRONG[what]} in {of_100(rate, 'questions')}, {_judged(found, what)}{left}.")
        short.append(f"{what} wrong in {_without_range(rate)} of 100{left}")
    if gain is not None:
        chance = ", which may be chance" if _came(gain) == "not known" and gain.value else ""
        said.append(f"Given {_GIVEN[what]}, {more(gain)} are answered rightly{chance}.")
        short.append(f"{'correct ones' if short else f'correct {what}'} bring {gained(gain)}")
    if why:
        said.append(f"What {_GIVEN[what]} would bring cannot be told from this run ({TELLS_EYES} tells): {why}.")
        short = [f"{what}: {why}"]
    if not said:
        return None
    word: Word = _came(gain) if gain is not None else "not known"
    return Verdict(
        key=what,
        question=_ASKED[what],
        word=word,
        in_words="may be chance" if gain is not None and word == "not known" else "",
        sentence=" ".join(said),
        short=say.upper("; ".join(filter(None, short))),
        bars=(_bar(rate, _BAR[what], word),) if rate is not None and natural.known(rate) else (),
        more=tuple(_more(found, what)),
        section="stages",
    )


def _judged(found: Diagnosis, what: What) -> str:
    """Whose view a rate is, and that it is no more than that where the judge's certificate withholds it."""
    fixed = estimate_of(found, "corrected", what)
    return f"{SAYS_JUDGE}, and {NOT_SHOWN}" if fixed is not None and fixed.withheld else SAYS_JUDGE


def _left_open(rate: Estimate) -> str:
    """How many stages have no verdict, where that leaves a range only."""
    if (rate.value is not None and not rate.withheld) or rate.worst is None or rate.best is None:
        return ""
    left = abs(rate.worst - rate.best)
    return f": the judge {'could not decide most' if left > 0.5 else f'left {natural.per_100(left)} of 100 open'}"


def _without_range(rate: Estimate) -> str:
    """A share of 100 in one number, or between its two ends where it has none."""
    return number(rate) if rate.value is None or rate.withheld else natural.per_100(rate.value)


def _came(gain: Estimate) -> Word:
    """A gain beyond chance shows a problem; one that is at most small shows none."""
    ends = natural.ends(gain)
    if ends is None:
        return "not known"
    return "problem" if ends[0] > 0 else "clear" if ends[1] <= SMALL else "not known"


def _bar(estimate: Estimate, label: str, word: Word) -> Bar:
    low, high = natural.ends(estimate) or (None, None)
    value = None if estimate.withheld else estimate.value
    return Bar(label=label, value=value, low=low, high=high, better="lower", word=word)


def _more(found: Diagnosis, what: What) -> Iterator[str]:
    """What else is known of a stage."""
    if (fixed := found.one("corrected", what)) is not None:
        if not natural.known(fixed.estimate):
            why = f": {NOT_SHOWN}" if fixed.estimate.withheld else ""
            yield f"How often, freed of the judge's own errors, is not known{why}."
        else:
            bound = ", a lower bound" if fixed.remark == "lower bound" else ""
            yield f"Freed of the judge's own errors, it is {of_100(fixed.estimate, 'questions')}{bound}."
    if (shared := estimate_of(found, "shapley", what)) is not None:
        yield f"Of what both right would bring, this stage has {gained(shared)} of 100 answers."
    for f in found.of("flow", what):
        yield f"{say.upper(f.label)}: {of_100(f.estimate, 'questions')}."
    if (f_ := estimate_of(found, "followed", what)) is not None and natural.known(f_):
        yield f"It follows {of_100(f_)} given ones."
    for f in found.of("style", what):
        if f.remark:
            yield f"Where its own was right, a right one in other words changes {gained(f.estimate)}: {f.remark}."


def _reasoning(found: Diagnosis) -> Verdict | None:
    rest = still_wrong(found)
    if rest is None:
        return None
    ends = natural.ends(rest)
    word: Word = "not known"
    if ends is not None:
        word = "problem" if ends[0] > SMALL else "clear" if round(ends[1], 2) <= SMALL else "not known"
    rate = estimate_of(found, "rate", "reasoning")
    judged = ""
    if rate is not None and natural.known(rate):
        judged = f" Its reasoning is false in {of_100(rate)} of these, {_judged(found, 'reasoning')}."
    return Verdict(
        key="reasoning",
        question=_ASKED["reasoning"],
        word=word,
        in_words="may be few" if word == "not known" and ends is not None else "",
        sentence="Given a correct description and the correct knowledge, it still answers "
        f"{of_100(rest, 'questions')} wrongly.{judged}",
        short=f"Reasoning: with both right still wrong in {of_100(rest)}",
        bars=(_bar(rest, "wrong all the same", word),) if natural.known(rest) else (),
        section="stages",
    )


def _follows(found: Diagnosis) -> Verdict:
    """Whether gains can be believed: they are lower bounds where a model passes over what it is given."""
    question = "Does it use what it is given?"
    known = [f for f in found.of("followed", group="") if natural.known(f.estimate)]
    if not known:
        said = "Whether it follows what it is given was not measured: mending a stage may give more than stands here."
        if planted(found):
            said = (
                "Errors were to be planted in what it is given, to see whether it follows: "
                f"{_none_planted(found)}. Mending a stage may give more than stands here."
            )
        return Verdict(
            key="follows",
            question=question,
            word="not known",
            in_words="none planted" if planted(found) else "not measured",
            sentence=said,
            short="Whether it follows what it is given; gains may be larger",
            section="belief",
        )
    named: Mapping[What, str] = {"eyes": "descriptions", "knowledge": "pieces of knowledge"}
    said = "; ".join(f"{of_100(f.estimate)} {named[f.what]}" for f in known)
    ends = [found_ends for f in known if (found_ends := natural.ends(f.estimate)) is not None]
    word: Word = "not known"
    if any(high < HARDLY for _, high in ends):
        word = "problem"
    elif ends and min(low for low, _ in ends) >= FOLLOWS:
        word = "clear"
    part = [
        f"{f.estimate.n:,} of {found.items:,} questions for {named[f.what]}{_kinds(found, f.what)}"
        for f in known
        if f.estimate.n < found.items
    ]
    on = f" Errors could be planted in {' and '.join(part)} only." if part else ""
    over = [f"{more(f.estimate)}" for f in found.of("adopted") if not f.group and natural.known(f.estimate)]
    adopted = f" With one error planted in them, it gives the wrong answer that follows in {over[0]}." if over else ""
    return Verdict(
        key="follows",
        question=question,
        word=word,
        in_words={"clear": "it does", "problem": "hardly"}.get(word, "partly"),
        sentence=f"It follows {said} that it is given.{on}{adopted}",
        short=f"Follows {'; '.join(f'{_without_range(f.estimate)} of 100 {named[f.what]}' for f in known)}",
        section="belief",
    )


def _kinds(found: Diagnosis, what: What) -> str:
    """On how many questions of which kinds a share followed stands: ``(40 yes/no, 6 number; no choice)``."""
    kinds = [(answer_words(f.group), f.estimate.n) for f in found.of("followed", what) if f.group]
    some = ", ".join(f"{n:,} {kind}" for kind, n in kinds if n)
    none = " or ".join(kind for kind, n in kinds if not n)
    return f" ({some}{f'; no {none}' * bool(none)})" if some else ""


def _none_planted(found: Diagnosis) -> str:
    """That none or too few could be."""
    put = max(found.items - arm.not_put for arm in found.arms if arm.arm in PLANTED.values())
    return f"they could be in {put:,} of {found.items:,} questions, too few to tell" if put > 0 else "none could be"


def _sure(found: Diagnosis) -> Verdict:
    """How much stands behind it, and what is missing."""
    base = found.arm("baseline")
    on = f"{say.count(found.items, 'question')} on {say.count(found.clusters, found.unit)}".replace(say.NBSP, " ")
    few = found.clusters < FEWEST
    said, short = [f"{on} {'are too few to tell' if few else 'stand behind this'}."], on
    if base is not None:
        asked = base.ok + base.invalid + base.unusable + base.request_failed + base.judge_unusable + base.unread
        lost = base.request_failed + base.judge_unusable + base.unread
        said.append(f"{lost:,} of {asked:,} answers are missing." if lost else "No answer is missing.")
        short += f"; {say.count(lost, 'answer')} missing".replace(say.NBSP, " ") if lost else "; no answer missing"
        if base.invalid:
            said.append(f"{base.invalid:,} were not in three stages and count as wrong.")
    left = sum(found.left_out.values())
    if left:
        said.append(f"{say.count(left, 'question')} had to be left out.".replace(say.NBSP, " "))
    return Verdict(
        key="sure",
        question="How sure is this?",
        word="not known" if few else "clear",
        in_words=f"{'too few' if few else 'enough'} {several(found)}",
        sentence=" ".join(said),
        short=short,
        more=tuple(f"{say.upper(why)}: {n:,}." for why, n in found.left_out.items()),
        section="missing",
    )
