"""Look after a whole database: copy it to another one, back it up, tidy it."""
