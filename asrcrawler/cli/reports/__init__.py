"""What commands tell people: lines of text made of figures. Pure: no database, no clock, nothing is printed here."""
