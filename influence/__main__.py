"""`python -m influence`: the same as the command `influence`."""

from influence.own import prefer_own

if __name__ == "__main__":
    prefer_own()  # before anything else is imported: Python has put the current folder first
    from influence.cli import main

    main()
