"""The bot's database: SQLite by default, Postgres by URL. Start at ``bot.store.store.Store``."""
