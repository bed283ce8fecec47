"""Fake platforms: real servers on this machine that speak each platform's wire format.

A module here is named after its platform and says `FAKE = ItsClass`.
"""
