"""The three-stage trace of a question about a phantom: what is seen, what is known, what follows.

The form is ClinHallu's (arXiv 2606.14697): visual recognition says what is seen, without the question and without a
diagnosis; knowledge recall says what is known of the finding, without the image; reasoning joins both and answers. The
words are our own, in ``traces.toml``.
"""

from typing import Any

from auscult.phantoms.scene import KINDS, Modality, Scene, SceneFinding, kinds_of
from auscult.phantoms.texts import Choices, listed, modality_name, sentence, slots_of, wordings
from auscult.records import Trace
from auscult.store.files import shipped_table

_ARTICLES = {"X-ray": "an X-ray", "MRI": "an MRI", "CT": "a CT"}
_SHADES = {"ring-enhancing": "bright-rimmed ", "homogeneously enhancing": "bright ", "non-enhancing": "dark "}


def trace(scene: Scene, finding: str, answer: str, wording: int, other: str = "", taken: str = "") -> Trace:
    """The trace that leads from a scene to an answer.

    Args:
        scene: what is asked about.
        finding: what the question is about: a key of ``KINDS``, or ``modality``, ``view`` or ``normal study``.
        answer: the right one; the stages follow from the scene alone, never from the answer.
        wording: as for ``texts.report``.
        other: the second finding of a question on two of them: the reasoning speaks of it after the first.
        taken: a finding whose sign the knowledge mistakes for that of ``finding``, see ``mistakable``; the reasoning
            then follows from that. Empty for what is so.

    Raises:
        KeyError: there is nothing to say about ``finding``.
    """
    choose = Choices(wording, "trace")
    looks = {f: _appearance(scene, f, choose) for f in choose.order(scene.findings)}
    seen = listed(list(looks.values())) if looks else choose.pattern(_words()["unremarkable"])
    return Trace(
        visual_recognition=sentence(
            choose.pattern(_words()["seen"]),
            study=_words()["study"][scene.modality],
            view=_words()["view"][scene.view],
            list=seen,
        ),
        knowledge_recall=_shows(finding, taken, choose) if taken else _knowledge(scene, finding, choose),
        reasoning=" ".join(_reasoning(scene, name, taken, looks, choose) for name in (finding, other) if name),
        answer=answer,
    )


def mistakable(finding: str) -> tuple[str, ...]:
    """The findings whose sign can be mistaken for that of another one: of its modality, and with its side and place."""
    kind = KINDS[finding]
    return tuple(
        k.name
        for k in kinds_of(kind.modality)
        if k.name != finding and k.sided >= kind.sided and bool(k.places) >= bool(kind.places)
    )


def _words() -> dict[str, Any]:
    return shipped_table("phantoms/traces.toml")


def _appearance(scene: Scene, finding: SceneFinding, choose: Choices) -> str:
    pattern = choose.pattern(_words()["finding"][finding.name]["appearance"])
    return pattern.format(**slots_of(finding), shade=_shade(finding, scene.view))


def _shade(finding: SceneFinding, view: str) -> str:
    return "bright " if view == "T2-weighted" else _SHADES.get(finding.attribute, "")


def _knowledge(scene: Scene, finding: str, choose: Choices) -> str:
    if finding in _words()["finding"]:
        if choose.one((False, True)):
            return _shows(finding, finding, choose)
        return sentence(choose.pattern(_words()["finding"][finding]["knowledge"]))
    table = _words()["about"][finding]["knowledge"]
    if finding == "view":
        table = {part: by_study[scene.modality.split()[0]] for part, by_study in table.items()}
    return sentence(choose.pattern(table))


def _shows(finding: str, sign_of: str, choose: Choices) -> str:
    return sentence(choose.pattern(_words()["shows"]), term=finding, sign=_words()["finding"][sign_of]["sign"])


def _reasoning(scene: Scene, finding: str, taken: str, looks: dict[SceneFinding, str], choose: Choices) -> str:
    if finding in _words()["finding"]:
        signs = {f: look for f, look in looks.items() if f.name == (taken or finding)}
        return _conclusion(finding, signs, choose)
    return sentence(
        choose.pattern(_words()["about"][finding]["reasoning"]),
        modality=_ARTICLES[modality_name(scene)],
        before=wordings()["view"][scene.view]["before"][0],
        sign=_words()["view"][scene.view],
        verdict="the study is not normal" if scene.findings else "the study is normal",
    )


def _conclusion(name: str, looks: dict[SceneFinding, str], choose: Choices) -> str:
    if not looks:
        return sentence(choose.pattern(_words()["absent"]), term=name)
    what = _words()["finding"][name]["what"]
    pattern = choose.pattern(_words()["present"])
    return " ".join(sentence(pattern, appearance=look, what=what.format(**slots_of(f))) for f, look in looks.items())


def appearances(finding: SceneFinding, view: str) -> tuple[str, ...]:
    """All ways in which a finding is described where it is seen; equal places in it are equal patterns."""
    slots = slots_of(finding) | {"shade": _shade(finding, view)}
    return tuple(pattern.format(**slots) for pattern in _all(_words()["finding"][finding.name]["appearance"]))


def nothing_seen() -> tuple[str, ...]:
    """All ways in which it is said that nothing unusual is seen."""
    return _all(_words()["unremarkable"])


def study_seen(modality: Modality, view: str) -> tuple[str, str]:
    """How the study is described, and by what its view is told."""
    return _words()["study"][modality], _words()["view"][view]


def signs(finding: str, sign_of: str) -> tuple[str, ...]:
    """All sentences that tell by which sign a finding is known: that of ``sign_of``."""
    slots = {"term": finding, "sign": _words()["finding"][sign_of]["sign"]}
    return tuple(sentence(pattern, **slots) for pattern in _all(_words()["shows"]))


def _all(table: dict[str, list[str]]) -> tuple[str, ...]:
    """The taught patterns and the held-out ones."""
    return (*table["taught"], *table["held_out"])
