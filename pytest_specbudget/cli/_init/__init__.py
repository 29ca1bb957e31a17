"""What `specbudget init` knows of a repository, and what it makes of that.

    tree, pytest_files     the files, by name, and what pytest is told about them
    source, cases, syntax  what Python files say, by their syntax alone
    declared, pipelines    what requirements, environment templates and CI files say
    recorded               what recordings hold, booked as a run that replays them would
    owners, specs          which test a recording belongs to, and which SPECs would fit
    survey                 all of that together
    proposal, host_lines   the settings that follow from it; pure functions
    writing                how they come into a file
    text, document         what is shown

Nothing of the repository is imported or run.  What cannot be read is told and passed over.
"""
