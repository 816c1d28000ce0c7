"""``auscult audit``: a model in either direction, from image to text and from text to image."""

from auscult.cli.audit_draw import draw, prompts
from auscult.cli.audit_read import read

PARTS = (draw, prompts, read)
