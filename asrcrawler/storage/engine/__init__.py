"""Connect to SQLite or PostgreSQL: transactions, errors, column types, fast writing of rows."""
