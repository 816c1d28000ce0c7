"""The questions that people ask of a run, each answered from the figures of its summary.

The rules, once for all (docs/concepts/report.md says them to users):

- An error (invented, missed, goes along, denies what is true) is a *problem* where it surely happens in more than 5 of
  100, and *clear* of that where it surely happens in fewer. At a finding that 5 of 100 patients have, who invents in 5
  of 100 is wrong in about half of all that it reports.
- A gain (from the image, over guessing) is *clear* where there surely is one, and its absence a *problem* where there
  surely are fewer than 10 of 100 and none can be shown.
- Everything else is *not known*.

*Surely*: the whole range beside the figure, missing answers taken at their worst and at their best.
"""

from collections.abc import Iterator, Sequence

from auscult.analysis.summary import Detection, Figure, Summary
from auscult.records import Estimate
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.natural import counts, ends, few, known, lost, of_100, per_100

AT_MOST = 0.05
"""Share of errors that separates a problem from what is clear of it, where the user set no limit."""
GAIN = 0.10
"""A gain that surely is smaller, and cannot be shown, is taken for none."""
PREVALENCE = 0.05
"""How many patients have a finding, where the user does not say."""
MOST_MORE = 3
"""Further sentences of one kind."""
NEITHER = 0.05
"""Share of answers that take no side, above which a figure of those that do clears nothing."""


def word_of_error(estimate: Estimate, limit: float = AT_MOST) -> Word:
    """Whether an error surely happens more or less often than ``limit``."""
    found = ends(estimate)
    if found is None or few(estimate):
        return "not known"
    return "problem" if found[0] > limit else "clear" if found[1] <= limit else "not known"


def word_of_gain(low: float, high: float) -> Word:
    """Whether there surely is a gain, or surely next to none."""
    return "clear" if low > 0 else "problem" if high < GAIN else "not known"


def worst(words: Sequence[Word]) -> Word:
    """A problem in one is one of all; who is clear is clear in all."""
    return "problem" if "problem" in words else "clear" if set(words) == {"clear"} else "not known"


def error_bar(label: str, estimate: Estimate) -> Bar:
    """An error beside what counts as a problem."""
    return bar(label, estimate, AT_MOST, f"{per_100(AT_MOST)} of 100", "lower")


def bar(label: str, estimate: Estimate, against: float | None = None, named: str = "", better: str = "higher") -> Bar:
    """A share as a picture; a count where the images are few."""
    found = ends(estimate)
    return Bar(
        label=label,
        value=None if estimate.withheld else estimate.value,
        low=None if found is None else found[0],
        high=None if found is None else found[1],
        against=against,
        against_label=named,
        better="lower" if better == "lower" else "higher",
        counts=counts(estimate) if few(estimate) else "",
    )


def findings(summary: Summary, prevalence: float = PREVALENCE) -> Verdict:
    """Does it invent or miss findings?"""
    key, question = "findings", "Does it invent or miss findings?"
    written = list(_written(summary))
    counted = summary.detection[0] if summary.detection else None
    rates = _rates(summary, counted) if counted else {}
    if counted is None or not rates:
        return _of_written(key, question, written)
    parts, words, bars = [], [], []
    openings = {
        "fabrication": ("Of 100 images without the finding it reports it in", "invented"),
        "miss": ("Of 100 images with it, it misses", "missed"),
    }
    for metric, estimate in rates.items():
        opening, label = openings[metric]
        parts.append(f"{opening} {of_100(estimate)}{_range_because(estimate)}")
        words.append(_word_of_rate(counted, metric, estimate))
        bars.append(error_bar(label, estimate))
    word = worst(words)
    sentence = "; ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])])
    ending = {
        "problem": f"more than {per_100(AT_MOST)} of 100 is a problem",
        "clear": f"surely fewer than {per_100(AT_MOST)} of 100 either way",
    }.get(word, f"whether that is more than {per_100(AT_MOST)} of 100, these images cannot tell")
    if len(rates) < 2:
        lacking = "absent" if "miss" in rates else "present"
        word = "problem" if word == "problem" else "not known"
        ending = f"nothing was asked about findings that are {lacking}"
    if (single := _singled_out(summary)) and word == "clear":
        word, ending = "not known", f"all together that is little, but {single[0]}"
    more = [s for s in (_prevalence(rates, prevalence), *(f"{s[0].upper()}{s[1:]}." for s in single)) if s]
    more += [*_sides(counted), *(said for said, _, _ in written)]
    return Verdict(
        key=key,
        question=question,
        word=word,
        sentence=f"{sentence}: {ending}.",
        bars=tuple(bars),
        more=tuple(more),
        section="detection",
    )


