"""Read the Iran Samaneh CMS, on which asrpress.ir and some hundred other outlets run: addresses, pages and dates."""
