"""Who may do what by default with what the frame brings to every list."""

SALES = "rep manager finance legal warehouse service marketing"
GRANTS = {
    "share_savedview": "manager marketing",
    "export_records": SALES,
    # A file makes thousands of records at once: those who answer for the data of many decide.
    # The records themselves still ask for the rights on their kind.
    "import_records": "manager finance marketing integrator",
    "undo_imports": "",
    # A record that comes in won or cleared has passed none of the guards on the way there.
    "take_over_history": "",
}