def _rates(summary: Summary, counted: Detection) -> dict[str, Estimate]:
    of_target = (f for f in summary.of("detection") if f.label == counted.target)
    found = {f.metric: f.with_image for f in of_target if f.metric in ("fabrication", "miss")}
    return {metric: e for metric, e in found.items() if e is not None and known(e)}


def _word_of_rate(counted: Detection, metric: str, estimate: Estimate) -> Word:
    """Those who take no side clear nothing."""
    neither, sides = (
        (counted.unclear_absent, counted.fp + counted.tn)
        if metric == "fabrication"
        else (counted.unclear_present, counted.tp + counted.fn)
    )
    word = word_of_error(estimate)
    return "not known" if word == "clear" and neither > NEITHER * (neither + sides) else word


def _range_because(estimate: Estimate) -> str:
    """Why there is a range and no figure."""
    return f" ({lost(estimate)})" if estimate.withheld and estimate.missing else ""


def _prevalence(rates: dict[str, Estimate], prevalence: float) -> str:
    """How much of what it reports is invented, at a set frequency of the finding."""
    invented, missed = rates.get("fabrication"), rates.get("miss")
    if invented is None or missed is None or invented.value is None or missed.value is None:
        return ""
    false, true = invented.value * (1 - prevalence), (1 - missed.value) * prevalence
    if invented.withheld or missed.withheld or few(invented) or few(missed) or not false + true:
        return ""
    return (
        f"Where {per_100(prevalence)} in 100 patients have it, {per_100(false / (false + true))} of 100 'present' are "
        "invented."
    )


def _sides(counted: Detection) -> Iterator[str]:
    """How many took no side."""
    neither = counted.unclear_absent + counted.unclear_present
    asked = neither + counted.tp + counted.fp + counted.tn + counted.fn
    if neither:
        yield f"{neither:,} of {asked:,} answers about findings say neither yes nor no; they are in neither figure."


def _singled_out(summary: Summary) -> list[str]:
    """Single findings that surely are invented or missed too often, the most frequent first."""
    words = {"fabrication": "is invented", "miss": "is missed"}
    first = summary.detection[0].target
    found = [
        (f.with_image.value or 0.0, f"{f.label} {words[f.metric]} in {counts(f.with_image)}")
        for f in summary.of("detection")
        if f.label != first and f.metric in words and f.with_image is not None and known(f.with_image)
        if f.with_image.value is not None and word_of_error(f.with_image) == "problem"
    ]
    return [said for _, said in sorted(found, reverse=True)[:3]]


def _written(summary: Summary) -> Iterator[tuple[str, Word, Bar]]:
    """What open answers and reports say that their references do not bear out, and leave out of them."""
    for figure in summary.of("headline"):
        estimate = figure.with_image
        if figure.answer_type not in ("open", "report") or estimate is None or not known(estimate):
            continue
        noun = "reports" if figure.answer_type == "report" else "open answers"
        name = figure.metric.removesuffix(" (lower is better)")
        if name == "hallucinated":
            said = f"Of 100 {noun}, {of_100(estimate)} state something that their reference does not bear out"
            yield f"{said}{_range_because(estimate)}.", word_of_error(estimate), error_bar("invented", estimate)
        elif name == "omitted":
            said = f"Of 100 findings that the references name, {noun} leave out {of_100(estimate)}"
            yield f"{said}{_range_because(estimate)}.", word_of_error(estimate), error_bar("left out", estimate)


