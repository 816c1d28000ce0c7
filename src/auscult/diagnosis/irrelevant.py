"""A stage that is true, about as long as the gold one, and has nothing to do with the question."""

from auscult.records import Item, rank
from auscult.store.files import shipped_table

PLACE = "diagnosis/irrelevant.toml"


def irrelevant(item: Item, stage: str) -> str:
    """True sentences for a stage, drawn by the item, up to the length of its gold stage.

    Args:
        item: with a gold trace.
        stage: ``visual_recognition`` or ``knowledge_recall``.
    """
    sentences = shipped_table(PLACE)[stage]
    order = sorted(range(len(sentences)), key=lambda n: rank("irrelevant", item.id, n))
    wanted, text = len(str(getattr(item.trace, stage))), ""
    for n in order:
        longer = f"{text} {sentences[n]}".strip()
        if text and abs(len(longer) - wanted) >= abs(len(text) - wanted):
            break
        text = longer
    return text
