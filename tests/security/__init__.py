"""What SECURITY.md promises: nothing that somebody else wrote runs, hangs, or hides a finding."""