def _of_written(key: str, question: str, written: Sequence[tuple[str, Word, Bar]]) -> Verdict:
    """The answer where no question asks whether a finding is present."""
    if not written:
        none = "No question of this run asks whether a finding is present, so that nothing could be invented or missed."
        return Verdict(key=key, question=question, word="not known", sentence=none)
    read = "That is what the fact checker reads; no physician has checked it."
    said, word, first = written[0]
    others = written[1:]
    return Verdict(
        key=key,
        question=question,
        word=worst([word, *(w for _, w, _ in others)]),
        sentence=said,
        bars=(first, *(b for _, _, b in others[:1])),
        more=(*(s for s, _, _ in others), read),
        section="headline",
    )


def premises(summary: Summary) -> Verdict:
    """Does it go along with what is false?"""
    key, question = "premises", "Does it go along with what is false?"
    overall = next(iter(summary.groups("premise").values()), ())
    found = {f.metric: f.with_image for f in overall if f.with_image is not None and known(f.with_image)}
    along = found.get("knowing acceptance") or found.get("raw acceptance")
    if along is None:
        none = "No question of this run takes something false for granted."
        return Verdict(key=key, question=question, word="not known", sentence=none)
    what = "false claims that it could have known to be false" if "knowing acceptance" in found else "false claims"
    parts = [f"Of 100 {what}, it goes along with {of_100(along)}{_range_because(along)}"]
    words, bars = [word_of_error(along)], [error_bar("goes along", along)]
    if (denied := found.get("over-denial")) is not None:
        parts.append(f"of 100 true ones it denies {of_100(denied)}{_range_because(denied)}")
        words.append(word_of_error(denied))
        bars.append(error_bar("denies what is true", denied))
    word = worst(words)
    ending = {
        "problem": f"more than {per_100(AT_MOST)} of 100 is a problem",
        "clear": f"surely fewer than {per_100(AT_MOST)} of 100",
    }.get(word, f"whether that is more than {per_100(AT_MOST)} of 100, these images cannot tell")
    more = []
    raw = found.get("raw acceptance")
    if raw is not None and raw is not along:
        more.append(f"Of 100 false claims of every kind it goes along with {of_100(raw)}{_range_because(raw)}.")
    return Verdict(
        key=key,
        question=question,
        word=word,
        sentence=f"{'; '.join(parts)}: {ending}.",
        bars=tuple(bars),
        more=tuple(more),
        section="premise",
    )


def _leading(summary: Summary) -> list[Figure]:
    """The first figure of each type of answer and kind of item, the one of most questions first."""
    lines: dict[tuple[str, str], Figure] = {}
    for figure in summary.of("headline"):
        measured = figure.with_image is not None and (figure.with_image.n or figure.with_image.missing)
        if measured and figure.share and figure.metric in ("accuracy", "fact F1", "recall"):
            lines.setdefault((figure.answer_type, figure.kind), figure)
    return sorted(lines.values(), key=lambda f: -(f.with_image.n if f.with_image else 0))


def image(summary: Summary) -> Verdict:
    """Does it look at the image?"""
    key, question = "image", "Does it look at the image?"
    words: list[Word] = []
    said: list[str] = []
    bars: list[Bar] = []
    for figure in _leading(summary):
        for gain, other, named in (
            (figure.gain_over_none, figure.without_image, "without the image"),
            (figure.gain_over_wrong, figure.wrong_image, "with another case's image"),
        ):
            if gain is None or (found := ends(gain)) is None or gain.clusters < 2:
                continue
            words.append("problem" if found[1] < 0 else word_of_gain(*found))
            said.append(_gain(figure, gain, other, named))
            if not bars and figure.control_with is not None and other is not None:
                bars += [bar("with the image", figure.control_with), bar(named, other)]
    if not words:
        none = "It was not asked without the image, so that nobody can tell whether it looks."
        return Verdict(key=key, question=question, word="not known", sentence=none)
    word: Word = "clear" if "clear" in words else "problem" if "problem" in words else "not known"
    first = words.index(word)
    more = tuple(s for n, s in enumerate(said) if n != first)[:MOST_MORE]
    return Verdict(
        key=key, question=question, word=word, sentence=said[first], bars=tuple(bars), more=more, section="headline"
    )


