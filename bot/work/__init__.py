"""Work that outlives the process: kept in the bot's database, done once, whatever crashes in between."""
