"""What to do next, the most useful first, each with its command."""

from collections.abc import Iterator, Sequence

from auscult.analysis.summary import Summary
from auscult.reports import format as say
from auscult.reports.face import Step, Verdict
from auscult.reports.questions.sure import FEWEST, MOST_MISSING, Needed, answers

MOST = 3
BUILD = "auscult build DATA --from FORMAT --premises --out ITEMS"


def steps(summary: Summary, verdicts: Sequence[Verdict], more: Needed | None, run: str) -> tuple[Step, ...]:
    """At most three.

    Args:
        summary: of the run.
        verdicts: what was answered.
        more: how many images an open question would take.
        run: folder of the run.
    """
    return tuple(_steps(summary, {v.key: v for v in verdicts}, more, run))[:MOST]


def after_stop(summary: Summary) -> tuple[Step, ...]:
    """What to do where no rate is shown."""
    if summary.plumbing_only:
        return (Step(sentence="Ask a real model.", command="auscult evaluate ITEMS --model openai:NAME@URL --out RUN"),)
    return (Step(sentence="Look whether the server hands images to the model, then evaluate into a new folder."),)


def _steps(summary: Summary, verdicts: dict[str, Verdict], more: Needed | None, run: str) -> Iterator[Step]:
    yield from _of_gaps(summary, run)
    if summary.clusters < FEWEST or more:
        count, what = (more.images, more.what) if more else (FEWEST, "what is open")
        yield Step(sentence=f"Ask about more images: about {count:,} more like these would settle {what}.")
    if verdicts["findings"].word == "not known" and not verdicts["findings"].bars:
        said = "Ask whether findings are there: make such questions from labels, captions or reports."
        yield Step(sentence=said, command=BUILD)
    if verdicts["image"].word == "problem":
        yield Step(sentence="Look whether the right images reach the model; as it is, its answers need no image.")
    problem = any(v.word in ("problem", "missed") for v in verdicts.values())
    if problem and not summary.of("corrected", "physician"):
        said = "let a physician rate 100 answers (an hour): that tests answers, references and this tool."
        yield _rate(run, " ".join(filter(None, (_as_it_is(verdicts["findings"]), say.upper(said)))))
    if not verdicts["image"].bars:
        said = "Ask some questions again without the image, which shows whether it looks; recorded answers cannot be."
        yield Step(sentence=said, command="auscult evaluate ITEMS --model MODEL --controls 100 --out RUN")
    if not verdicts["premises"].bars and verdicts["findings"].bars:
        yield Step(sentence="Ask also questions that take something false for granted.", command=BUILD)
    if not any(v.word in ("met", "missed") or "Limit set before" in v.sentence for v in verdicts.values()):
        said = "Write down what you would accept, before the next answers are made."
        yield Step(sentence=said, command="auscult gate --init criteria.toml")


def _as_it_is(findings: Verdict) -> str:
    """What its answers cannot be used for, where it surely invents or misses."""
    bad = {b.label for b in findings.bars if b.low is not None and b.against is not None and b.low > b.against}
    if bad == {"invented", "missed"}:
        return "As it is, a person must check whatever it says."
    if "invented" in bad:
        return "As it is, a person must check every finding that it reports."
    return "As it is, it rules no finding out." if "missed" in bad else ""


def _of_gaps(summary: Summary, run: str) -> Iterator[Step]:
    """What is missing comes first: every figure waits for it."""
    found = answers(summary)
    if found is None:
        return
    most = MOST_MISSING * found.asked
    recorded = set(found.kinds) == {"not_recorded"}
    if found.request_failed > most:
        command = "" if recorded else str(summary.manifest.get("command", ""))
        said = "Record the answers that are missing." if recorded else "Ask the failed questions again; no other is."
        yield Step(sentence=said, command=command)
    if found.cut_short > most:
        yield Step(sentence="Evaluate again with more room for an answer: raise --max-tokens.")
    if found.unread > most:
        said = f"Let a person read what no rule could read: {found.unread:,} of {found.asked:,} answers."
        yield _rate(run, said)


def _rate(run: str, sentence: str) -> Step:
    return Step(sentence=sentence, command=f"auscult rate make {run} --out sheet")