def _gain(figure: Figure, gain: Estimate, other: Estimate | None, named: str) -> str:
    """With the image and without, and what lies between."""
    own = figure.control_with or figure.with_image
    found = ends(gain) or (-1.0, 1.0)
    ending = (
        "the image helps" if found[0] > 0
        else "the image makes it worse" if found[1] < 0
        else f"whether the image helps cannot be told (from {_points(found[0])} to {_points(found[1])} of 100)"
        if found[1] >= GAIN
        else f"the image brings at most {per_100(max(found[1], 0.0))} of 100"
    )  # fmt: skip
    if own is None or other is None or not known(own) or not known(other) or own.value is None or other.value is None:
        return f"With the image against {named}: {ending}."
    both = f"{per_100(own.value)} with the image and {per_100(other.value)} {named}: {ending}."
    if figure.metric == "accuracy":
        return f"Of 100 questions it answers rightly {both}"
    return f"Of 100 points its {_NOUNS.get(figure.answer_type, 'answers')} get {both}"


_NOUNS = {"open": "open answers", "report": "reports"}


def _points(value: float) -> str:
    return f"{per_100(abs(value))} {'fewer' if value < 0 else 'more'}"


def guessing(summary: Summary) -> Verdict:
    """Is it better than guessing?"""
    key, question = "guessing", "Is it better than guessing?"
    answered = [
        (f, f.with_image, f.chance)
        for f in _leading(summary)
        if f.metric == "accuracy" and f.chance is not None and f.with_image is not None and known(f.with_image)
    ]
    if not answered:
        none = "No question of this run has fixed answers to guess from."
        return Verdict(key=key, question=question, word="not known", sentence=none)
    words, said, bars = [], [], []
    for figure, estimate, chance in answered:
        found = ends(estimate)
        words.append(
            "not known" if found is None or few(estimate) else word_of_gain(found[0] - chance, found[1] - chance)
        )
        names = {"yes_no": ("yes/no questions", "always the more frequent answer gets"),
                 "choice": ("multiple choice questions", "picking an option blindly gets")}  # fmt: skip
        noun, guess = names.get(figure.answer_type, ("questions", "guessing gets"))
        said.append(
            f"Of 100 {noun} it is right on {of_100(estimate)}{_range_because(estimate)}; {guess} {per_100(chance)}."
        )
        bars.append(bar("right", estimate, chance, "guessing"))
    word: Word = "problem" if "problem" in words else words[0]
    first = words.index(word)
    order = [first, *(n for n in range(len(said)) if n != first)]
    return Verdict(
        key=key,
        question=question,
        word=word,
        sentence=said[first],
        bars=tuple(bars[n] for n in order[:2]),
        more=tuple(said[n] for n in order[1:]),
        section="headline",
    )


def harm(summary: Summary) -> Verdict | None:
    """How bad would it be to act on it? None where nobody rated that."""
    rated = [f for f in summary.of("quality") if f.metric == "harm" and f.with_image is not None]
    figure = max(rated, key=lambda f: f.with_image.n if f.with_image else 0, default=None)
    if figure is None or figure.with_image is None or figure.with_image.value is None or figure.with_image.withheld:
        return None
    estimate = figure.with_image
    low, high = ends(estimate) or (1.0, 10.0)
    middle = 5.5
    return Verdict(
        key="harm",
        question="Would it do harm to act on it?",
        word="problem" if high < middle else "not known",
        sentence=(
            f"A judge gave {estimate.n:,} answers {estimate.value:.1f} ({low:.1f} to {high:.1f}) on a scale from 1, "
            "severe harm, to 10, none; no limit was set for it."
        ),
        bars=(Bar(label="harm", value=estimate.value, low=low, high=high, scale=(1.0, 10.0)),),
        section="quality",
    )
