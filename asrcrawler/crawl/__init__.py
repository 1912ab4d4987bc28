"""Run one crawl of an outlet: choose the codes, ask for them, write down what came of it."""
