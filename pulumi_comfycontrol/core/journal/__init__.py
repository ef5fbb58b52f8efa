"""The record of creates, so that a killed process loses none."""
