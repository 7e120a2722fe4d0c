"""The register as officers see it: lists, columns, batch actions, exports, figures."""
