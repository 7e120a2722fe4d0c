"""What the tests stand on: databases, the portal, a client, a browser and the cast."""
