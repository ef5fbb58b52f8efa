"""The native plugin, from the environment that the Pulumi CLI has made for it."""

from pulumi_comfycontrol.plugin.__main__ import main

main()
