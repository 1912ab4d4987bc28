"""The Iran Samaneh CMS, on which asrpress.ir and some hundred other outlets run: its addresses, pages and dates."""
