"""Measure the board of 200,000 deals, a fifth of them open.

    DATABASE_URL=… python -m benchmarks.board [rounds]

The database is one that benchmarks.data has filled.
"""

import sys

from benchmarks.measure import HEADING, ROUNDS, ready, say, show

PEOPLE = ("rep0", "manager0", "director", "finance")
PAGES = {
    "board": "/opportunities/board/",
    "board, mine": "/opportunities/board/?mine=on",
    "board, stale": "/opportunities/board/?stale=true",
    "board, more cards of a column": "/opportunities/board/?column=quotation",
}


def main(rounds=ROUNDS):
    ready()
    say(HEADING)
    for who in PEOPLE:
        show(who, PAGES, rounds=rounds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
