"""Carries out what routing decided: asks models over HTTP, and says what came of it.

It knows no pytest and no journal; it is told whom to ask by a plan, and tells what happened by
values and callbacks.  httpx is imported with the first question.
"""
