"""Native front-end: the Pulumi plugin ``pulumi-resource-comfycontrol`` for every language.

No module here loads Pulumi's SDK; a process is ready in less than 0.2 s.
"""
