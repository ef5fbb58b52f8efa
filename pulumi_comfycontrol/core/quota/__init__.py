"""The share of the API's quota that the processes of one host keep together."""
