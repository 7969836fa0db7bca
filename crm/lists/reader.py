"""Reading a list for somebody whose browser is not asking for it."""

from django.http import QueryDict


class Reader:
    """Stands for the request of a person: whose rows, whose language, which address."""

    def __init__(self, user, query):
        self.user, self.GET = user, QueryDict(query)
