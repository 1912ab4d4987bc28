"""Count how complete an archive is, how it grows, and what is due."""
