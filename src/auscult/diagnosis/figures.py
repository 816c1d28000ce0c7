"""Every number of a diagnosis, from its arms in arrays."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from auscult.analysis.joined import OK, STATUS, UNUSABLE
from auscult.diagnosis import effects, rates
from auscult.diagnosis.arms import ARMS
from auscult.diagnosis.causes import CAUSES, Causes, causes, shares
from auscult.diagnosis.controls import controls
from auscult.diagnosis.diagnosis import ArmCount, Diagnosis, Finding, ItemCause, Section, What
from auscult.diagnosis.effects import GAINS, GOLD_EYES, NOT_TOLD
from auscult.diagnosis.following import PLANTED, adopted, degrees, followed, followed_by_kind, if_followed
from auscult.diagnosis.published import published_findings
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.records import STAGES, Estimate
from auscult.statistics.clusters import Mask
from auscult.statistics.interval import Floats
from auscult.statistics.judged_rate import Known
from auscult.statistics.multiple import holm

LOWER_BOUND, NOT_IDENTIFIABLE = "lower bound", "not identifiable"
JUDGED: frozenset[Section] = frozenset({"rate", "corrected", "people", "quality"})
FOLLOWED = "given stages followed"
AS_PLANTED = "if right stages are followed as planted ones are, and no guess is lucky"
READ = "stages of the trace"
"""What tells whether a trace is one."""
MOST_VALUES, FEWEST_ITEMS = 12, 10
"""Values of a tag that are shown, the most frequent ones; items that such a line needs."""
IF_RIGHT: Mapping[What, str] = {"eyes": "the eyes were", "knowledge": "the knowledge were", "both": "both were"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """What is known beside the arms.

    Attributes:
        known: stage → what the judge said of stages whose truth is known.
        people: stage → what people said of the stages of the arms in ``rates.UNAIDED``: 1 hallucinated, 0 not, NaN
            where nobody was asked, shape (items,).
        judges: stage → what judged it, name and version.
        rule: what decided whether answers are right.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    people: Mapping[str, Floats] = field(default_factory=dict)
    judges: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""


def diagnose(table: Diagnosed, evidence: Evidence | None = None, found: Causes | None = None) -> Diagnosis:
    """Every number of the page.

    Args:
        table: the arms.
        evidence: what is known of the judge.
        found: causes of the items; None: they are inferred here.
    """
    evidence, found = evidence or Evidence(), found or causes(table)
    findings = (
        *_if_right(table),
        *adjusted(_gains(table)),
        *_shapley(table),
        *(_causes(table, found) if found else ()),
        *_rates(table, evidence),
        *_quality(table, evidence),
        *_arms(table),
        *_flows(table),
        *_following(table),
        *controls(table),
        *_tags(table),
        *published_findings(table),
    )
    return Diagnosis(
        items=len(table),
        clusters=len(np.unique(table.clusters)),
        unit=table.unit,
        arms=tuple(_count(name, arm) for name, arm in table.arms.items()),
        findings=tuple(_by(evidence.rule, f) for f in findings),
        first=first_named(table),
        slip=found.slip if found else None,
        left_out=dict(table.left_out),
        remarks=tuple(_remarks(table, findings)),
    )


def item_causes(table: Diagnosed, found: Causes) -> Iterator[ItemCause]:
    """The causes of the wrong items, a row each."""
    likeliest = found.likeliest
    for row in np.flatnonzero(found.wrong):
        eyes, knowledge, both, reasoning, unstable, form = found.chances[row].tolist()
        yield ItemCause(
            item_id=table.items[row],
            likeliest=CAUSES[likeliest[row]],
            eyes=eyes,
            knowledge=knowledge,
            both_needed=both,
            reasoning=reasoning,
            unstable=unstable,
            form=form,
        )


