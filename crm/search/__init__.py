"""The global search: one index of words over every kind of record, kept by events.

words   how a text becomes words, and what somebody typed a query
index   the writer: entries of records, kept by events, rebuilt by command
find    what a person finds: records, recent records, and things to do
"""
