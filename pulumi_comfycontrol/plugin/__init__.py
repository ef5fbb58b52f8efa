"""Native front-end: the Pulumi plugin ``pulumi-resource-comfycontrol`` for every language.

No module here loads Pulumi's SDK; a process prints its port in less than 0.2 s.
"""
