"""From what a model said with its own stages and with right ones to where its errors start, and what each costs.

``table`` holds the arms in arrays, ``reading`` fills it from a folder, and figures are made of it.
"""
