"""The first screen of a diagnosis: where the errors start, what mending each stage would give, how sure that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auscult.diagnosis.diagnosis import Diagnosis, What
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports import natural
from auscult.reports.diagnosis.questions import (
    SMALL,
    TELLS_EYES,
    by_itself,
    estimate_of,
    few_images,
    gain_of,
    planted,
    questions,
    several,
    still_wrong,
    untold,
)
from auscult.reports.diagnosis.words import more, of_100
from auscult.reports.face import Face, Step
from auscult.reports.places import PLUMBING
from auscult.reports.questions.sure import FEWEST
from auscult.reports.verdicts import called
from auscult.runs.checks import says_untold

DRAWN = "phantoms"
EYES_RIGHT = "if it saw rightly"
GIVEN: Mapping[What, str] = {"eyes": "a right description", "knowledge": "the right knowledge"}
_FIRST: Mapping[What, tuple[str, str]] = {
    "eyes": ("Its eyes cost it most", "mend how it reads images first"),
    "knowledge": ("Its knowledge costs it most", "teach it medicine first"),
    "reasoning": ("Its reasoning costs it most", "it draws wrong conclusions from what is right"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a diagnosis is of, from its manifest.

    Attributes:
        model: its name.
        source: of the questions.
        created: day.
        judge: who judged the stages.
        command: as it was typed; empty where there was none.
        drawn: whether the images are drawings of a program.
        plumbing: whether the model can see other images alone.
        untold: that it is not known which images the model learnt; empty where it is.
    """

    model: str
    source: str = ""
    created: str = ""
    judge: str = ""
    command: str = ""
    drawn: bool = False
    plumbing: bool = False
    untold: str = ""


def about_of(manifest: Mapping[str, Any], sources: set[str]) -> About:
    """What a manifest says; ``sources`` are those of the cases."""
    model = manifest.get("model", {})
    reader = str(manifest.get("items", {}).get("source", {}).get("reader", ""))
    only = str(model.get("sees_only") or "")
    judge = manifest.get("judge", "")
    return About(
        model=str(model.get("name", "")) or called(str(model.get("spec", "")) or "a model"),
        source=reader,
        created=str(manifest.get("created", ""))[:10],
        judge=str(judge.get("spec", "")) if isinstance(judge, Mapping) else str(judge),
        command=str(manifest.get("command", "")),
        drawn=DRAWN in (reader, *sources),
        plumbing=bool(only) and sources != {only},
        untold=next(filter(says_untold, manifest.get("notes", ())), ""),
    )


def diagnosis_face(found: Diagnosis, about: About) -> Face:
    """The first screen."""
    on = f"{say.count(found.clusters, found.unit)}, {say.count(found.items, 'question')}".replace(say.NBSP, " ")
    made = [f"Questions from {about.source}" if about.source else "", f"asked on {about.created}" * bool(about.created)]
    made += [f"stages judged by {about.judge}" if about.judge else ""]
    title = f"{about.model} on {on}"
    told = f"{say.upper(', '.join(filter(None, made)))}." if any(made) else ""
    if about.plumbing or not found.items:
        stop = PLUMBING if about.plumbing else "No question has a right trace to compare with."
        return Face(title=title, about=told, stop=stop)
    return Face(
        title=title,
        about=told,
        line=_line(found),
        action=_action(found),
        verdicts=questions(found),
        cautions=tuple(_cautions(found, about)),
        steps=tuple(_steps(found, about)),
    )


def _line(found: Diagnosis) -> str:
    """What few images leave open; right answers by itself; what the costliest stage put right brings over its own."""
    alone, base = by_itself(found), found.arm("baseline")
    if base is not None and base.invalid and not base.ok:
        return f"None of its {base.invalid:,} answers came in three stages: none of them can be given back to it."
    said = f"{of_100(alone, 'answers')} are right as it is" if alone is not None else ""
    if few := few_images(found):
        return " ".join(filter(None, (few, f"{said}." if said else "")))
    return f"{'; '.join(filter(None, (said, _brings(found))))}."


def _brings(found: Diagnosis) -> str:
    """What the stage that costs most brings where it is right, as a clause."""
    if estimate_of(found, "if_right") is None:
        return "what mending a stage would give cannot be told: too few of the arms were run"
    if untold(found, "eyes"):
        return f"how many {EYES_RIGHT} cannot be told from this run"
    gain, rest = gain_of(found, found.first), still_wrong(found)
    if found.first == "reasoning" and rest is not None:
        return f"given a right description and right knowledge, {of_100(rest)} stay wrong"
    if found.first in GIVEN and gain is not None:
        return _in_place(found, gain)
    return ""