def first_named(table: Diagnosed) -> What:
    """Where most is lost: the greatest of what right eyes and right knowledge bring and of what both leave wrong.

    By Shapley shares where the four arms were run, else by the gains over self-replacement; empty without these.
    """
    whole = effects.shapley(table)
    if whole is not None:
        made = {"eyes": whole.eyes, "knowledge": whole.knowledge, "reasoning": whole.reasoning}
    else:
        eyes, knowledge = (effects.gain(table, what) for what in ("eyes", "knowledge"))
        if eyes is None or knowledge is None or "replace_vr_kr" not in table.arms or effects.eyes_untold(table):
            return ""
        made = {"eyes": eyes, "knowledge": knowledge, "reasoning": effects.still_wrong(table)}
    lost = {what: e.value for what, e in made.items() if e.value is not None}
    if len(lost) < len(made) or max(lost.values()) <= 0:
        return ""
    names: tuple[What, ...] = ("eyes", "knowledge", "reasoning")
    return max(names, key=lambda what: lost[what])


def adjusted(findings: Iterable[Finding]) -> list[Finding]:
    """Findings whose p-values are adjusted after Holm, all of them together."""
    made = list(findings)
    tested = [n for n, f in enumerate(made) if f.estimate.p_value is not None]
    raised = holm([made[n].estimate.p_value or 0.0 for n in tested])
    for n, p in zip(tested, raised, strict=True):
        made[n] = replace(made[n], estimate=replace(made[n].estimate, p_value=p))
    return made


def _by(instrument: str, finding: Finding) -> Finding:
    """A finding that says what it was measured with; one that does already, or was judged, is left as it is."""
    if finding.estimate.instrument or finding.section in JUDGED:
        return finding
    return replace(finding, estimate=replace(finding.estimate, instrument=instrument))


def _if_right(table: Diagnosed) -> Iterator[Finding]:
    """Accuracy with its own stages and with right ones, on the items of all these arms, the best first.

    That with right eyes is of the arm that goes on from two stages as the others do, where it was run.
    """
    arms = {what: GAINS[what][0] for what in IF_RIGHT if GAINS[what][0] in table.arms}
    if GOLD_EYES in table.arms:
        arms["eyes"] = GOLD_EYES
    rows = effects.put_in(table, ("self_vr_kr", *arms.values()))
    if rows is None:
        return
    own = effects.accuracy(table, "self_vr_kr", rows, label="right answers with its own stages")
    yield Finding(section="if_right", group="self_vr_kr", label="with its own stages", estimate=own)
    lines = [
        Finding(
            section="if_right",
            what=what,
            group=arm,
            label=f"if {IF_RIGHT[what]} right",
            estimate=effects.accuracy(table, arm, rows, label=f"right answers if {IF_RIGHT[what]} right"),
        )
        for what, arm in arms.items()
    ]
    if GOLD_EYES not in table.arms and (why := effects.eyes_untold(table)):
        lines = [_withheld(line, why) if line.what == "eyes" else line for line in lines]
    yield from sorted(lines, key=lambda line: -(line.estimate.value or 0.0))


def _withheld(line: Finding, why: str) -> Finding:
    """An accuracy that is one of its arm and none of a model with that stage right."""
    of = line.estimate
    none = Estimate(name=of.name, n=of.n, clusters=of.clusters, unit=of.unit, withheld=why)
    return replace(line, estimate=none, remark=NOT_TOLD)


def _gains(table: Diagnosed) -> Iterator[Finding]:
    """What right stages bring; a lower bound, where they may not have been followed."""
    for what, title in IF_RIGHT.items():
        if (estimate := effects.gain(table, what)) is not None:
            label = f"gain if {title} right"
            yield Finding(
                section="gain", what=what, group=GAINS[what][0], label=label, estimate=estimate, remark=LOWER_BOUND
            )
    label = "gain if the eyes were right, its own knowledge kept"
    if (kept := effects.effect(table, GOLD_EYES, effects.OWN, name=label)) is not None:
        yield Finding(section="gain", what="eyes", group=GOLD_EYES, label=label, estimate=kept, remark=LOWER_BOUND)


def _shapley(table: Diagnosed) -> Iterator[Finding]:
    if (whole := effects.shapley(table)) is None:
        return
    yield Finding(section="shapley", what="eyes", label="lost in the eyes", estimate=whole.eyes)
    yield Finding(section="shapley", what="knowledge", label="lost in the knowledge", estimate=whole.knowledge)
    yield Finding(section="shapley", what="reasoning", label="lost in the reasoning", estimate=whole.reasoning)
    yield Finding(section="shapley", what="both", label="interaction", estimate=whole.interaction)


