"""Dialpad: its operations, its client, its sign-in."""
