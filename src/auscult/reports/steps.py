"""What to do next, in order, each with who does it; its command, where there is one, for whoever runs the software."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from auscult.analysis.summary import Summary
from auscult.reports.face import Step, Verdict
from auscult.reports.outcome import bad, drawn
from auscult.reports.questions.image import asked
from auscult.reports.questions.sure import FEWEST, MOST_MISSING, Needed, answers, says_nothing

MOST = 3
BUILD = "auscult build DATA --from FORMAT --premises --out ITEMS"
ASK_OF_FINDINGS = "auscult build DATA --from FORMAT --out ITEMS"
EVALUATE = "auscult evaluate ITEMS --model MODEL --controls 100 --out RUN"


def steps(summary: Summary, verdicts: Sequence[Verdict], more: Needed | None, run: str) -> tuple[Step, ...]:
    """At most three.

    Args:
        summary: of the run.
        verdicts: what was answered.
        more: how many images an open question would take.
        run: folder of the run.
    """
    return tuple(_steps(summary, {v.key: v for v in verdicts}, more, run))[:MOST]


def after_stop(summary: Summary, run: str) -> tuple[Step, ...]:
    """What to do where no rate is shown."""
    if summary.plumbing_only:
        said = "Whoever runs the software asks a real model."
        return (Step(sentence=said, command="auscult evaluate ITEMS --model openai:NAME@URL --out RUN"),)
    if summary.canary.status != "failed":
        return tuple(_of_gaps(summary, run))
    said = "Whoever runs the model makes sure that its server hands it the images, and evaluates into a new folder."
    return (Step(sentence=said),)


def _steps(summary: Summary, verdicts: Mapping[str, Verdict], more: Needed | None, run: str) -> Iterator[Step]:
    """A model that does not see the image is mended first: nobody spends an hour on its answers."""
    yield from _of_gaps(summary, run)
    blind = bad(verdicts["image"])
    if blind:
        yield Step(sentence="Whoever runs the model checks that the right image reaches it with each question.")
        then = (
            "checks the new file of answers"
            if _recorded(summary)
            else "asks the same questions again, into a new folder"
        )
        yield Step(sentence=f"Whoever runs the software then {then}.", command=_anew(summary))
    if drawn(summary):
        then = " then" if blind else ""
        many = f", {more.images.replace(' images', '', 1)}" if more and summary.clusters < FEWEST else ""
        said = f"Whoever runs the software{then} tests it on real images{many}: drawn ones say nothing about patients."
        yield Step(sentence=said, command=BUILD)
    elif more and not blind:
        yield Step(sentence=f"Whoever runs the software asks questions on {more.images}.")
    premises_asked = bool(summary.groups("premise"))
    if not (verdicts["findings"].bars or summary.detection):
        said = (
            "Whoever runs the software makes questions on whether findings are there, from labels, captions or reports."
        )
        yield Step(sentence=said, command=ASK_OF_FINDINGS if premises_asked else BUILD)
    if (
        not (blind or drawn(summary) or _is_unread(summary) or says_nothing(summary))
        and not summary.of("corrected", "physician")
        and summary.clusters >= FEWEST
    ):
        said = "A physician rates 100 of its answers, which takes an hour and tests answers, references and this tool."
        yield _rate(run, said)
    if not (verdicts["image"].bars or asked(summary)):
        said = "Whoever runs the model asks some questions again without the image, to show whether it looks."
        yield Step(sentence=said, command=_controls(summary))
    if not (premises_asked or verdicts["premises"].bars) and verdicts["findings"].bars:
        said = "Whoever runs the software also asks questions that take something false for granted."
        yield Step(sentence=said, command=BUILD)
    if not any(v.word in ("met", "missed") or "Limit set before" in v.sentence for v in verdicts.values()):
        said = "Whoever decides on its use writes down how many errors are acceptable, before the next test."
        yield Step(sentence=said, command="auscult gate --init criteria.toml")


def _again(summary: Summary) -> str:
    """The command that made the run, where it was one."""
    command = str(summary.manifest.get("command", ""))
    return command if command.startswith("auscult ") else ""


def _recorded(summary: Summary) -> bool:
    return str(summary.manifest.get("command", "")).startswith("auscult check ")


def _anew(summary: Summary) -> str:
    """The command that made the run, with a place of its own: into the old one it would ask nothing again."""
    try:
        words = shlex.split(_again(summary))
    except ValueError:
        return ""
    if "--out" in words[:-1]:
        at = words.index("--out") + 1
        words[at] = f"{words[at].rstrip('/')}-2"
    if _recorded(summary) and len(words) > 2:
        words[2] = f"NEW-FILE{Path(words[2]).suffix}"
    return shlex.join(words)


def _controls(summary: Summary) -> str:
    """The command that asks without the image too; of a model that can be asked, as it was asked."""
    model, items = summary.manifest.get("model", {}), summary.manifest.get("items", {})
    spec, path = str(model.get("spec", "")), str(items.get("path", ""))
    if not spec or not path or model.get("recorded") or spec.startswith("replay:"):
        return EVALUATE
    return f"auscult evaluate {shlex.quote(path)} --model {shlex.quote(spec)} --controls 100 --out NEW-RUN"


def _is_unread(summary: Summary) -> bool:
    found = answers(summary)
    return found is not None and found.unread > MOST_MISSING * found.asked


def _of_gaps(summary: Summary, run: str) -> Iterator[Step]:
    """What is missing comes first: every figure waits for it."""
    found = answers(summary)
    if found is None:
        return
    most = MOST_MISSING * found.asked
    recorded = set(found.kinds) == {"not_recorded"}
    if found.request_failed > most:
        command = "" if recorded else _again(summary)
        said = (
            "Whoever recorded the answers adds those that are missing."
            if recorded
            else "Whoever runs the software gives the same command again: it asks the failed questions alone."
        )
        yield Step(sentence=said, command=command)
    if found.cut_short > most:
        yield Step(sentence="Whoever runs the software evaluates again with more room for an answer (--max-tokens).")
    if _is_unread(summary):
        said = "A physician rates 100 of its answers, which takes an hour; most are drawn from what no rule could read "
        yield _rate(run, f"{said}({found.unread:,} of {found.asked:,}) or what is unclear.")


def _rate(run: str, sentence: str) -> Step:
    return Step(sentence=sentence, command=f"auscult rate make {run} --out sheet")
