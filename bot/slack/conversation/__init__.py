"""Runs the request in a payload and shows its answer in the right place."""
