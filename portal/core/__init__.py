"""What any feature may use. Knows no feature."""
