"""What a model replied: which part of it is the answer, and whether it is language at all.

Every reader of answers begins here. Nothing clinical is decided, no yes or no is read; that is the work of the readers.

    reply = answer_part(text)             # thinking, later turns, JSON and typography taken off; layout stays
    reply.answer                          # "" where nothing was said
    reply.thought_open                    # the reply ended while still thinking: it was cut short
    plain(text)                           # the answer without markdown too, for readers of words
    finals(text)                          # what is announced as the answer, the last first
    declined(text), advises(text)         # refuses; sends the reader to somebody else
    language(text)                        # "english", "other" or "none"; ask it where nothing was read
    silent(text)                          # why it takes no position, where nothing was read
    yes_no_elsewhere(text)                # yes or no in other languages, likewise
"""

from auscult.facts.reply.announced import finals, supposes
from auscult.facts.reply.declining import advises, declined, withheld
from auscult.facts.reply.elsewhere import yes_no_elsewhere
from auscult.facts.reply.parts import LONGEST, Reply, answer_part, plain, without_thought
from auscult.facts.reply.silent import silent
from auscult.facts.reply.tongue import is_language, known_word, language
from auscult.facts.reply.typography import typography, without_markup
from auscult.facts.reply.wording import contains, join_prefixes, stem, words

__all__ = [
    "LONGEST",
    "Reply",
    "advises",
    "answer_part",
    "contains",
    "declined",
    "finals",
    "is_language",
    "join_prefixes",
    "known_word",
    "language",
    "plain",
    "silent",
    "stem",
    "supposes",
    "typography",
    "withheld",
    "without_markup",
    "without_thought",
    "words",
    "yes_no_elsewhere",
]
