"""To other frameworks and back: our item sets run there, and our runs can be looked at there.

A bridge translates and decides nothing: prompts come from ``protocols``, scores from ``scoring``, figures from
``statistics`` and ``evaluation``. The package of the other side is imported only when its bridge is used.
"""
