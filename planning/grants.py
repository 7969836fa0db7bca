"""Who may do what by default; an administrator may change it per company."""

OWNERS = "manager marketing"
GRANTS = {
    "view_campaign": "rep manager finance service marketing integrator",
    "add_campaign": OWNERS,
    "change_campaign": OWNERS,
    "submit_campaign": OWNERS,
    "start_campaign": OWNERS,
    "pause_campaign": OWNERS,
    "resume_campaign": OWNERS,
    "finish_campaign": OWNERS,
    "evaluate_campaign": OWNERS,
    "cancel_campaign": OWNERS,
}
