"""The report that people read: what is on the page, where plots put it, and that nothing on it can do harm."""
