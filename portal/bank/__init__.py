"""Bank files: lines of an account, matched once with who paid, or waiting."""
