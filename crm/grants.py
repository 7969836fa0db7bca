"""Who may do what by default with what the frame brings to every list."""

SALES = "rep manager finance legal warehouse service marketing"
GRANTS = {
    "share_savedview": "manager marketing",
    "export_records": SALES,
}
