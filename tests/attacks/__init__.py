"""Attacks: one test a promise, each of which somebody would break in an afternoon if it did not hold.

``docs/concepts/promises.md`` lists every promise with the test that attacks it; ``test_promises.py`` keeps that list
true. A file here is named after what is attacked, a test after what holds. ``fuzz.py`` breaks real files in chance ways
and puts them to the command line; a few seconds of it run in the suite, an hour of it runs by hand:

    python -m tests.attacks.fuzz --minutes 60
"""