def _causes(table: Diagnosed, found: Causes) -> Iterator[Finding]:
    if not found.wrong.any():
        return
    whats: dict[str, What] = {"eyes": "eyes", "knowledge": "knowledge", "both needed": "both", "reasoning": "reasoning"}
    for cause, estimate in shares(table, found).items():
        yield Finding(section="cause", what=whats.get(cause, ""), label=cause, estimate=estimate)


def _rates(table: Diagnosed, evidence: Evidence) -> Iterator[Finding]:
    """False stages of every arm in which they were judged, the unaided ones first."""
    unaided = {where: what for what, where in rates.UNAIDED.items()}
    every = [(name, stage) for name, arm in table.arms.items() for stage in STAGES if stage in arm.wrong]
    for arm, stage in sorted(every, key=lambda where: where not in unaided):
        judge = evidence.judges.get(stage, "")
        made: list[tuple[Section, Estimate | None, str]] = [("rate", rates.rate(table, arm, stage), "")]
        if stage in evidence.known:
            known = evidence.known[stage]
            bound = LOWER_BOUND if known.planted else ""
            made.append(("corrected", rates.corrected(table, arm, stage, known), bound))
        if (arm, stage) in unaided and stage in evidence.people:
            made.append(("people", rates.with_people(table, arm, stage, evidence.people[stage]), ""))
        for section, estimate, remark in made:
            if estimate is not None:
                yield Finding(
                    section=section,
                    what=unaided.get((arm, stage), ""),
                    group=arm,
                    metric=stage,
                    label=stage.replace("_", " "),
                    estimate=replace(estimate, instrument=judge),
                    remark=remark,
                )


def _quality(table: Diagnosed, evidence: Evidence) -> Iterator[Finding]:
    """What else is said of the stages that show each error unaided."""
    for what, (arm, stage) in rates.UNAIDED.items():
        for name, estimate in rates.quality(table, arm, stage).items():
            made = replace(estimate, instrument=evidence.judges.get(stage, ""))
            yield Finding(section="quality", what=what, group=arm, metric=name, label=name, estimate=made)


def _arms(table: Diagnosed) -> Iterator[Finding]:
    for name, arm in table.arms.items():
        if arm.put.any():
            yield Finding(section="arm", group=name, label="accuracy", estimate=effects.accuracy(table, name))
    for name, arm in table.arms.items():
        if arm.put.any() and not (name in ARMS and ARMS[name].text_only):
            invalid = effects.invalid_share(table, name)
            yield Finding(
                section="arm",
                group=name,
                label="invalid traces",
                metric="invalid",
                estimate=replace(invalid, instrument=READ),
            )


def _flows(table: Diagnosed) -> Iterator[Finding]:
    for what in IF_RIGHT:
        for label, estimate in zip(
            ("wrong to right", "right to wrong"), effects.flows(table, what) or (), strict=False
        ):
            yield Finding(section="flow", what=what, label=label, estimate=estimate)


def _following(table: Diagnosed) -> Iterator[Finding]:
    """What planted errors show, and the gains over the share of stages that are followed."""
    whats: tuple[What, ...] = ("eyes", "knowledge")
    for what in whats:
        if (share := followed(table, what)) is None:
            continue
        remark = NOT_IDENTIFIABLE if share.value is None else ""
        yield Finding(section="followed", what=what, label=FOLLOWED, estimate=share, remark=remark)
        for kind, of_kind in followed_by_kind(table, what):
            yield Finding(section="followed", what=what, group=kind, label=FOLLOWED, estimate=of_kind)
        for degree in ("", *degrees(table, what)):
            if (estimate := adopted(table, what, degree)) is not None:
                label = f"planted errors adopted{': ' * bool(degree)}{degree}"
                yield Finding(section="adopted", what=what, group=degree, label=label, estimate=estimate)
        if (made := if_followed(table, what)) is not None:
            yield Finding(section="if_followed", what=what, metric="span", label=made.span.name, estimate=made.span)
            for metric, found in (("gain", made.gain), ("accuracy", made.accuracy)):
                if found is not None:
                    yield Finding(
                        section="if_followed",
                        what=what,
                        metric=metric,
                        label=found.name,
                        estimate=found,
                        remark=AS_PLANTED,
                    )


