"""Whether a data set gives one question id to two different questions: 16 bytes a question and its place."""

import hashlib

import orjson

from auscult.errors import UserError


class SourceIds:
    """Remembers the content that each question id stood for."""

    def __init__(self) -> None:
        self._seen: dict[bytes, tuple[bytes, str]] = {}

    def check(self, source_id: str, where: str, *content: object) -> None:
        """Takes note of a question.

        Args:
            source_id: its id in the data set.
            where: file and row.
            content: what makes the question: its image, words, options, answer.

        Raises:
            UserError: the id was that of a question with other content; naming both rows.
        """
        key, told = _short(source_id), _short(*content)
        first, place = self._seen.setdefault(key, (told, where))
        if first != told:
            raise UserError(
                f"{where}: question id '{source_id}' has another content than in {place}; give each its own id"
            )


def _short(*parts: object) -> bytes:
    return hashlib.blake2b(orjson.dumps(parts), digest_size=8).digest()
