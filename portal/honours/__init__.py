"""The register of honours: certificates, the honour roll, credentials, revocation."""
