"""Hold outlets that need code of their own, a module each, and the loader that makes spiders of all the others."""
