"""Count: how complete an archive is, how it grows, what is due."""
