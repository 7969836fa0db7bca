"""Who may do what with activities, meetings and tasks."""

EVERYBODY = "rep manager finance legal warehouse service marketing integrator"

GRANTS = {
    "view_activity": EVERYBODY,
    "add_activity": EVERYBODY,
    "change_activity": EVERYBODY,
    "view_mail": EVERYBODY,
    "add_mail": "rep manager finance legal warehouse service marketing",
    "view_mailing": "manager marketing",
    "add_mailing": "manager marketing",
    "start_mailing": "manager marketing",
    "stop_mailing": "manager marketing",
    "view_mailtemplate": EVERYBODY,
    "add_mailtemplate": "manager marketing",
    "change_mailtemplate": "manager marketing",
    "view_meeting": EVERYBODY,
    "add_meeting": EVERYBODY,
    "change_meeting": EVERYBODY,
    "cancel_meeting": EVERYBODY,
    "view_task": EVERYBODY,
    "add_task": EVERYBODY,
    "change_task": EVERYBODY,
    "finish_task": EVERYBODY,
    "cancel_task": EVERYBODY,
    "reopen_task": EVERYBODY,
}
