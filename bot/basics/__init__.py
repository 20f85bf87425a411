"""Values that know nothing of Slack, Dialpad or the database."""
