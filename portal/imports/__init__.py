"""The register from somebody's spreadsheet: mapping, preview, one transaction, undo."""
