"""Make the lines that commands print. Pure: no database, no clock, and nothing is printed here."""
