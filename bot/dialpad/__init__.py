"""Dialpad's API: its actions, client, sign-in and events."""
