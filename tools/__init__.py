"""What maintainers run: `make translations`, `make screenshots`, `make packages`."""
