"""Who may do what with the system's own data by default."""

# A file makes thousands of records at once: those who answer for the data of many decide. The
# records themselves still ask for the rights on their kind.
GRANTS = {
    "import_records": "manager finance marketing integrator",
    "undo_imports": "",
}
