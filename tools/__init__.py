"""What developers run through make, and the portal never imports."""
