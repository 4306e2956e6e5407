"""What toxin does, in modules that do not know each other: spread, kinetics, response,
expression, mouth, skin.

Each takes and returns plain arrays in fixed units named in the argument.
"""
