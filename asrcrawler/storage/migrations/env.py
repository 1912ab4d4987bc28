"""Migrate within the transaction of the given connection; Alembic runs this file."""

from alembic import context

from asrcrawler.storage.migrations.upgrade import is_declared
from asrcrawler.storage.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    include_name=is_declared,
)
context.run_migrations()
