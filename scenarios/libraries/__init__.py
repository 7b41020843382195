"""Keyword libraries by topic. What they measure they judge by requirement, never by a number.

The words for what can happen to an EVSE (`stimuli`) and for what can be seen of
it (`observations`) are shared by all. Requirements and limits are not here.
"""
