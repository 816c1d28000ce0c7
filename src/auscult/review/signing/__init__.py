"""Items signed off by clinicians: the files that they send back, what follows from them, and the set that comes of it.

Who signs off sees everything; rating answers, where nothing may be seen, is ``auscult.review.rating``.
"""
