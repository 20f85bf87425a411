"""What the bot remembers: SQLite by default, Postgres by URL. Start at ``bot.store.store.Store``."""