def _tags(table: Diagnosed) -> Iterator[Finding]:
    """One table a tag: its most frequent values, and all others in one line."""
    for tag, values in table.tags.items():
        counts = Counter(value for value in values if value)
        if len(counts) < 2:
            continue
        names = np.array(values, object)
        lines = [(value, names == value) for value, _ in counts.most_common(MOST_VALUES)]
        if rest := [value for value in counts if value not in dict(lines)]:
            lines.append((f"{len(rest)} other values", np.isin(names, rest)))
        yield from adjusted(f for value, rows in lines for f in _of_value(table, tag, value, rows))


def _of_value(table: Diagnosed, tag: str, value: str, rows: Mask) -> Iterator[Finding]:
    """The figures of the items of one value: own accuracy, gains, unaided rates, still wrong."""
    if rows.sum() < FEWEST_ITEMS or "self_vr_kr" not in table.arms:
        return
    own = effects.accuracy(table, "self_vr_kr", rows)
    if own.n + own.missing < FEWEST_ITEMS:
        return
    yield Finding(section="tag", group=tag, label=value, metric="accuracy", estimate=own)
    for what in IF_RIGHT:
        if (estimate := effects.gain(table, what, rows)) is not None:
            yield Finding(section="tag", what=what, group=tag, label=value, metric="gain", estimate=estimate)
    if "replace_vr_kr" in table.arms:
        left = effects.still_wrong(table, rows)
        yield Finding(section="tag", what="reasoning", group=tag, label=value, metric="still wrong", estimate=left)
    for stage, where in rates.UNAIDED.items():
        if (estimate := rates.rate(table, *where, rows)) is not None:
            yield Finding(section="tag", what=stage, group=tag, label=value, metric="rate", estimate=estimate)


def _count(name: str, arm: ArmTable) -> ArmCount:
    codes, valid = arm.status, arm.valid
    return ArmCount(
        arm=name,
        draws=arm.draws,
        not_put=int((~arm.put).sum()),
        ok=int((codes == OK).sum()),
        invalid=int(((codes == UNUSABLE) & ~valid).sum()),
        unusable=int(((codes == UNUSABLE) & valid).sum()),
        request_failed=int((codes == STATUS["request_failed"]).sum()),
        judge_unusable=int((codes == STATUS["judge_unusable"]).sum()),
        unread=int((codes == STATUS["unread"]).sum()),
    )


def _remarks(table: Diagnosed, findings: Iterable[Finding]) -> Iterator[str]:
    """What must be read with the figures."""
    made = {f.what: f for f in findings if f.section == "followed" and not f.group}
    planted = [what for what in PLANTED if what in made]
    if not planted:
        yield (
            "Gains are lower bounds: how many of the given stages the model follows was not measured "
            "(--arms planted_vr,planted_kr measures it)."
        )
    for what in planted:
        if made[what].remark:
            yield f"How many right stages are followed is not identifiable ({what}): the gain is a lower bound."
    if GOLD_EYES not in table.arms and (why := effects.eyes_untold(table)):
        yield (
            f"{why}: what right eyes would give, and causes of items, cannot be told from this run "
            f"(--arms default,{GOLD_EYES} tells)."
        )
    elif GOLD_EYES not in table.arms:
        yield (
            "Shares of eyes and knowledge that add up (Shapley) need one arm more: --arms gold_vr_own_kr. Causes of "
            "items take replace_vr in its place, where the knowledge is written anew."
        )
    if effects.put_in(table, ("self_vr_kr",)) is None and "self_vr_kr" in table.arms:
        yield "The model wrote no stages of its own that could be given back to it: nothing can be said of its stages."
    baseline = table.arms["baseline"]
    if invalid := int((~baseline.valid & ~baseline.missing & (baseline.status > 0)).sum()):
        yield (
            f"{invalid} of {int(baseline.put.sum()) * baseline.draws} answers are no valid trace: the model's own "
            "outcome, not right. Effects are of the items whose stages it did write."
        )
    for reason, count in table.left_out.items():
        yield f"{count} items are left out: {reason}."
