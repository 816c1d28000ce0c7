"""Run folders → numbers: the summary of a run, runs against each other, and a gate."""

from auscult.analysis.summarising import summarise as summarise
