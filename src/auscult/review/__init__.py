"""People: blinded rating of answers, and how far raters agree."""
