"""``auscult audit``: a model in either direction, from image to text and from text to image."""

from auscult.cli.audit_read import read

PARTS = (read,)
