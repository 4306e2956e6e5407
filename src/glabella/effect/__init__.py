"""What toxin does, in four modules that do not know each other: spread, kinetics, response,
expression. Each takes and returns plain arrays in fixed units named in the argument."""
