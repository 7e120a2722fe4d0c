"""Scripts that print figures. They are no tests: `make test` does not run them."""
