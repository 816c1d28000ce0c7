"""Auscult finds, explains and reduces the hallucinations of medical vision-language models."""

__version__ = "0.1.0"
