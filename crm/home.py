"""My day: what is to be done. Apps register cards; a card's count is the length of its list."""

_cards = []


def card(position):
    """Register `(user) -> {label, count, url, badge, items: [{text, url, meta, badge, verb}], empty}`.

    `verb` {name, label, url, has_form, style}, if any, finishes the item in place. None means
    that the card is not for this person.
    """

    def register(make):
        _cards.append((position, make))
        return make

    return register


def cards(user):
    found = (make(user) for _position, make in sorted(_cards, key=lambda entry: entry[0]))
    return [card for card in found if card]