def _in_place(found: Diagnosis, gain: Estimate) -> str:
    """What the first stage brings, made right; from where it starts, if that is not what the model does by itself."""
    given, gained = GIVEN[found.first], _value(gain)
    reached = _value(estimate_of(found, "if_right", found.first))
    if gained is None or reached is None or not list(_given_back(found)):
        return f"given {given} instead of its own, {more(gain)} are right"
    start, end = (natural.per_100(share) for share in (reached - gained, reached))
    return f"given its own words back {start} are, and given {given} in their place {end}"


def _action(found: Diagnosis) -> str:
    """What to mend first, and how sure that is."""
    base = found.arm("baseline")
    if base is not None and base.invalid and not base.ok:
        return "Let it try more often (--protocol staged:51), or ask a model that can keep to a form."
    if few_images(found):
        return f"Ask about more {several(found)}: {FEWEST} at least."
    if found.first not in _FIRST:
        return "Which stage costs most cannot be told."
    says, then = _FIRST[found.first]
    if not _clearly_first(found):
        says = f"It seems that {says[:1].lower()}{says[1:]}"
    if list(_given_back(found)):
        says = f"Where it goes by its own words, {says[:1].lower()}{says[1:]}"
    return f"{says}: {then}."


def _clearly_first(found: Diagnosis) -> bool:
    """Whether what is lost first lies above the others beyond their ranges."""
    lost = {what: _lost(found, what) for what in ("eyes", "knowledge", "reasoning")}
    ends = {what: natural.ends(e) for what, e in lost.items() if e is not None}
    first = ends.get(found.first)
    others = [e for what, e in ends.items() if what != found.first]
    return first is not None and all(e is not None and e[1] < first[0] for e in others)


def _lost(found: Diagnosis, what: Any) -> Estimate | None:
    shared = estimate_of(found, "shapley", what)
    return shared or (still_wrong(found) if what == "reasoning" else gain_of(found, what))


def _cautions(found: Diagnosis, about: About) -> Iterator[str]:
    if about.untold:
        yield about.untold
    if why := untold(found, "eyes"):
        yield f"{why}: how many it would answer rightly {EYES_RIGHT} cannot be told from this run ({TELLS_EYES} tells)."
    if about.drawn:
        yield (
            "The images are phantoms, drawn by a program: how a model reads them is no evidence of how it reads "
            "patients."
        )
    base = found.arm("baseline")
    if base is not None and base.ok and base.invalid > SMALL * (base.ok + base.invalid):
        yield (
            f"{base.invalid:,} of {base.ok + base.invalid:,} answers did not come in three stages: they count as "
            "wrong, and nothing is known of their stages."
        )
    yield from _given_back(found)


def _given_back(found: Diagnosis) -> Iterator[str]:
    """That gains stand over answers with its own words given back, where these are not as often right as by itself.

    Where they cannot be given back, the answer was no trace, and so not right.
    """
    of, base, arm = by_itself(found), found.arm("baseline"), found.arm("self_vr_kr")
    value, back = _value(of), _value(estimate_of(found, "if_right"))
    if of is None or value is None or base is None or arm is None or back is None:
        return
    kept = of.n - min(arm.not_put, base.invalid)
    if kept <= 0 or abs(value * of.n / kept - back) <= SMALL:
        return
    where = "By" if kept == of.n else f"Of the {kept:,} questions whose stages can be given back to it, by"
    yield (
        f"{where} itself it answers {natural.per_100(value * of.n / kept)} of 100 rightly, and given its own words "
        f"back {natural.per_100(back)}: the form of the question matters. Gains are over the latter."
    )


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None or estimate.withheld else estimate.value


def _steps(found: Diagnosis, about: About) -> Iterator[Step]:
    recorded = "--traces" in about.command
    again = about.command.startswith("auscult ") and "--arms" not in about.command and not recorded
    command = about.command if again else ""
    if untold(found, "eyes"):
        yield Step(
            sentence="Whoever runs the software has it go on from its own knowledge too: that tells about its eyes.",
            command=f"{command} {TELLS_EYES}" if command else "",
        )
    if found.first in _FIRST:
        yield Step(sentence="A physician looks through the questions below, to see how this stage fails.")
    if not found.of("followed") and not planted(found) and not recorded:
        yield Step(
            sentence="Whoever runs the software plants errors too, which shows how far the gains can be believed.",
            command=f"{command} --arms default,planted" if command else "",
        )
    if about.drawn:
        yield Step(sentence="Whoever runs the software asks about real images: drawn ones say nothing about patients.")
    if found.clusters < FEWEST:
        yield Step(sentence=f"Whoever runs the software asks about more {several(found)}, {FEWEST} at least.")
