"""Connect to SQLite or PostgreSQL: transactions, errors, column types, rows at the price of the driver."""
