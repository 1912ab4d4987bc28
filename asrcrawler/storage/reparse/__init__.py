"""Select captures for another reading, and write what they say today."""
