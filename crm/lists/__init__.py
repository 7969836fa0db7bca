"""The lists of all kinds: what they show, their filters, views, bulk verbs and exports."""
