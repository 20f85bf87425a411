"""Alembic's scripts, run from ``bot.store.migrate``."""
