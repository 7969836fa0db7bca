"""Who may do what by default; an administrator may change it per company."""

WORKERS = "rep manager"
READERS = "rep manager finance service marketing integrator"
GRANTS = {
    "view_lead": "rep manager marketing integrator",
    "add_lead": "rep manager service marketing integrator",
    "change_lead": "rep manager marketing integrator",
    "start_work_lead": WORKERS,
    "nurture_lead": WORKERS,
    "resume_lead": WORKERS,
    "qualify_lead": WORKERS,
    "convert_lead": WORKERS,
    "disqualify_lead": WORKERS,
    "reopen_lead": WORKERS,
    "claim_lead": WORKERS,
    "release_lead": WORKERS,
    "merge_lead": WORKERS,
    "assign_lead": "manager marketing integrator",
    "view_source": READERS,
    "add_source": "manager marketing",
    "change_source": "manager marketing",
    "view_pool": READERS,
    "add_pool": "manager",
    "change_pool": "manager",
}
