"""What spreadsheets are, for what comes in and what goes out: limits, dialects, the formula guard.

Plain Python: the modules that open uploads run in a child process that knows no Django.
"""
