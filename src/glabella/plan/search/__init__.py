"""The search for a plan that reaches a goal, and what is told of it."""
