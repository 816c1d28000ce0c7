"""Controls: what can be had without looking, or without reading. A high score says nothing for the model; it warns.

``options-only`` gives the options of a choice and neither question nor image, ``question-only`` the question as it is
without its image and without leave to abstain. ``option-order`` is asked with its image, the right option at another
place: who knows the answer knows it there too.
"""

from auscult.probes import Probe, Subject, Twin, retold
from auscult.probes._control_words import drawn, version
from auscult.protocols.shuffled import bound_to_letters
from auscult.records import rank

NO_CHOICE = "it is no choice"


def _options_only(subject: Subject) -> tuple[Twin, ...] | str:
    item = subject.item
    if item.answer_type != "choice":
        return NO_CHOICE
    return (Twin(item=retold(item, question=drawn("options_only", item)), condition="without", right="same"),)


def _question_only(subject: Subject) -> tuple[Twin, ...] | str:
    if subject.item.answer_type not in ("yes_no", "choice"):
        return "what guessing gets on it is not known"
    if not subject.images:
        return "it has no image"
    return (Twin(item=subject.item, condition="without", right="same"),)


def _option_order(subject: Subject) -> tuple[Twin, ...] | str:
    item = subject.item
    if item.answer_type != "choice":
        return NO_CHOICE
    if bound_to_letters(item):
        return "its options refer to each other"
    turned = 1 + rank("order", item.id) % (len(item.options) - 1)
    options = (*item.options[turned:], *item.options[:turned])
    return (Twin(item=retold(item, options=options), images=subject.images, right="same"),)


PROBES = (
    Probe(
        name="options-only",
        version=version(),
        title="the options are shown without question and image",
        about="Control: who finds the right option so has it from the options.",
        right="same",
        control=True,
        conditions=frozenset({"with", "without"}),
        put=_options_only,
    ),
    Probe(
        name="question-only",
        version=version(),
        title="the question is put without its image",
        about="Control: who finds the right answer so has it from the words, or from what is frequent.",
        right="same",
        control=True,
        conditions=frozenset({"with", "without"}),
        put=_question_only,
    ),
    Probe(
        name="option-order",
        version=version(),
        title="the options stand in another order",
        about="Right is the same option, at its new place.",
        right="same",
        put=_option_order,
    ),
)
