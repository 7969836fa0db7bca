"""Dragging by hand, with a mouse and with a finger: real input, as the browser gets it."""

FRAME = 16  # milliseconds: no hand is quicker than the screen
HOLD = 350  # milliseconds a finger rests before it takes what is under it; shorter is scrolling


def way(page, thing, goal):
    """The points from the head of `thing` to the visible head of `goal`, which is in sight, at the
    latest once the thing is held."""
    thing.scroll_into_view_if_needed()
    start, room = thing.bounding_box(), page.viewport_size["width"]
    first = (start["x"] + 30, start["y"] + 8)
    yield first
    yield first[0] + 8, first[1] + 8
    goal.wait_for()
    end = goal.bounding_box()
    right = min(end["x"] + end["width"], room)
    last = ((max(end["x"], 0) + right) / 2, end["y"] + min(30, end["height"] / 2))
    for step in range(1, 13):
        yield tuple(a + (b - a) * step / 12 for a, b in zip(first, last, strict=True))
    yield last[0], last[1] + 3


def drag(page, thing, goal):
    """Take something with the mouse and let it go over a place."""
    points = way(page, thing, goal)
    page.mouse.move(*next(points))
    page.mouse.down()
    for point in points:
        page.mouse.move(*point, steps=2)
        page.wait_for_timeout(FRAME)
    page.mouse.up()


def drag_by_touch(page, thing, goal):
    """Hold something with a finger, move it, and lift the finger over a place."""
    finger(page, way(page, thing, goal), HOLD)


def swipe(page, thing, across):
    """Push something sideways with a finger that does not rest on it, by so many pixels."""
    box = thing.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    finger(page, [(x + across * n / 12, y) for n in range(13)], 0)


def finger(page, points, hold):
    points = iter(points)
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        spots = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    touch("touchStart", next(points))
    page.wait_for_timeout(hold)
    for point in points:
        touch("touchMove", point)
        page.wait_for_timeout(FRAME)
    touch("touchEnd")
    session.detach()
