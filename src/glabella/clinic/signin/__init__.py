"""Signing in: password, second factor, lock-out, sessions, and what a member does about them."""
