"""Write what a run finds: visits, ledger, articles, captures, and the run itself."""
