"""`python -m evgrade`."""

from evgrade.cli import main

if __name__ == "__main__":
    main()
