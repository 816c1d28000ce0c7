"""Text → image: prompts, models that draw, what they drew, readers of that, and the figures that come of it.

A prompt asks for what can be or for what cannot, in one of several wordings. A generator draws it several times; a
reader says what came of each drawing; figures count that over contents. Nothing here knows the page or the terminal.
"""
