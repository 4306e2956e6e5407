"""Links that let a patient do one thing without an account."""
