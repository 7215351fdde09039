"""Pages in a real browser. Without Chromium on the PATH these tests are skipped, and say so."""
