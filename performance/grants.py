"""Who measures whom; the administrator holds everything.

Everybody sees and answers what is about themselves; those who may freeze scorecards reach the
people of their scope (performance.querysets.led_by).
"""

EVERYBODY = "rep manager finance legal warehouse service marketing"

GRANTS = {
    "view_target": EVERYBODY,
    "add_target": "manager",
    "change_target": "manager",
    "publish_target": "manager",
    "close_target": "manager",
    "view_scorecard": EVERYBODY,
    "add_scorecard": "manager",
    "freeze_scorecard": "manager",
    "view_review": EVERYBODY,
    "assess_review": EVERYBODY,
    "share_review": "manager",
    "acknowledge_review": EVERYBODY,
    "view_dashboard": "manager finance",
}
