"""Texts fenced so that they cannot leave their section of a prompt."""

from auscult.records import digest


def fence(name: str, text: str, key: str) -> str:
    """A section of a prompt: the text between two lines with a mark that the text does not hold.

    The mark follows from the text itself, so that the same prompt has the same mark, and whoever wrote the text could
    not have known it.

    Args:
        name: of the section.
        text: of whatever origin.
        key: id of what the text belongs to.
    """
    tries = 0
    while (mark := digest("fence", key, name, text, tries)[:16]) in text:
        tries += 1
    return f"<<{name} {mark}>>\n{text}\n<<end of {name} {mark}>>"
