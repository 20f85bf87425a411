"""How Alembic reaches the database: over the one connection, and inside the transaction, it was handed."""

from alembic import context

from bot.store.migrate import is_ours
from bot.store.table_rules import all_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_metadata(),
    include_name=is_ours,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
